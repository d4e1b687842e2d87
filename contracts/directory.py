"""The newest record of every key of ``vrs.cycles`` and ``vrs.participants``, and the questions asked of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from contracts.records import Agency, Cycle, Extension, FocalPoint, Participant, end_of_day

Record = Cycle | Extension | Participant | FocalPoint | Agency
T = TypeVar("T", Cycle, Extension, Participant, FocalPoint, Agency)


def key_of(record: Record) -> str:
    """The Kafka key of a record: finer than its topic, so that two changes never overwrite each other."""
    match record:
        case Cycle():
            return record.id
        case Extension():
            return f"{record.cycle}/extensions/{record.participant}"
        case Participant():
            return record.code
        case FocalPoint():
            return f"{record.participant}/focal-points/{record.id}"
        case Agency():
            return f"{record.participant}/agencies/{record.id}"


@dataclass
class Directory:
    """Mutable, filled by whoever reads the topics; everything it answers is a pure look-up."""

    _records: dict[str, Record] = field(default_factory=dict)

    def put(self, record: Record) -> None:
        self._records[key_of(record)] = record

    def remove(self, key: str) -> None:
        self._records.pop(key, None)

    def become(self, other: "Directory") -> None:
        """Hold what the other holds, and nothing else, in one step."""
        self._records = dict(other.records)

    @property
    def records(self) -> Mapping[str, Record]:
        return MappingProxyType(self._records)

    def cycle(self, cycle: str) -> Cycle | None:
        return self._get(Cycle, cycle)

    def cycles(self) -> list[Cycle]:
        """By period, earliest first."""
        return sorted(self._all(Cycle), key=lambda one: one.id)

    def extension(self, cycle: str, participant: str) -> Extension | None:
        return self._get(Extension, f"{cycle}/extensions/{participant}")

    def extensions(self, cycle: str) -> list[Extension]:
        return sorted((e for e in self._all(Extension) if e.cycle == cycle), key=lambda one: one.participant)

    def participant(self, code: str) -> Participant | None:
        return self._get(Participant, code)

    def participants(self) -> list[Participant]:
        return sorted(self._all(Participant), key=lambda one: one.code)

    def focal_points(self, participant: str) -> list[FocalPoint]:
        """The active ones."""
        found = (f for f in self._all(FocalPoint) if f.participant == participant and f.active)
        return sorted(found, key=lambda one: one.id)

    def agency(self, agency: str) -> Agency | None:
        """An active agency by its code."""
        found = self._get(Agency, f"{agency.partition('-')[0]}/agencies/{agency}")
        return found if found and found.active else None

    def ended(self, agency: str) -> bool:
        """Whether there was an agency of this code and it was ended; one that nobody has recorded has not."""
        found = self._get(Agency, f"{agency.partition('-')[0]}/agencies/{agency}")
        return found is not None and not found.active

    def agencies(self, participant: str) -> list[Agency]:
        """The active ones."""
        found = (a for a in self._all(Agency) if a.participant == participant and a.active)
        return sorted(found, key=lambda one: one.id)

    def due_day(self, cycle: Cycle, participant: str) -> date:
        """The due date of a participant: the cycle's, or the later one of its extension."""
        extension = self.extension(cycle.id, participant)
        return max(cycle.due, extension.due) if extension else cycle.due

    def due_at(self, cycle: Cycle, participant: str) -> datetime:
        """The moment at which the due date is over where the participant is."""
        return end_of_day(self.due_day(cycle, participant), self.time_zone(participant))

    def opens_at(self, cycle: Cycle, participant: str) -> datetime:
        return end_of_day(cycle.opens - timedelta(days=1), self.time_zone(participant))

    def closes_at(self, cycle: Cycle, participant: str) -> datetime:
        """The end of the closing date, or of an extension that reaches beyond it."""
        return end_of_day(max(cycle.closes, self.due_day(cycle, participant)), self.time_zone(participant))

    def time_zone(self, participant: str) -> str:
        found = self.participant(participant)
        return found.time_zone if found else "UTC"

    def _get(self, kind: type[T], key: str) -> T | None:
        found = self._records.get(key)
        return found if isinstance(found, kind) else None

    def _all(self, kind: type[T]) -> Iterable[T]:
        return [record for record in self._records.values() if isinstance(record, kind)]
