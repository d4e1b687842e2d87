"""What a period is, and how quarters and halves make a year without counting a State twice.

A cycle id is the name of its period: ``2012`` (calendar year), ``2013-H1`` (half-year), ``2013-Q2``
(quarter). Source of the rule of cover: the reporting cycles described in the project's documents
(annual 2012, half-yearly from 2013, quarterly for those who want it).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self

_PATTERN = re.compile(r"(?P<year>[12]\d{3})(?:-(?P<kind>[HQ])(?P<index>[1-4]))?", re.ASCII)
_MONTHS = {"Y": 12, "H": 6, "Q": 3}


class Period(NamedTuple):
    """A calendar year, half or quarter; ``first_month`` counts months since year 0 (2013-01 is 2013 * 12).

    A tuple, because it is a key wherever figures are read: hashing and comparing cost nothing worth counting.
    """

    first_month: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cycle id. Raises ValueError for anything that is not one."""
        match = _PATTERN.fullmatch(text)
        kind = (match and match["kind"]) or "Y"
        index = int((match and match["index"]) or 1)
        if match is None or index > 12 // _MONTHS[kind]:
            raise ValueError(f"{text!r} is not a period; use a year (2012), a half (2013-H1) or a quarter (2013-Q2)")
        return cls(int(match["year"]) * 12 + (index - 1) * _MONTHS[kind], _MONTHS[kind])

    def __str__(self) -> str:
        year, month = divmod(self.first_month, 12)
        if self.months == 12:
            return f"{year:04}"
        return f"{year:04}-{'H' if self.months == 6 else 'Q'}{month // self.months + 1}"

    @property
    def end(self) -> int:
        """The first month after the period."""
        return self.first_month + self.months

    @property
    def first_day(self) -> date:
        year, month = divmod(self.first_month, 12)
        return date(year, month + 1, 1)

    @property
    def last_day(self) -> date:
        year, month = divmod(self.end, 12)
        return date(year, month + 1, 1) - timedelta(days=1)

    @property
    def year(self) -> "Period":
        return Period(self.first_month - self.first_month % 12, 12)

    def previous(self) -> "Period":
        """The period of the same length just before this one."""
        return Period(self.first_month - self.months, self.months)

    def contains(self, other: "Period") -> bool:
        return self.first_month <= other.first_month and other.end <= self.end

    def halves(self) -> tuple["Period", ...]:
        """The next smaller periods that make up this one: a year's halves, a half's quarters; none for a quarter."""
        if self.months == 3:
            return ()
        half = self.months // 2
        return (Period(self.first_month, half), Period(self.first_month + half, half))


@dataclass(frozen=True)
class Cover:
    """Which reports of one State stand for a period: ``chosen`` in time order, and whether they fill it."""

    chosen: tuple[Period, ...]
    complete: bool


def cover(target: Period, reported: Iterable[Period]) -> Cover:
    """Choose the reports that stand for ``target``: the report at that period if there is one, else its parts.

    Depends only on the set of reported periods, never on their order of arrival.
    """
    have = frozenset(reported)
    if target in have:
        return Cover((target,), True)
    parts = [cover(half, have) for half in target.halves()]
    chosen = tuple(period for part in parts for period in part.chosen)
    return Cover(chosen, bool(parts) and all(part.complete for part in parts))


def parse_span(text: str) -> tuple[Period, ...]:
    """Read ``2012``, ``2013-H1`` or ``from..to`` (both ends included) as the fewest periods that fill it, in order.

    Raises ValueError when an end is not a period, when the first begins after the second ends, or beyond 100 years.
    """
    first_text, dots, last_text = text.partition("..")
    first = Period.parse(first_text)
    last = Period.parse(last_text) if dots else first
    if first.first_month > last.first_month or first.end > last.end:
        raise ValueError(f"{text!r} ends before it begins")
    if last.end - first.first_month > 1200:
        raise ValueError(f"{text!r} is longer than 100 years")
    return tuple(_tile(first.first_month, last.end))


def _tile(start: int, end: int) -> Iterable[Period]:
    while start < end:
        months = next(m for m in (12, 6, 3) if start % m == 0 and start + m <= end)
        yield Period(start, months)
        start += months


def cover_span(span: Iterable[Period], reported: Iterable[Period]) -> Cover:
    """As ``cover``, for a span of several periods: complete only where each of them is."""
    have = frozenset(reported)
    covers = [cover(period, have) for period in span]
    chosen = tuple(period for one in covers for period in one.chosen)
    return Cover(chosen, bool(covers) and all(one.complete for one in covers))


def rolling(until: Period, half_years: int) -> tuple[Period, ...]:
    """The last ``half_years`` half-years up to and including the one in which ``until`` ends, in time order."""
    last_start = (until.end - 1) // 6 * 6
    return tuple(Period(last_start - 6 * back, 6) for back in reversed(range(half_years)))
