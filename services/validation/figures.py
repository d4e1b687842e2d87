"""The figures of a report, as docs/architecture.md ("Where a figure lives") places them. Pure.

In: a case without a blocker. Out: figures (no key twice), the tables it answers, the tables it keeps to the centre.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from contracts.figures import ROUTES_LISTED, Figure, Table, over_states
from contracts.template import Question
from services.validation.case import FEES, Case, Reply

Key = tuple[str, str, str]  # indicator, dimension, member
Cells = dict[str, int]  # by member


def figures(case: Case) -> list[Figure]:
    """Sorted. Where several rows make one figure it is combined as `contracts.figures` combines States: persons
    summed, the lowest and highest fee kept, and what is listed is listed once."""
    tables: dict[tuple[str, str], Cells] = defaultdict(dict)
    several: dict[Key, list[int]] = defaultdict(list)
    for reply in case.replies.values():
        if reply.named:
            _add_rows(case, reply, tables)
        for key, value in _of(reply):
            several[key].append(value)
    for (indicator, dimension, member), values in several.items():
        tables[indicator, dimension][member] = _combined(indicator, values)
    # Table by table: comparing members alone is a third of comparing whole figures.
    return [
        Figure(indicator, dimension, member, cells[member])
        for (indicator, dimension), cells in sorted(tables.items())
        for member in sorted(cells)
    ]


def answered(case: Case) -> list[Table]:
    """The tables for which the report has figures or a true "nothing to report". A status is no answer."""
    filled = (reply for reply in case.replies.values() if reply.answer.nothing_to_report or _has_figures(reply))
    return sorted({table for reply in filled for table in _tables(case, reply.question)})


def centre_only(case: Case) -> list[Table]:
    """The tables that the owner shares with the centre only, the margins of such a question too."""
    if case.template is None:
        return []
    kept = (name for name, level in case.report.sharing.items() if level == "centre_only")
    return sorted({table for name in kept for table in _tables(case, case.template.question(name))})


def _combined(indicator: str, values: list[int]) -> int:
    if len(values) == 1 or indicator in LISTED:
        return values[0]
    return over_states(indicator)(values)


LISTED = frozenset({ROUTES_LISTED, "methods_and_fees", "other_crime_areas"})
"""Indicators that say "this is in the report": 1, however often."""


def _of(reply: Reply) -> Iterator[tuple[Key, int]]:
    question = reply.question
    match question.kind:
        case "total":
            if reply.answer.value is not None:
                yield (question.group, "total", "total"), int(reply.answer.value)
        case "routes":
            yield from _of_ways(reply)
        case "fees":
            yield from _of_prices(reply)
        case "choices":
            for one in reply.choices:
                yield (question.group, one.dimension.id, one.code or one.text), 1


def _add_rows(case: Case, reply: Reply, tables: Mapping[tuple[str, str], Cells]) -> None:
    """A breakdown's own table, in which no member stands twice and which nothing else fills, and its margins."""
    question = reply.question
    given = [
        (named.key, named.codes, figure)
        for named, figure in zip(reply.named, reply.figures, strict=True)
        if named.codes is not None and figure is not None
    ]
    tables[question.group, joined_dimension(question)].update({key: figure for key, _, figure in given})
    for dimension in _margins(case, question):
        place, cells = question.dimensions.index(dimension), tables[question.group, dimension]
        for _, codes, figure in given:
            cells[codes[place]] = cells.get(codes[place], 0) + figure


def _of_ways(reply: Reply) -> Iterator[tuple[Key, int]]:
    for way in reply.ways:
        members = [("route", ">".join(way.codes or ())), *(("corridor", one) for one in way.corridors)]
        for dimension, member in members:
            yield (ROUTES_LISTED, dimension, member), 1
            if way.route.persons is not None:
                yield (reply.question.group, dimension, member), int(way.route.persons)


def _of_prices(reply: Reply) -> Iterator[tuple[Key, int]]:
    for price in reply.prices:
        for one in (*price.methods, *price.payment):
            yield (reply.question.group, one.dimension.id, one.code or one.text), 1
        for indicator, dollars in price.dollars.items():
            if dollars is not None:
                yield (indicator, "corridor", price.corridor), dollars


def joined_dimension(question: Question) -> str:
    """``citizenship``, or ``mode_and_last_exit`` where a question has several dimensions."""
    return "_and_".join(question.dimensions)


def _has_figures(reply: Reply) -> bool:
    if reply.question.kind == "total":
        return reply.answer.value is not None
    return any(figure is not None for figure in reply.figures) or bool(reply.ways or reply.prices or reply.choices)


def _margins(case: Case, question: Question) -> list[str]:
    """The dimensions of a question of several whose margins it fills: where the report does not answer the question
    of that dimension alone."""
    if len(question.dimensions) < 2:
        return []
    replies = [one for one in case.group(question.group) if one.answer.nothing_to_report or _has_figures(one)]
    alone = {one.question.dimensions[0] for one in replies if len(one.question.dimensions) == 1}
    return [dimension for dimension in question.dimensions if dimension not in alone]


def _tables(case: Case, question: Question) -> list[Table]:
    """Every table that an answer to the question fills."""
    group = question.group
    match question.kind:
        case "total":
            return [Table(group, "total")]
        case "breakdown":
            return [Table(group, one) for one in (joined_dimension(question), *_margins(case, question))]
        case "routes":
            return [Table(one, dimension) for one in (group, ROUTES_LISTED) for dimension in ("route", "corridor")]
        case "fees":
            ways = [Table(group, one) for one in ("smuggling_method", "payment_method")]
            return ways + [Table(indicator, "corridor") for indicator in FEES]
        case "choices":
            return [Table(group, question.code_list or "")]
        case _:
            return []
