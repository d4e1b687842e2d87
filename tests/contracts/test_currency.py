"""Currencies: known codes, and dollars only where the rate is known."""

import json
from decimal import Decimal

import pytest

from contracts import currency
from contracts.currency import currencies, known, rate, usd


@pytest.mark.parametrize("code", ["USD", "THB", "LAK", "MMK", "KHR", "PKR", "LKR", "IDR", "MVR", "TOP", "FJD", "HRK"])
def test_codes_of_money_are_known_also_withdrawn_ones(code: str) -> None:
    assert known(code)


@pytest.mark.parametrize("code", ["usd", "XXX", "XAU", "XTS", "$", "", "BTC", "US dollar"])
def test_what_is_no_currency_is_not_known(code: str) -> None:
    assert not known(code)


def test_every_currency_has_a_name_and_minor_units() -> None:
    assert all(c.name and c.digits in {0, 2, 3} for c in currencies().values())
    assert [currency.currency(code).digits for code in ("JPY", "USD", "KWD")] == [0, 2, 3]
    assert not currency.currency("HRK").current


@pytest.mark.parametrize(
    ("amount", "code", "dollars"),
    [
        (6000, "USD", "6000.00"),
        (7800, "HKD", "1000.00"),
        (3750, "SAR", "1000.00"),
        (Decimal("3672.5"), "AED", "1000.00"),
    ],
)
def test_an_amount_in_a_pegged_currency_has_its_dollars(amount: int | Decimal, code: str, dollars: str) -> None:
    assert usd(amount, code, "2013-H1") == Decimal(dollars)


@pytest.mark.parametrize(
    ("amount", "code", "period"),
    [(100, "THB", "2013"), (100, "XYZ", "2013"), (100, "HKD", "1950"), (100, "HKD", "2099-Q1"), (100, "USD", "soon"),
     (100, "USD", "20131"), (10**40, "USD", "2013"), (Decimal("NaN"), "USD", "2013"), (Decimal("inf"), "USD", "2013")],
)  # fmt: skip
def test_what_is_not_known_is_none_and_never_guessed(amount: int | Decimal, code: str, period: str) -> None:
    assert usd(amount, code, period) is None


def test_a_yearly_rate_goes_before_a_peg(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"pegs": {"HKD": {"rate": "7.80", "from": 1984, "to": 2025}}, "yearly": {"HKD": {"2013": {"rate": "7.75"}}}}
    monkeypatch.setattr(currency, "_rates", lambda: rates)
    assert (rate("HKD", "2013-Q2"), rate("HKD", "2012")) == (Decimal("7.75"), Decimal("7.80"))


def test_every_rate_has_a_source_and_is_of_a_known_currency() -> None:
    raw = json.loads((currency.REFERENCE / "usd_rates.json").read_text("utf-8"))
    yearly = [(code, row) for code, years in raw["yearly"].items() for row in years.values()]
    for code, row in [*raw["pegs"].items(), *yearly]:
        assert known(code)
        assert row["source"]
        assert Decimal(row["rate"]) > 0
