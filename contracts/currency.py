"""Currencies of the fees paid: which codes exist, and what an amount was in United States dollars.

In: an ISO 4217 code, an amount, a period as cycles name it ("2013-H1"). Out: a `Currency`, or dollars, or None.
Facts: `reference/currencies.json` and `reference/usd_rates.json`. No rate is guessed: where none is known for the year,
the answer is None and the amount stays in its own currency. How the centre adds rates: `reference/README.md`.
"""

import json
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parent / "reference"
CENT = Decimal("0.01")
ABSURD = Decimal(10) ** 18  # beyond it the 28 digits of decimal do not hold the cents


@dataclass(frozen=True, slots=True)
class Currency:
    code: str
    name: str
    digits: int  # after the decimal point
    current: bool  # False: withdrawn, still right in returns of its time


@cache
def currencies() -> dict[str, Currency]:
    """All codes a return may hold, those of money withdrawn since 2009 among them."""
    raw = json.loads((REFERENCE / "currencies.json").read_text("utf-8"))["currencies"]
    return {code: Currency(code, **fields) for code, fields in raw.items()}


def known(code: str) -> bool:
    """Whether `code` is an ISO 4217 code as written there: three capital letters."""
    return code in currencies()


def currency(code: str) -> Currency:
    """KeyError for a code that is not `known`."""
    return currencies()[code]


@cache
def _rates() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REFERENCE / "usd_rates.json").read_text("utf-8"))
    return loaded


def rate(currency_code: str, period: str) -> Decimal | None:
    """Units of the currency for one dollar in the year of the period. A yearly rate goes before a peg."""
    year = re.match(r"[12]\d{3}(?!\d)", period)
    if year is None:
        return None
    yearly = _rates()["yearly"].get(currency_code, {}).get(year[0])
    if yearly is not None:
        return Decimal(yearly["rate"])
    peg = _rates()["pegs"].get(currency_code)
    if peg is None or not peg["from"] <= int(year[0]) <= (peg["to"] or 9999):
        return None
    return Decimal(peg["rate"])


def usd(amount: int | Decimal, currency_code: str, period: str) -> Decimal | None:
    """The amount in dollars and cents; None where no rate for the year is known, or the amount is absurd."""
    units, exact = rate(currency_code, period), Decimal(amount)
    if units is None or not exact.is_finite() or abs(exact) >= ABSURD:
        return None
    return (exact / units).quantize(CENT, rounding=ROUND_HALF_EVEN)
