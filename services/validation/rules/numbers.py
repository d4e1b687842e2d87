"""Is every number a possible one?"""

from collections.abc import Iterator
from typing import NamedTuple

from services.validation.case import MOST_COUNTED, Case, count
from services.validation.rules.found import Found, found, number

MOST_PAID = 10**12
"""The dearest journeys cost some 10^10 in the currency of the smallest unit (the Iranian rial, 10^6 to the dollar)."""


class _Number(NamedTuple):
    pointer: str
    question: str
    value: float
    counted: bool
    """A count of persons, documents or cases; else an amount of money."""


def number_is_negative(case: Case) -> Iterator[Found]:
    for one in _numbers(case):
        if one.value < 0:
            yield found("number.negative", one.pointer, one.question)


def number_is_fractional(case: Case) -> Iterator[Found]:
    for one in _numbers(case):
        if one.counted and one.value != int(one.value):
            yield found("number.fractional", one.pointer, one.question)


def number_is_absurd(case: Case) -> Iterator[Found]:
    for one in _numbers(case):
        most = MOST_COUNTED if one.counted else MOST_PAID
        if one.value > most:
            reason = "no State counts so many in a year" if one.counted else "no journey costs that in any currency"
            said = {"found": number(one.value), "most": number(most), "reason": reason}
            yield found("number.absurd", one.pointer, one.question, **said)


def share_is_no_percentage(case: Case) -> Iterator[Found]:
    for reply in case.replies.values():
        for way in reply.ways:
            if way.route.share is not None and not 0 <= way.route.share <= 100:
                yield found("route.share", f"{way.pointer}/share", reply.question.id)


def _numbers(case: Case) -> Iterator[_Number]:
    """Those of the report that are not plainly good."""
    for reply in case.replies.values():
        counted: list[tuple[str, float | None]] = [(f"{line.pointer}/value", line.row.value) for line in reply.odd]
        if reply.question.kind == "total":
            counted.append((f"{reply.pointer}/value", reply.answer.value))
        counted += [(f"{way.pointer}/persons", way.route.persons) for way in reply.ways]
        for at, value in counted:
            if value is not None and count(value) is None:
                yield _Number(at, reply.question.id, value, counted=True)
        for price in reply.prices:
            for field in ("fee_min", "fee_typical", "fee_max"):
                amount = getattr(price.fee, field)
                if amount is not None and not 0 <= amount <= MOST_PAID:
                    yield _Number(f"{price.pointer}/{field}", reply.question.id, amount, counted=False)
