"""The moments of a cycle where a participant is: pure calendar, no clock.

Every moment is the start of a day in the participant's own time zone, which is the end of the day before
(contracts.records.end_of_day). Where a clock change swallows midnight, that is the instant of the change.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from contracts.records import end_of_day

# A cycle "without end" may close on 9999-12-31, and no calendar of ours can name the day after it.
_FIRST, _LAST = date(1900, 1, 1), date(9000, 1, 1)
_EVER = datetime(1, 1, 1, tzinfo=UTC)


class Days(NamedTuple):
    """What a timeline depends on. ``due``: the participant's own due date; ``late``: days a missed notice is kept."""

    opens: date
    due: date
    closes: date
    reminders: tuple[int, ...]
    overdue: tuple[int, ...]
    nomination: int
    late: int


@dataclass(frozen=True)
class Window:
    """A kind is due from ``start`` until ``end``; before that it is too early, from then on too late for good.

    ``missing``: only for a return that is not in.
    """

    kind: str
    start: datetime
    end: datetime
    missing: bool = False


@dataclass(frozen=True)
class Timeline:
    """All windows, cut where one of them starts or ends, so that "what is due now" is one search."""

    windows: tuple[Window, ...]
    cuts: tuple[datetime, ...]
    due: tuple[tuple[Window, ...], ...]

    def at(self, now: datetime) -> tuple[tuple[Window, ...], datetime | None]:
        """The windows that ``now`` falls in, and the next moment at which that changes."""
        index = bisect_right(self.cuts, now)
        return self.due[index], self.cuts[index] if index < len(self.cuts) else None


def start_of(day: date, time_zone: str) -> datetime:
    """The first moment of a day in a time zone, in UTC."""
    # In UTC at once: Python compares two moments of one zone by their clock faces, also across a change.
    return end_of_day(day - timedelta(days=1), time_zone).astimezone(UTC)


def missing_only(kind: str) -> bool:
    """Whether a kind is only for a return that is not in (``Window.missing``)."""
    return kind == "due_today" or kind.startswith(("reminder_", "overdue_"))


@lru_cache(maxsize=65_536)
def timeline(days: Days, time_zone: str) -> Timeline:
    """The windows of every kind that depends on the calendar.

    - ``cycle_opened``: from the start of the opening day to the due moment.
    - ``reminder_<d>``: from the start of the day d days before the due date; ``due_today``: of the due date;
      ``overdue_<n>``: of the day n days after it. Each until the next of them starts, so that of several missed
      ones only the newest goes out; the last until the cycle closes. A reminder from before the opening is none.
    - ``extension_granted``: at any time before the due moment.
    - ``nomination_due``: from the start of the day two weeks after the opening until the cycle closes.
    - ``cycle_closed``: from the closing, as long as a missed notice is kept.
    """
    days = days._replace(opens=_within(days.opens), due=_within(days.due), closes=_within(days.closes))
    opens, due = start_of(days.opens, time_zone), start_of(days.due + _days(1), time_zone)
    closes = start_of(max(days.closes, days.due) + _days(1), time_zone)
    windows = [
        Window("cycle_opened", opens, due),
        Window("extension_granted", _EVER, due),
        Window("nomination_due", start_of(days.opens + _days(days.nomination), time_zone), closes),
        Window("cycle_closed", closes, closes + _days(days.late)),
        *_deadline(days, time_zone, opens, closes),
    ]
    windows = [one for one in windows if one.start < one.end]
    cuts = sorted({moment for one in windows for moment in (one.start, one.end)})
    segments = [tuple(one for one in windows if one.start <= cut < one.end) for cut in cuts]
    return Timeline(tuple(windows), tuple(cuts), ((), *segments))


def _deadline(days: Days, time_zone: str, opens: datetime, closes: datetime) -> list[Window]:
    """Reminders, the due day and what comes after it, one ending where the next begins."""
    # In time order from the start: where a zone has skipped a whole day, the later of two kinds stands.
    chain = [(start_of(days.due - _days(d), time_zone), f"reminder_{d}") for d in sorted(set(days.reminders))[::-1]]
    chain = [(start, kind) for start, kind in chain if start > opens]
    chain.append((start_of(days.due, time_zone), "due_today"))
    chain += [(start_of(days.due + _days(n), time_zone), f"overdue_{n}") for n in sorted(set(days.overdue))]
    chain = [(start, kind) for start, kind in chain if start < closes]
    ends = [start for start, _ in chain[1:]] + [closes]
    return [Window(kind, start, end, missing_only(kind)) for (start, kind), end in zip(chain, ends, strict=True)]


def _within(day: date) -> date:
    return min(max(day, _FIRST), _LAST)


def _days(count: int) -> timedelta:
    return timedelta(days=count)
