"""Which notices are due, to whom: from (cycles, participants, focal points, extensions, returns, now) to rows.

The rules, where the project's documents are silent marked *inferred*:

- A row is once per (cycle, participant, focal point, kind), ever: its ``id`` says so.
- Deadlines count in the participant's own time zone and from its own due date, extension included (timeline.py).
  A moved due date moves what is still to come; what has gone out does not go out again.
- Reminders and overdue notices go to the focal points of expected participants whose return is not in: neither in
  force nor waiting for its judgement. A rejected or withdrawn one is not in.
- A kind is due in [its moment, the moment of the next one): after an outage the newest reminder goes out, not a
  burst (*inferred*). What happened to a return is told within ``late`` days of it, however late it is heard.
- What waits to be mailed is asked again before each try (``needless``): a reminder to who has reported meanwhile, or
  whose window has passed or moved to later, ends unsent, and stays in the inbox. Once it is due again, it is to be
  mailed again: on its new day, or while it is still time where the return was rejected or withdrawn, the participant is
  expected again, or the cycle is back on record (*inferred*). What went out, or may have, does not go out again.
- Who is not expected in a cycle hears nothing about it, except about what it reported itself (*inferred*).
- ``cycle_complete``: every expected participant has a return in force. To all their focal points and the centre.
- ``nomination_due``: an expected participant without an active focal point two weeks after the opening, as the
  documents allow for the nomination. To the centre, one per participant.
- ``extension_granted``: once per cycle and focal point, also where a second extension follows; one that does not
  move the due date grants nothing (*inferred*).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from contracts.directory import Directory
from contracts.records import Cycle, Extension, FocalPoint
from services.notification.returns import Return, Step
from services.notification.timeline import Days, Timeline, missing_only, timeline

CENTRE = "centre"
TOLD: tuple[tuple[Step, str], ...] = (
    ("recorded", "report_received"),
    ("accepted", "report_accepted"),
    ("rejected", "report_rejected"),
    ("correction_requested", "correction_requested"),
)
"""What happens to a return, and the kind that tells it."""


@dataclass(frozen=True)
class Policy:
    """The numbers of the rules. ``late``: days after which an outage has swallowed a notice (*inferred*)."""

    overdue: tuple[int, ...] = (1, 7, 14)
    nomination: int = 14
    late: int = 14


@dataclass(frozen=True)
class NoticePlan:
    """A notice that should exist. ``participant`` None: about a whole cycle. ``at``: when it came due."""

    cycle: str
    participant: str | None
    focal_point: str
    kind: str
    to_centre: bool = False
    at: datetime = field(compare=False, kw_only=True)

    @property
    def id(self) -> str:
        """``2013-H1|TH|border|reminder_7``; about a whole cycle the second part is empty."""
        return f"{self.cycle}|{self.participant or ''}|{self.focal_point}|{self.kind}"


@dataclass(frozen=True)
class Plan:
    """The notices that should exist by now. ``until``: by the clock alone, nothing changes before that moment."""

    notices: frozenset[NoticePlan]
    until: datetime | None


def plan(directory: Directory, returns: Iterable[Return], now: datetime, policy: Policy) -> Plan:
    """All notices due at ``now``. Pure: the same in, the same out, on every worker."""
    points: dict[str, list[str]] = defaultdict(list)
    last_day: dict[str, date] = {}
    for record in directory.records.values():
        match record:
            case FocalPoint(active=True):
                points[record.participant].append(record.id)
            case Cycle():
                last_day[record.id] = max(record.closes, last_day.get(record.id, record.closes))
            case Extension():
                last_day[record.cycle] = max(record.due, last_day.get(record.cycle, record.due))
    known = {(one.cycle, one.participant): one for one in returns}
    notices: set[NoticePlan] = set()
    changes: set[datetime | None] = set()
    for cycle in directory.cycles():
        # Most cycles are long over; the calendar has nothing more to say to anybody in them, in any time zone.
        over = (now.date() - last_day[cycle.id]).days > policy.late + 3
        for participant in () if over else cycle.expected:
            found, change = _by_calendar(directory, cycle, participant, points, known, now, policy)
            notices.update(found)
            changes.add(change)
        completed = _completed(cycle, known)
        if completed is not None and now < completed + timedelta(days=policy.late):
            changes.add(completed + timedelta(days=policy.late))
            notices.update(_about_completion(cycle, points, completed))
    for one in known.values():
        for kind, at in _happened(one):
            if now < (end := at + timedelta(days=policy.late)):
                changes.add(end)
                notices.update(
                    NoticePlan(one.cycle, one.participant, point, kind, at=at) for point in points[one.participant]
                )
    return Plan(frozenset(notices), min((one for one in changes if one is not None), default=None))


def needless(
    planned: NoticePlan, directory: Directory, its_return: Return | None, now: datetime, policy: Policy
) -> str | None:
    """Why a notice that was planned need not be sent any more; None where it is still to be sent.

    Asked before every try: with a mail server that was away, days lie between the plan and the mail. What tells of a
    return is needed in any case.
    """
    if planned.kind in {kind for _, kind in TOLD}:
        return None
    cycle = directory.cycle(planned.cycle)
    if cycle is None:
        return "the cycle is not on record any more"
    if not missing_only(planned.kind):
        return None
    if planned.participant is None or planned.participant not in cycle.expected:
        return "no return is expected any more"
    if its_return is not None and its_return.is_in:
        return "the return is in"
    # The clock of another database node may stand a little before the moment at which it was planned.
    windows, _ = _line(directory, cycle, planned.participant, policy).at(max(now, planned.at))
    return None if planned.kind in {one.kind for one in windows} else "its time is over, or has moved to later"


def _by_calendar(
    directory: Directory,
    cycle: Cycle,
    participant: str,
    points: Mapping[str, list[str]],
    known: Mapping[tuple[str, str], Return],
    now: datetime,
    policy: Policy,
) -> tuple[Iterator[NoticePlan], datetime | None]:
    """What the calendar says to one participant about one cycle, and when it says something else."""
    due = directory.due_day(cycle, participant)
    windows, change = _line(directory, cycle, participant, policy).at(now)
    active = points.get(participant, [])
    its_return = known.get((cycle.id, participant))

    def notices() -> Iterator[NoticePlan]:
        for window in windows:
            if window.kind == "nomination_due":
                if not active:
                    yield NoticePlan(cycle.id, participant, CENTRE, window.kind, True, at=window.start)
            elif window.kind == "extension_granted":
                if due > cycle.due:
                    yield from (NoticePlan(cycle.id, participant, one, window.kind, at=now) for one in active)
            elif not (window.missing and its_return is not None and its_return.is_in):
                yield from (NoticePlan(cycle.id, participant, one, window.kind, at=window.start) for one in active)

    return notices(), change


def _line(directory: Directory, cycle: Cycle, participant: str, policy: Policy) -> Timeline:
    due = directory.due_day(cycle, participant)
    days = Days(cycle.opens, due, cycle.closes, cycle.reminder_days, policy.overdue, policy.nomination, policy.late)
    return timeline(days, directory.time_zone(participant))


def _completed(cycle: Cycle, known: Mapping[tuple[str, str], Return]) -> datetime | None:
    """When the last expected return came into force, if all are; a cycle that expects nobody never completes."""
    moments: list[datetime] = []
    for participant in cycle.expected:
        its_return = known.get((cycle.id, participant))
        revision = its_return and its_return.in_force
        if not its_return or not revision:
            return None
        moments.append(its_return.revisions[revision].times["accepted"])
    return max(moments, default=None)


def _about_completion(cycle: Cycle, points: Mapping[str, list[str]], at: datetime) -> Iterator[NoticePlan]:
    yield NoticePlan(cycle.id, None, CENTRE, "cycle_complete", True, at=at)
    for participant in cycle.expected:
        for point in points.get(participant, []):
            yield NoticePlan(cycle.id, participant, point, "cycle_complete", at=at)


def _happened(one: Return) -> Iterator[tuple[str, datetime]]:
    for step, kind in TOLD:
        at = one.first(step)
        if at is not None:
            yield kind, at
