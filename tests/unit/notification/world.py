"""A small world for the planner: cycles, participants and focal points, made in one line each."""

from datetime import UTC, date, datetime, timedelta

from contracts.directory import Directory, Record
from contracts.records import Cycle, Extension, FocalPoint, Participant
from services.notification.returns import Outcome, Return, Revision, Step

OPENS, DUE, CLOSES = date(2013, 7, 1), date(2013, 8, 31), date(2013, 10, 31)


def at(text: str) -> datetime:
    """``2013-08-31T17:00`` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cycle(*expected: str, opens: date = OPENS, due: date = DUE, closes: date = CLOSES, name: str = "2013-H1") -> Cycle:
    return Cycle(id=name, opens=opens, due=due, closes=closes, expected=list(expected))


def state(code: str, zone: str = "UTC", *points: str) -> list[Record]:
    """A participant and its focal points, one named ``border`` where none is named."""
    who = Participant(code=code, name=f"State of {code}", time_zone=zone)
    return [who, *(focal_point(code, point) for point in points or ("border",))]


def focal_point(code: str, name: str, *, active: bool = True) -> FocalPoint:
    address = f"{name}@{code.lower()}.example"
    return FocalPoint(participant=code, id=name, unit=f"Unit {name}", email=address, active=active)


def extension(code: str, due: date, name: str = "2013-H1") -> Extension:
    return Extension(cycle=name, participant=code, due=due, reason="more time asked for")


def directory(*records: Record | list[Record]) -> Directory:
    one = Directory()
    for entry in records:
        for record in entry if isinstance(entry, list) else [entry]:
            one.put(record)
    return one


def returned(code: str, *steps: tuple[int, Step, datetime], name: str = "2013-H1") -> Return:
    """A return to which ``steps`` (revision, step, when) have happened."""
    revisions: dict[int, Revision] = {}
    for number in {number for number, _, _ in steps}:
        times = {step: when for n, step, when in steps if n == number}
        verdicts: dict[Step, Outcome] = {
            "accepted": "accepted",
            "needs_explanation": "needs_explanation",
            "rejected": "rejected",
        }
        outcome = next((verdicts[step] for step in times if step in verdicts), None)
        judged = -1 if outcome is None else 0
        revisions[number] = Revision(0 if "recorded" in times else -1, judged, outcome, times)
    return Return(code, name, min((when for _, _, when in steps), default=None), revisions)


def accepted(code: str, when: datetime, name: str = "2013-H1") -> Return:
    before = when - timedelta(seconds=1)
    return returned(code, (1, "recorded", before), (1, "accepted", when), name=name)
