"""Periods, and the rule of cover: a State is never counted twice, whatever it reports and in whatever order."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.period import Cover, Period, cover, cover_span, parse_span, rolling


def periods(*texts: str) -> tuple[Period, ...]:
    return tuple(Period.parse(text) for text in texts)


def names(found: Cover) -> list[str]:
    return [str(period) for period in found.chosen]


def months(found: tuple[Period, ...]) -> list[int]:
    return [month for period in found for month in range(period.first_month, period.end)]


any_period = st.builds(
    lambda year, months, index: Period(year * 12 + index % (12 // months) * months, months),
    st.integers(2010, 2014),
    st.sampled_from([3, 6, 12]),
    st.integers(0, 3),
)
any_periods = st.lists(any_period, max_size=12)


@given(any_period)
def test_a_period_is_read_back_from_its_name(period: Period) -> None:
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2012", date(2012, 1, 1), date(2012, 12, 31)),
        ("2013-H1", date(2013, 1, 1), date(2013, 6, 30)),
        ("2013-H2", date(2013, 7, 1), date(2013, 12, 31)),
        ("2012-Q1", date(2012, 1, 1), date(2012, 3, 31)),
        ("2013-Q4", date(2013, 10, 1), date(2013, 12, 31)),
    ],
)
def test_a_name_means_these_days(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (period.first_day, period.last_day, str(period)) == (first, last, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13",
        "2013-H3",
        "2013-H0",
        "2013-Q5",
        "2013-h1",
        "2013H1",
        "2013-M1",
        "3013",
        "2013-H1 ",
        "2013-H11",
        "２０１３",
        "2013..2014",
        "2013-\n",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        Period.parse(text)


@given(any_period, any_periods)
def test_cover_never_counts_a_month_twice(target: Period, reported: list[Period]) -> None:
    counted = months(cover(target, reported).chosen)
    assert len(counted) == len(set(counted))


@given(any_period, any_periods)
def test_cover_takes_nothing_from_outside_and_nothing_that_was_not_reported(
    target: Period, reported: list[Period]
) -> None:
    chosen = cover(target, reported).chosen
    assert all(target.contains(period) for period in chosen)
    assert set(chosen) <= set(reported)
    assert all(one.end <= other.first_month for one, other in pairwise(chosen))


@given(any_period, any_periods)
def test_cover_is_complete_exactly_where_every_month_is_covered(target: Period, reported: list[Period]) -> None:
    found = cover(target, reported)
    assert found.complete == (len(months(found.chosen)) == target.months)


@given(any_period, any_periods, st.randoms())
def test_the_order_of_arrival_and_repeats_change_nothing(
    target: Period, reported: list[Period], random: object
) -> None:
    shuffled = [*reported, *reported[:3]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert cover(target, shuffled) == cover(target, reported)
    span = (target, *(period for period in [Period(target.end, target.months)] if target.months == 12))
    assert cover_span(span, shuffled) == cover_span(span, reported)


@given(any_period, any_periods)
def test_one_more_report_never_covers_fewer_months(target: Period, reported: list[Period]) -> None:
    """A later, shorter report never takes a month out of the figure."""
    before = set(months(cover(target, reported[:-1]).chosen))
    assert before <= set(months(cover(target, reported).chosen))


@pytest.mark.parametrize(
    ("target", "reported", "chosen", "complete"),
    [
        ("2012", ["2012"], ["2012"], True),
        ("2012", ["2012", "2012-H1", "2012-H2"], ["2012"], True),
        ("2013", ["2013-H1", "2013-H2"], ["2013-H1", "2013-H2"], True),
        ("2013", ["2013-H1", "2013-Q1", "2013-Q3", "2013-Q4"], ["2013-H1", "2013-Q3", "2013-Q4"], True),
        ("2013", ["2013-Q1", "2013-Q2", "2013-Q3", "2013-Q4"], ["2013-Q1", "2013-Q2", "2013-Q3", "2013-Q4"], True),
        ("2013", ["2013-H1"], ["2013-H1"], False),
        ("2013", ["2013-Q2", "2013-H2"], ["2013-Q2", "2013-H2"], False),
        ("2013-H1", ["2013"], [], False),
        ("2013-H1", ["2013-Q1", "2013-Q2"], ["2013-Q1", "2013-Q2"], True),
        ("2013-Q1", ["2013-H1"], [], False),
        ("2013", [], [], False),
        ("2013", ["2012", "2014-H1"], [], False),
    ],
)
def test_which_reports_stand_for_a_period(target: str, reported: list[str], chosen: list[str], complete: bool) -> None:
    found = cover(Period.parse(target), periods(*reported))
    assert (names(found), found.complete) == (chosen, complete)


@pytest.mark.parametrize(
    ("text", "tiles"),
    [
        ("2012", ["2012"]),
        ("2013-H1", ["2013-H1"]),
        ("2012..2013", ["2012", "2013"]),
        ("2012-H2..2014-H1", ["2012-H2", "2013", "2014-H1"]),
        ("2012-Q4..2013-Q1", ["2012-Q4", "2013-Q1"]),
        ("2013-Q2..2014-Q3", ["2013-Q2", "2013-H2", "2014-H1", "2014-Q3"]),
        ("2013-Q1..2013", ["2013"]),
    ],
)
def test_a_span_is_the_fewest_periods_that_fill_it(text: str, tiles: list[str]) -> None:
    assert [str(period) for period in parse_span(text)] == tiles


@pytest.mark.parametrize("text", ["2013..2012", "2013-H2..2013-H1", "1900..2101", "2013..", "..2013", "2013...2014"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a period|ends before it begins|longer than"):
        parse_span(text)


def test_a_span_is_complete_only_where_each_of_its_periods_is() -> None:
    span = parse_span("2012..2013")
    assert cover_span(span, periods("2012", "2013-H1", "2013-H2")).complete
    assert not cover_span(span, periods("2012", "2013-H1")).complete


def test_the_last_four_half_years_end_with_the_period() -> None:
    for text in ("2013-H2", "2013", "2013-Q4", "2013-Q3"):
        assert [str(one) for one in rolling(Period.parse(text), 4)] == ["2012-H1", "2012-H2", "2013-H1", "2013-H2"]


@given(any_period)
def test_the_parts_of_a_period_fill_it(period: Period) -> None:
    parts = period.halves()
    assert months(parts) == ([] if period.months == 3 else months((period,)))
    assert period.previous().end == period.first_month
    assert period.year.contains(period)
