"""Methods and fees, from country to country."""

from collections.abc import Iterator
from itertools import pairwise

from contracts import currency, geography
from services.validation.case import Case, Price
from services.validation.rules.found import Found, found, shown


def amount_has_no_currency(case: Case) -> Iterator[Found]:
    for price, question in _prices(case):
        if amounts(price) and price.fee.currency is None:
            yield found("fee.currency_missing", price.pointer, question)


def currency_is_unknown(case: Case) -> Iterator[Found]:
    for price, question in _prices(case):
        code = price.fee.currency
        if code is not None and not currency.known(code):
            capitals = code.strip().upper()
            suggestion = capitals if currency.known(capitals) else "three capital letters, as USD or THB"
            at = f"{price.pointer}/currency"
            yield found("fee.currency_unknown", at, question, suggestion=suggestion, found=shown(code))


def fees_are_out_of_order(case: Case) -> Iterator[Found]:
    for price, question in _prices(case):
        if any(low > high for low, high in pairwise(amounts(price))):
            yield found("fee.order", price.pointer, question)


def journey_leads_nowhere(case: Case) -> Iterator[Found]:
    for price, question in _prices(case):
        if price.origin.code is not None and price.origin.code == price.target.code:
            yield found("fee.same_country", price.pointer, question, found=geography.name(price.origin.code))


def fee_says_nothing(case: Case) -> Iterator[Found]:
    for price, question in _prices(case):
        if not amounts(price) and not price.fee.methods and not price.fee.payment:
            yield found("fee.says_nothing", price.pointer, question)


def amounts(price: Price) -> list[float]:
    """The amounts given, which should go up: lowest, typical, highest."""
    fee = price.fee
    return [amount for amount in (fee.fee_min, fee.fee_typical, fee.fee_max) if amount is not None]


def _prices(case: Case) -> Iterator[tuple[Price, str]]:
    for reply in case.replies.values():
        for price in reply.prices:
            yield price, reply.question.id
