"""Do the parts fit the total? Source: the template's "most frequent" and "divide the total" (field ``complete``).

No tolerance: these are counts of persons and documents that the State itself has added up. Official figures break all
of these rules now and then, and with reason, so each asks for a word and none refuses.
"""

from collections.abc import Iterator
from itertools import combinations

from services.validation.case import Case, Reply
from services.validation.rules.found import Found, found, number

NEARLY_ALL = 0.95
"""Without a total, a list of "most frequent" members that reaches so much of a complete division is meant to be the
whole, and should be. Mexico's first half of 2024: 710,343 by citizenship, 712,279 by gender and age, 99.7 per cent."""


def parts_do_not_fit_the_total(case: Case) -> Iterator[Found]:
    """A complete division sums to the total, every other breakdown to at most the total."""
    for total, parts in _groups(case):
        stated = total.total if total else None
        for reply in parts if stated is not None else ():
            if reply.sum is None or stated is None:
                continue
            if reply.question.complete and reply.whole and reply.sum != stated:
                code = "sum.complete_differs"
            elif reply.sum > stated:
                code = "sum.parts_above_total"
            else:
                continue
            said = {"parts": number(reply.sum), "total": number(stated)}
            yield found(
                code, reply.pointer, reply.question.id, also=(total.pointer if total else reply.pointer,), **said
            )


def breakdowns_disagree(case: Case) -> Iterator[Found]:
    """Where no total is stated, a complete division stands for it."""
    for total, parts in _groups(case):
        if total is not None and total.total is not None:
            continue
        for one, other in combinations(sorted(parts, key=lambda reply: not reply.question.complete), 2):
            if _disagree(one, other):
                said = {"parts": number(other.sum or 0), "others": number(one.sum or 0), "other": one.question.title}
                yield found("sum.breakdowns_disagree", other.pointer, other.question.id, also=(one.pointer,), **said)


def total_is_missing(case: Case) -> Iterator[Found]:
    """Not where the State says why there is none: a status is an answer."""
    for total, parts in _groups(case):
        if total is None and parts:
            wanted = case.template.total_of(parts[0].question) if case.template else None
            if wanted is not None:
                yield found("total.missing", parts[0].pointer, parts[0].question.id, suggestion=wanted.id)


def _disagree(one: Reply, other: Reply) -> bool:
    """``one`` is complete, ``other`` is complete or a list of the most frequent."""
    if not (one.question.complete and one.whole) or one.sum is None or other.sum is None:
        return False
    if other.question.complete:
        return other.whole and one.sum != other.sum
    return other.sum > one.sum or NEARLY_ALL * one.sum <= other.sum < one.sum


def _groups(case: Case) -> Iterator[tuple[Reply | None, list[Reply]]]:
    """Each group that is answered: the reply to its total, and its breakdowns that have figures."""
    for group in case.template.groups if case.template else ():
        replies = case.group(group.id)
        total = next((reply for reply in replies if reply.question.kind == "total"), None)
        parts = [reply for reply in replies if reply.question.kind == "breakdown" and reply.sum is not None]
        if replies:
            yield total, parts
