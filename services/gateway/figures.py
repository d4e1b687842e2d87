"""Figures over States and time, summed over what the asker may see. Pure.

Aggregates are kept per cycle. For each State and table, `contracts.period` chooses which of its visible reports
stand for the period asked for, so that no State counts twice and no order of arrival matters (`in_force`);
`contracts.figures` says how figures combine.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.figures import over_states, over_time
from contracts.period import Period
from services.gateway.in_force import InForce, Span, Standing
from services.gateway.subject import Subject


@dataclass(frozen=True, slots=True)
class Point:
    """A half-year of a rolling window; no value where nobody reported."""

    period: Period
    value: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, the States behind it, and whether each of them covers the whole period."""

    indicator: str
    member: str
    value: int
    reporters: tuple[str, ...]
    complete: bool
    rolling: tuple[Point, ...] = ()


Answer = Sequence[Row]
"""The largest figure first, within an indicator."""


def size(answer: Answer) -> int:
    """Rows and points of it: what an answer weighs in memory."""
    return sum(1 + len(row.rolling) for row in answer)


def closed_doors(subject: Subject, in_force: InForce, spans: Iterable[Span]) -> list[Period]:
    """Cycles within the spans whose figures of others would open with the asker's own return."""
    if subject.participant is None:
        return []
    opened = in_force.of(subject.participant)
    return sorted({cycle for span in spans for cycle in in_force.cycles_within(span)} - opened)


Parts = dict[str, dict[str, list[int]]]
"""Of one member: by indicator and participant, its figures for the cycles that stand for the span."""
_NOTHING: Parts = {}


class Gathered:
    """The figures of a standing's span, added cycle by cycle.

    ``halves``: the standing of each half-year of a rolling window. ``reporter``: the figures of this participant alone.
    """

    def __init__(
        self, standing: Standing, halves: Mapping[Period, Standing] | None = None, reporter: str | None = None
    ) -> None:
        self._standing, self._reporter = standing, reporter
        self._halves = {half: Gathered(one, None, reporter) for half, one in (halves or {}).items()}
        self._held: dict[str, Parts] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))

    def add(self, cycle: str, cells: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
        """The figures of a cycle, by indicator, member and participant."""
        for indicator, counts in self._standing.by_cycle.get(cycle, {}).items():
            states = counts if self._reporter is None else counts & {self._reporter}
            for member, by in cells.get(indicator, {}).items():
                parts = self._held[member][indicator]
                for participant, value in by.items():
                    if participant in states:
                        parts[participant].append(value)
        for one in self._halves.values():
            one.add(cycle, cells)

    def answer(self) -> Answer:
        """A row for each indicator and member that somebody visible has a figure for."""
        found: list[Row] = []
        for member, parts in self._held.items():
            for indicator, by_participant in parts.items():
                value, complete = self.figure(indicator, member)
                points = (Point(half, *one.figure(indicator, member)) for half, one in self._halves.items())
                if value is not None:
                    states = tuple(sorted(by_participant))
                    found.append(Row(indicator, member, value, states, complete, tuple(points)))
        return sorted(found, key=lambda row: (row.indicator, -row.value, row.member))

    def figure(self, indicator: str, member: str) -> tuple[int | None, bool]:
        """The figure of several States, and whether each of them covers the span; None where there is none."""
        by_participant = self._held.get(member, _NOTHING).get(indicator)
        if not by_participant:
            return None, False
        over = over_time(indicator)
        value = over_states(indicator)([over(figures) for figures in by_participant.values()])
        return value, all(indicator in self._standing.complete[participant] for participant in by_participant)


def latest(cycles: Iterable[Period]) -> Period | None:
    """The cycle that ends last; of several, the shortest."""
    return max(cycles, key=lambda one: (one.end, one.first_month), default=None)


@dataclass(frozen=True, slots=True)
class Coverage:
    reported: int
    expected: int


def coverage(expected: Iterable[tuple[Period, Iterable[str]]], in_force: InForce, span: Span) -> Coverage:
    """How many of the participants expected in the span's cycles have a return in force in one of them."""
    due = set().union(*(codes for cycle, codes in expected if any(one.contains(cycle) for one in span)))
    reported = frozenset().union(*map(in_force.reporters.__getitem__, in_force.cycles_within(span)))
    return Coverage(len(due & reported), len(due))
