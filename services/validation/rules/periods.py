"""Does the report fit the State's other reports: the cycle before, and the parts of a year?

Compared are totals and citizenships: these are asked in every group, and an analyst's first question is about them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from contracts.context import Earlier
from contracts.period import Period, cover
from services.validation.case import Case, Reply
from services.validation.rules.found import Found, found, number

RATIO = 5
"""Flows on one route double or halve within a half-year as a matter of course; five times is a new situation or a slip
of a digit (ten times)."""
ABSOLUTE = 500
"""Below it small numbers leap without meaning: 3 to 20 persons is one boat."""

COMPARED = ("total", "citizenship")
Tables = Mapping[tuple[str, str], Mapping[str, int]]
"""Figures by indicator and dimension, and there by member."""


class _Own(NamedTuple):
    """What the report itself says in one of these tables."""

    reply: Reply
    figures: Mapping[str, int]  # by member

    def pointer(self, member: str) -> str:
        rows = enumerate(zip(self.reply.named, self.reply.figures, strict=True))
        places = [i for i, (named, figure) in rows if named.key == member and figure is not None]
        return self.reply.line(places[-1]).pointer if places else self.reply.pointer


def jump_against_the_previous_cycle(case: Case) -> Iterator[Found]:
    """Five times as much or as little, and 500 persons apart. A figure that was not given before is not compared."""
    previous = case.context.previous
    if previous is None:
        return
    before = _figures(previous)
    for table, own in _own(case).items():
        figures_before = before.get(table, {})
        for member, value in own.figures.items():
            was = figures_before.get(member)
            if was is None or abs(value - was) < ABSOLUTE or max(value, was) < RATIO * min(value, was):
                continue
            said = {"value": number(value), "before": number(was), "cycle": previous.cycle}
            direction = "up from" if value > was else "down from"
            yield found("jump.previous_cycle", own.pointer(member), own.reply.question.id, direction=direction, **said)


def parts_of_the_period_differ(case: Case) -> Iterator[Found]:
    """Quarters against the half-year, halves or quarters against the year; from both sides, whichever comes last.

    All parts there: they sum to the whole. Some missing: those there are at most the whole.
    """
    period = Period.parse(case.report.cycle)
    others = {Period.parse(one.cycle): _figures(one) for one in case.context.related}
    if case.context.previous is not None:
        # In the second half, the first one is no relative of it but a part of the same year.
        others.setdefault(Period.parse(case.context.previous.cycle), _figures(case.context.previous))
    others.pop(period, None)
    if not others:
        return
    own = _own(case)
    reports = {**others, period: {table: one.figures for table, one in own.items()}}
    for whole in sorted(reports, key=lambda one: (one.months, one.first_month)):
        if whole != period and not whole.contains(period):
            continue
        parts = {one for one in reports if one != whole and whole.contains(one)}
        chosen = cover(whole, parts)
        if whole == period or period in chosen.chosen:
            yield from _compare(reports, own, whole, chosen.chosen, chosen.complete)


def _compare(
    reports: Mapping[Period, Tables],
    own: Mapping[tuple[str, str], _Own],
    whole: Period,
    parts: tuple[Period, ...],
    complete: bool,
) -> Iterator[Found]:
    for table, one in own.items():
        stated = reports[whole].get(table, {})
        given = {part: reports[part].get(table, {}) for part in parts}
        for member in one.figures.keys() & stated.keys():
            values = [figures[member] for figures in given.values() if member in figures]
            total, exact = sum(values), complete and len(values) == len(parts)
            if values and (total > stated[member] or (exact and total != stated[member])):
                named = ", ".join(str(part) for part, figures in given.items() if member in figures)
                said = {"whole": number(stated[member]), "period": str(whole), "parts": named, "sum": number(total)}
                yield found("period.parts_differ", one.pointer(member), one.reply.question.id, **said)


def _own(case: Case) -> dict[tuple[str, str], _Own]:
    own: dict[tuple[str, str], _Own] = {}
    for reply in case.replies.values():
        question = reply.question
        if question.kind == "total" and reply.total is not None:
            own[question.group, "total"] = _Own(reply, {"total": reply.total})
        if question.dimensions == ("citizenship",):
            rows = zip(reply.named, reply.figures, strict=True)
            known = {named.key: figure for named, figure in rows if named.key and figure is not None}
            own[question.group, "citizenship"] = _Own(reply, known)
    return own


def _figures(earlier: Earlier) -> Tables:
    tables: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for indicator, dimension, member, value in earlier.figures:
        if dimension in COMPARED:
            tables[indicator, dimension][member] = value
    return tables
