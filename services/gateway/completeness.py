"""Who has reported in a cycle, on time or late, and who is overdue. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.directory import Directory
from contracts.records import Cycle
from contracts.states import State
from services.gateway.series import Revision, in_force, newest_first, since_withdrawal


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one expected participant stands. ``state``: of its return in force, else of its newest one."""

    participant: str
    state: State | None
    received: bool
    received_at: datetime | None
    on_time: bool
    late: bool
    overdue: bool
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Completeness:
    expected: int
    received: int
    on_time: int
    late: int
    overdue: int
    percent: int
    complete: bool
    items: list[Standing]


def completeness(cycle: Cycle, directory: Directory, revisions: Iterable[Revision], now: datetime) -> Completeness:
    """The standing of each participant that ``cycle`` expects, by code. ``revisions``: national ones of the cycle.

    Whoever reports without being expected is not counted: a part of the expected is never more than all of them.
    """
    by_participant: dict[str, list[Revision]] = {}
    for one in revisions:
        if one.agency is None and one.cycle == cycle.id:
            by_participant.setdefault(one.participant, []).append(one)
    items = [
        _standing(code, by_participant.get(code, []), directory.due_at(cycle, code).astimezone(UTC), now)
        for code in sorted(cycle.expected)
    ]
    received = sum(one.received for one in items)
    return Completeness(
        expected=len(items),
        received=received,
        on_time=sum(one.on_time for one in items),
        late=sum(one.late for one in items),
        overdue=sum(one.overdue for one in items),
        percent=100 * received // len(items) if items else 0,
        complete=bool(items) and received == len(items),
        items=items,
    )


def _standing(code: str, revisions: list[Revision], due_at: datetime, now: datetime) -> Standing:
    standing = [one for one in since_withdrawal(revisions) if one.state not in ("rejected", "withdrawn")]
    # A correction sent after the due date does not make late what had come in time.
    received_at = min((one.received_at for one in standing), default=None)
    newest = in_force(revisions) or next(iter(newest_first(revisions)), None)
    return Standing(
        participant=code,
        state="withdrawn" if newest and newest.withdrawal else newest.state if newest else None,
        received=received_at is not None,
        received_at=received_at,
        on_time=received_at is not None and received_at < due_at,
        late=received_at is not None and received_at >= due_at,
        overdue=received_at is None and now >= due_at,
        due_at=due_at,
    )
