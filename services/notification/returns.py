"""What is known of each national return: facts that only grow, so that their order never matters.

A ``Return`` is a join-semilattice: ``merge`` is commutative, associative and idempotent. Every event becomes a
``Return`` that knows nothing but that event, and joining it in is the whole of remembering it. Source: the
promise that no repeat and no late arrival changes anything (docs/architecture.md, series and revisions).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args

Outcome = Literal["accepted", "needs_explanation", "rejected"]
Step = Literal["recorded", "accepted", "needs_explanation", "rejected", "withdrawn", "verified", "correction_requested"]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True)
class Revision:
    """One revision: the highest judgement recorded, the verdict of the highest one judged, and when what was first."""

    recorded: int = -1
    judged: int = -1
    outcome: Outcome | None = None
    times: Mapping[Step, datetime] = field(default_factory=dict)

    @property
    def turned_down(self) -> bool:
        """Rejected, and not sent to be judged again since."""
        return self.outcome == "rejected" and self.judged >= self.recorded


@dataclass(frozen=True)
class Return:
    """A participant's national return in one cycle. ``received_at``: when its first submission came in."""

    participant: str
    cycle: str
    received_at: datetime | None = None
    revisions: Mapping[int, Revision] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.participant}|{self.cycle}"

    @property
    def withdrawn_at(self) -> int:
        """The revision of the newest withdrawal; 0 where there is none."""
        return max((n for n, one in self.revisions.items() if "withdrawn" in one.times), default=0)

    @property
    def in_force(self) -> int | None:
        """The highest accepted revision that no withdrawal follows (docs/architecture.md)."""
        accepted = [n for n, one in self.revisions.items() if one.outcome == "accepted"]
        return max((n for n in accepted if n > self.withdrawn_at), default=None)

    @property
    def is_in(self) -> bool:
        """Whether there is something to wait for or to keep: reminders stop. A rejected or withdrawn one is not in."""
        after = self.withdrawn_at
        return any(n > after and not one.turned_down for n, one in self.revisions.items())

    def first(self, step: Step) -> datetime | None:
        """When ``step`` happened for the first time, to any revision."""
        return min((one.times[step] for one in self.revisions.values() if step in one.times), default=None)

    @property
    def last_change(self) -> datetime | None:
        return max((at for one in self.revisions.values() for at in one.times.values()), default=None)


def instant(at: datetime) -> datetime:
    """A moment in UTC to the millisecond: what the database keeps, so that what was kept equals what was said."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def merge(one: Return, other: Return) -> Return:
    """Everything that either knows, of the same return. Raises ValueError for two different ones."""
    if one.id != other.id:
        raise ValueError(f"{one.id} and {other.id} are two returns")
    numbers = one.revisions.keys() | other.revisions.keys()
    nothing = Revision()
    return Return(
        one.participant,
        one.cycle,
        _earlier(one.received_at, other.received_at),
        {n: _merge(one.revisions.get(n, nothing), other.revisions.get(n, nothing)) for n in sorted(numbers)},
    )


def _merge(one: Revision, other: Revision) -> Revision:
    # The same judgement with two verdicts does not happen; should it, both orders must still end alike.
    judged, outcome = max((one.judged, one.outcome or ""), (other.judged, other.outcome or ""))
    times = {step: min(x[step] for x in (one.times, other.times) if step in x) for step in {**one.times, **other.times}}
    return Revision(
        max(one.recorded, other.recorded),
        judged,
        next((known for known in get_args(Outcome) if known == outcome), None),
        times,
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
