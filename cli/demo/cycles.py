"""The cycles of the demonstration: the project's first two, and two around today. Pure.

The first two stay open for the demonstration, so that their returns can still be loaded and changed; their due dates
are two months ahead. The current half-year is due in three days, so that reminders go out; the last quarter, for the
two who want quarterly reporting, was due two days ago, so that there is one late return and one overdue notice.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cli.demo.participants import PILOT, PROFILES
from contracts.period import Period

FIRST, SECOND = "2012", "2013-H1"
QUARTERLY = ("LK", "NZ")
LATE, OVERDUE = "NZ", "LK"
MISSING, EXTENDED, REJECTED = "TO", "FJ", "HK"
"""In the current half-year."""


@dataclass(frozen=True)
class Calendar:
    """The ids of the two current cycles and all four as the interface takes them, without who is expected."""

    half: str
    quarter: str
    cycles: tuple[dict[str, Any], ...]
    expected: dict[str, list[str]]
    extended_to: date


def calendar(today: date) -> Calendar:
    """The cycles as of ``today``."""
    half, quarter = str(last_ended(today, 6)), str(last_ended(today, 3))
    soon, later = today + timedelta(days=60), today + timedelta(days=400)
    everybody = sorted(PROFILES)
    return Calendar(
        half=half,
        quarter=quarter,
        cycles=(
            _cycle(FIRST, date(2013, 1, 1), soon, 0, later),
            _cycle(SECOND, date(2013, 7, 1), soon, 0, later),
            _cycle(half, _after(half), today + timedelta(days=3), 14, today + timedelta(days=90)),
            _cycle(quarter, _after(quarter), today - timedelta(days=2), 14, today + timedelta(days=60)),
        ),
        expected={
            FIRST: sorted(one.code for one in PILOT),
            SECOND: everybody,
            half: everybody,
            quarter: list(QUARTERLY),
        },
        extended_to=today + timedelta(days=17),
    )


def last_ended(today: date, months: int) -> Period:
    """The last half-year (6) or quarter (3) that is over on ``today``."""
    month = today.year * 12 + today.month - 1
    return Period(month // months * months - months, months)


def _after(cycle: str) -> date:
    return Period.parse(cycle).last_day + timedelta(days=1)


def _cycle(name: str, opens: date, due: date, grace: int, closes: date) -> dict[str, Any]:
    # A quarter that ended yesterday is due before it opens otherwise.
    opens = min(opens, due)
    return {
        "id": name,
        "opens": opens.isoformat(),
        "due": due.isoformat(),
        "grace_days": grace,
        "closes": closes.isoformat(),
    }
