"""Some of many cycles on a page, and the way to the others: with ``frame/stretch.html`` below the list. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from contracts.period import Period
from contracts.records import Cycle


@dataclass(frozen=True, slots=True)
class Stretch:
    """``cycles``: what is shown, the newest first. ``older``: behind which more follow. ``newer``: some are before."""

    cycles: list[Cycle]
    older: str | None
    newer: bool

    @classmethod
    def of(cls, held: Iterable[Cycle], before: str, most: int) -> Self:
        """The newest ``most`` of the cycles, or those behind the one named ``before`` where there is such a one."""
        newest_first = sorted(held, key=lambda one: by_period(one.id), reverse=True)
        names = [one.id for one in newest_first]
        begin = names.index(before) + 1 if before in names else 0
        shown = newest_first[begin : begin + most]
        more = len(newest_first) > begin + most
        return cls(shown, shown[-1].id if shown and more else None, begin > 0)


def by_period(cycle: str) -> tuple[int, int]:
    """The sorting key of a cycle's name: by when its period ends, then by when it begins."""
    period = Period.parse(cycle)
    return period.end, period.first_month
