"""Does the report fit the State's other reports: the cycle before, and the parts of a year?

Compared are totals and citizenships: these are asked in every group, and an analyst's first question is about them.
"""

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

Key = tuple[str, str, str]  # indicator, dimension, member


class _Own(NamedTuple):
    value: int
    reply: Reply
    row: int | None = None

    @property
    def pointer(self) -> str:
        return self.reply.pointer if self.row is None else self.reply.line(self.row).pointer

    @property
    def question(self) -> str:
        return self.reply.question.id


def jump_against_the_previous_cycle(case: Case) -> Iterator[Found]:
    """Five times as much or as little, and 500 persons apart. A figure that was not given before is not compared."""
    previous = case.context.previous
    if previous is None:
        return
    before = _figures(previous)
    for key, own in _own(case).items():
        was = before.get(key)
        if was is None or abs(own.value - was) < ABSOLUTE or max(own.value, was) < RATIO * min(own.value, was):
            continue
        said = {"value": number(own.value), "before": number(was), "cycle": previous.cycle}
        direction = "up from" if own.value > was else "down from"
        yield found("jump.previous_cycle", own.pointer, own.question, direction=direction, **said)


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
    reports = {**others, period: {key: one.value for key, one in own.items()}}
    for whole in sorted(reports, key=lambda one: (one.months, one.first_month)):
        if whole != period and not whole.contains(period):
            continue
        parts = {one for one in reports if one != whole and whole.contains(one)}
        chosen = cover(whole, parts)
        if whole == period or period in chosen.chosen:
            yield from _compare(reports, own, whole, chosen.chosen, chosen.complete)


def _compare(
    reports: Mapping[Period, Mapping[Key, int]],
    own: Mapping[Key, _Own],
    whole: Period,
    parts: tuple[Period, ...],
    complete: bool,
) -> Iterator[Found]:
    for key, place in own.items():
        stated = reports[whole].get(key)
        given = [(part, reports[part][key]) for part in parts if key in reports[part]]
        if stated is None or not given:
            continue
        total = sum(value for _, value in given)
        exact = complete and len(given) == len(parts)
        if total > stated or (exact and total != stated):
            named = ", ".join(str(part) for part, _ in given)
            said = {"whole": number(stated), "period": str(whole), "parts": named, "sum": number(total)}
            yield found("period.parts_differ", place.pointer, place.question, **said)


def _own(case: Case) -> dict[Key, _Own]:
    own: dict[Key, _Own] = {}
    for reply in case.replies.values():
        question = reply.question
        if question.kind == "total" and reply.total is not None:
            own[(question.group, "total", "total")] = _Own(reply.total, reply)
        if question.dimensions == ("citizenship",):
            for row, (named, figure) in enumerate(zip(reply.named, reply.figures, strict=True)):
                if named.codes is not None and figure is not None:
                    own[(question.group, "citizenship", named.codes[0])] = _Own(figure, reply, row)
    return own


def _figures(earlier: Earlier) -> dict[Key, int]:
    return {(f.indicator, f.dimension, f.member): f.value for f in earlier.figures}
