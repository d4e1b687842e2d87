"""Figures over States and time, summed over what the asker may see. Pure.

Aggregates are kept per cycle. For each State and table, `contracts.period` chooses which of its visible reports
stand for the period asked for, so that no State counts twice and no order of arrival matters; `contracts.figures`
says how figures combine.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from contracts.figures import Table, over_states, over_time
from contracts.period import Cover, Period, cover_span, rolling
from services.gateway.rules import Target, may
from services.gateway.subject import Subject

Span = tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one State's return in force for one cycle answers, and which tables of it are the centre's alone."""

    participant: str
    cycle: Period
    answered: frozenset[Table] = frozenset()
    centre_only: frozenset[Table] = frozenset()
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One State's figure of one cycle, as an aggregate holds it."""

    participant: str
    cycle: Period
    indicator: str
    dimension: str
    member: str
    value: int
    revision: int = 0


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


Sees = Callable[[Contribution, Table], bool]


def contributions(documents: Iterable[dict[str, Any]]) -> list[Contribution]:
    """The returns in force, from aggregation's documents; withdrawn ones are none."""
    return [
        Contribution(
            one["participant"],
            Period.parse(one["cycle"]),
            frozenset(map(_table, one.get("answered", ()))),
            frozenset(map(_table, one.get("centre_only", ()))),
            one["revision"],
        )
        for one in documents
        if not one.get("withdrawn")
    ]


def cells(documents: Iterable[dict[str, Any]]) -> list[Cell]:
    """Every State's figures, from aggregation's documents."""
    return [
        Cell(participant, cycle, indicator, one["dimension"], one["member"], value, part["revision"])
        for one in documents
        for cycle in [Period.parse(one["period"])]
        for participant, part in one["by"].items()
        for indicator, value in part["cells"].items()
    ]


def visibility(subject: Subject, returns: Iterable[Contribution]) -> Sees:
    """What ``subject`` may see, table by table. Its own return of a cycle opens the others' of that very cycle."""
    opened = {one.cycle for one in returns if one.participant == subject.participant}

    def sees(contribution: Contribution, table: Table) -> bool:
        target = Target(
            owner=contribution.participant,
            centre_only=table in contribution.centre_only,
            door_open=contribution.cycle in opened,
        )
        return may(subject, "see_table", target)

    return sees


def closed_doors(subject: Subject, returns: Iterable[Contribution], spans: Iterable[Span]) -> list[Period]:
    """Cycles within the spans whose figures of others would open with the asker's own return."""
    if subject.participant is None:
        return []
    held = list(returns)
    opened = {one.cycle for one in held if one.participant == subject.participant}
    return sorted({one.cycle for one in held if one.cycle not in opened and within(one.cycle, spans)})


def within(cycle: Period, spans: Iterable[Span]) -> bool:
    return any(period.contains(cycle) for span in spans for period in span)


def windows(span: Span, half_years: int) -> tuple[Span, ...]:
    """The half-years of a rolling window that ends with ``span``, each a span of its own."""
    return tuple((period,) for period in rolling(span[-1], half_years)) if half_years else ()


def rows(
    held: Iterable[Cell], returns: Iterable[Contribution], sees: Sees, span: Span, half_years: int = 0
) -> list[Row]:
    """A row for each indicator and member that somebody visible has a figure for in ``span``; largest first."""
    by_key = {(one.participant, one.cycle): one for one in returns}
    figures: dict[tuple[str, str], dict[str, dict[Period, int]]] = defaultdict(lambda: defaultdict(dict))
    dimension_of: dict[tuple[str, str], str] = {}
    for cell in held:
        contribution = by_key.get((cell.participant, cell.cycle))
        table = Table(cell.indicator, cell.dimension)
        if contribution is None or cell.revision > contribution.revision:
            # What may be seen was read before the figures were. A revision that came between the two may have closed
            # a table, and its contribution, written last, is what says so: until that is read its figures are nobody's.
            # Older ones can only be figures that stood when the contribution was read. No third read is needed.
            continue
        if table in contribution.answered and sees(contribution, table):
            figures[cell.indicator, cell.member][cell.participant][cell.cycle] = cell.value
            dimension_of[cell.indicator, cell.member] = cell.dimension

    @cache
    def covered(participant: str, table: Table, asked: Span) -> Cover:
        return cover_span(asked, _answering(by_key.values(), participant, table, sees))

    def at(key: tuple[str, str], asked: Span) -> tuple[int | None, tuple[str, ...], bool]:
        table = Table(key[0], dimension_of[key])
        values, reporters, complete = [], [], True
        for participant, by_cycle in figures[key].items():
            chosen = covered(participant, table, asked)
            parts = [by_cycle[cycle] for cycle in chosen.chosen if cycle in by_cycle]
            if parts:
                values.append(over_time(key[0])(parts))
                reporters.append(participant)
                complete = complete and chosen.complete
        return (over_states(key[0])(values), tuple(sorted(reporters)), complete) if values else (None, (), False)

    found: list[Row] = []
    for key in figures:
        value, reporters, complete = at(key, span)
        if value is not None:
            points = (Point(asked[0], *_value_and_complete(at(key, asked))) for asked in windows(span, half_years))
            found.append(Row(*key, value, reporters, complete, tuple(points)))
    return sorted(found, key=lambda row: (row.indicator, -row.value, row.member))


def _value_and_complete(answer: tuple[int | None, tuple[str, ...], bool]) -> tuple[int | None, bool]:
    return answer[0], answer[2]


def _answering(returns: Iterable[Contribution], participant: str, table: Table, sees: Sees) -> frozenset[Period]:
    return frozenset(
        one.cycle for one in returns if one.participant == participant and table in one.answered and sees(one, table)
    )


def latest(cycles: Sequence[Period]) -> Period | None:
    """The cycle that ends last; of several, the shortest."""
    return max(cycles, key=lambda one: (one.end, one.first_month), default=None)


@dataclass(frozen=True, slots=True)
class Coverage:
    reported: int
    expected: int


def coverage(expected: Iterable[tuple[Period, Iterable[str]]], returns: Iterable[Contribution], span: Span) -> Coverage:
    """How many of the participants expected in the span's cycles have a return in force in one of them."""
    due = {code for cycle, codes in expected if within(cycle, [span]) for code in codes}
    reported = {one.participant for one in returns if within(one.cycle, [span])}
    return Coverage(len(due & reported), len(due))


def _table(text: str) -> Table:
    indicator, _, dimension = text.partition("|")
    return Table(indicator, dimension)
