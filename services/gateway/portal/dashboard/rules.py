"""What a State has to do in which order: its cycles as lines of a list. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from contracts.directory import Directory
from contracts.records import Cycle
from contracts.states import State

Phase = Literal["coming", "open", "overdue", "closed"]
_ORDER: dict[Phase, int] = {"overdue": 0, "open": 1, "coming": 2, "closed": 3}


@dataclass(frozen=True, slots=True)
class Line:
    """One cycle as one State sees it. ``days_left``: until the due day, where the State is; negative once past."""

    cycle: str
    phase: Phase
    opens: date
    due: date
    due_at: datetime
    days_left: int
    extended: bool
    expected: bool
    state: State | None
    revision: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest word on a State's return of a cycle."""

    state: State
    revision: int | None


def lines(
    directory: Directory, participant: str, standings: dict[str, Standing], now: datetime, most: int = 12
) -> list[Line]:
    """The cycles that concern the participant: what presses comes first, then the newest.

    A cycle concerns whoever is expected in it or has sent a return for it.
    """
    found = [
        _line(directory, one, participant, standings.get(one.id), now)
        for one in directory.cycles()
        if participant in one.expected or one.id in standings
    ]
    newest_first = sorted(found, key=lambda one: one.due, reverse=True)
    return sorted(newest_first, key=lambda one: _ORDER[one.phase])[:most]


def _line(directory: Directory, cycle: Cycle, participant: str, standing: Standing | None, now: datetime) -> Line:
    due_at = directory.due_at(cycle, participant)
    due = directory.due_day(cycle, participant)
    there = standing is not None and standing.state not in ("rejected", "withdrawn")
    phase: Phase
    if now >= directory.closes_at(cycle, participant):
        phase = "closed"
    elif now < directory.opens_at(cycle, participant):
        phase = "coming"
    elif now >= due_at and not there and participant in cycle.expected:
        phase = "overdue"
    else:
        phase = "open"
    today = now.astimezone(ZoneInfo(directory.time_zone(participant))).date()
    return Line(
        cycle=cycle.id,
        phase=phase,
        opens=cycle.opens,
        due=due,
        due_at=due_at,
        days_left=(due - today).days,
        extended=directory.extension(cycle.id, participant) is not None,
        expected=participant in cycle.expected,
        state=standing.state if standing else None,
        revision=standing.revision if standing else None,
    )


def share(part: int, whole: int) -> int:
    """A bar's width in hundredths, at least one where there is anything."""
    return max(1, round(100 * part / whole)) if part > 0 and whole > 0 else 0
