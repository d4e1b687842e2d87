"""Figures over States and time, summed over what the asker may see. Pure.

Aggregates are kept per cycle. For each State and table, `contracts.period` chooses which of its visible reports
stand for the period asked for, so that no State counts twice and no order of arrival matters (`in_force`);
`contracts.figures` says how figures combine.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.figures import members_of, over_states, over_time
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


@dataclass(frozen=True, slots=True)
class Answer:
    """``rows``: largest first. ``behind``: some figures are of later returns than those that were given; whoever
    reads the returns anew gets these figures too."""

    rows: list[Row]
    behind: bool


def closed_doors(subject: Subject, in_force: InForce, spans: Iterable[Span]) -> list[Period]:
    """Cycles within the spans whose figures of others would open with the asker's own return."""
    if subject.participant is None:
        return []
    opened = in_force.of(subject.participant)
    return sorted({cycle for span in spans for cycle in in_force.cycles_within(span)} - opened)


Parts = dict[str, dict[str, list[int]]]
"""Of one member: by indicator and participant, its figures for the cycles that stand for the span."""
_NOT_READ: tuple[int, frozenset[str]] = (0, frozenset())


def rows(
    stored: Sequence[dict[str, Any]],
    standing: Standing,
    halves: Mapping[Period, Standing] | None = None,
    reporter: str | None = None,
) -> Answer:
    """A row for each indicator and member that somebody visible has a figure for in the standing's span.

    ``stored``: aggregates of its dimension. ``halves``: the standing of each half-year of a rolling window.
    ``reporter``: the figures of this participant alone.
    """
    held, behind = _gathered(stored, standing, reporter)
    over_halves = {half: (one, _gathered(stored, one, reporter)[0]) for half, one in (halves or {}).items()}
    found: list[Row] = []
    for member, parts in held.items():
        for indicator in parts:
            value, complete = _combined(indicator, parts, standing)
            points = (
                Point(half, *_combined(indicator, of_half.get(member, {}), one))
                for half, (one, of_half) in over_halves.items()
            )
            if value is not None:
                found.append(Row(indicator, member, value, tuple(sorted(parts[indicator])), complete, tuple(points)))
    return Answer(sorted(found, key=lambda row: (row.indicator, -row.value, row.member)), behind)


def _gathered(
    stored: Iterable[dict[str, Any]], standing: Standing, reporter: str | None
) -> tuple[dict[str, Parts], bool]:
    """The figures that count, by member; and whether some are of later returns than the standing knows."""
    held: dict[str, Parts] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    behind = False
    for document in stored:
        known = standing.by_cycle.get(document["period"])
        if known is None:
            continue
        participant, cells = document["participant"], document.get("cells", {})
        if reporter not in (None, participant):
            continue
        revision, counts = known.get(participant, _NOT_READ)
        if document["revision"] > revision:
            # What may be seen was read before the figures were. A revision that came between the two may have
            # closed a table, and its contribution, written last, is what says so: until that is read its figures
            # are nobody's. Older ones can only be figures that stood when the contribution was read.
            behind = behind or revision > 0 or bool(cells)
            continue
        for indicator in counts & cells.keys():
            for member, value in members_of(cells[indicator]).items():
                held[member][indicator][participant].append(value)
    return held, behind


def _combined(indicator: str, parts: Parts, standing: Standing) -> tuple[int | None, bool]:
    """The figure of several States, and whether each of them covers the span; None where there is none."""
    by_participant = parts.get(indicator)
    if not by_participant:
        return None, False
    over = over_time(indicator)
    value = over_states(indicator)([over(figures) for figures in by_participant.values()])
    return value, all(indicator in standing.complete[participant] for participant in by_participant)


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
