"""Whether figures fit each other, the total, and the State's other reports."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.validation.rules import judge
from tests.unit.validation.returns import CITIZENSHIP, GENDER_AGE, MODE_EXIT, TOTAL, Json, earlier, recorded, row, rows

EXITS, RESIDENCES = "illegal_exits.total", "illegal_residences.total"
SMUGGLED = "smuggled_migrants.total"


def codes(answers: Mapping[str, Json], **context: Any) -> set[str]:
    return {one.code for one in judge(recorded(answers, **context)).findings}


def total(value: int) -> tuple[str, str, str, int]:
    return ("illegal_entries", "total", "total", value)


def citizens(member: str, value: int) -> tuple[str, str, str, int]:
    return ("illegal_entries", "citizenship", member, value)


@pytest.mark.parametrize(
    ("half", "by_citizenship", "by_gender_age"), [("H1", 710_343, 712_279), ("H2", 520_977, 517_847)]
)
def test_the_two_breakdowns_of_mexico_2024_disagree(half: str, by_citizenship: int, by_gender_age: int) -> None:
    answers = {
        CITIZENSHIP: rows("citizenship", VE=by_citizenship - 100_000, HN=100_000),
        GENDER_AGE: rows("gender_age", men=by_gender_age - 200_000, women=200_000),
    }
    findings = judge(recorded(answers, report={"cycle": f"2024-{half}"})).findings
    (one,) = (one for one in findings if one.code == "sum.breakdowns_disagree")
    assert f"{by_citizenship:,}" in one.message
    assert f"{by_gender_age:,}" in one.message


def test_a_short_list_of_the_most_frequent_does_not_disagree_with_a_complete_division() -> None:
    answers = {CITIZENSHIP: rows("citizenship", KH=60), GENDER_AGE: rows("gender_age", women=40, men=60)}
    assert "sum.breakdowns_disagree" not in codes(answers)


def test_a_list_of_the_most_frequent_may_stay_below_the_total() -> None:
    assert codes({TOTAL: {"value": 100}, CITIZENSHIP: rows("citizenship", KH=60)}) == set()


def test_a_division_with_a_status_in_it_need_not_reach_the_total_but_may_not_exceed_it() -> None:
    known = {"gender_age": "women", "value": 60}
    answers: dict[str, Json] = {
        TOTAL: {"value": 100},
        GENDER_AGE: {"rows": [known, {"gender_age": "men", "status": "not_available"}]},
    }
    assert codes(answers) == set()
    assert codes({**answers, TOTAL: {"value": 50}}) == {"sum.parts_above_total"}


def test_nothing_to_report_as_a_total_is_a_total_of_none() -> None:
    answers = {TOTAL: {"nothing_to_report": True}, CITIZENSHIP: rows("citizenship", KH=1)}
    assert codes(answers) == {"sum.parts_above_total"}


def test_a_true_zero_is_a_figure_like_any_other() -> None:
    assert codes({TOTAL: {"value": 0}, CITIZENSHIP: rows("citizenship", KH=1)}) == {"sum.parts_above_total"}
    assert codes({TOTAL: {"value": 0}}) == set()


def test_parts_of_two_dimensions_are_summed_over_both() -> None:
    cells = [{"mode": mode, "last_exit": "MY", "value": 60} for mode in ("sea", "land")]
    assert codes({TOTAL: {"value": 100}, MODE_EXIT: {"rows": cells}}) == {"sum.parts_above_total"}


def test_detections_are_entries_exits_and_residences_together() -> None:
    detections: dict[str, Json] = {TOTAL: {"value": 50}, EXITS: {"value": 30}, RESIDENCES: {"value": 20}}
    assert codes({**detections, SMUGGLED: {"value": 100}}) == set()
    assert codes({**detections, SMUGGLED: {"value": 101}}) == {"smuggled.above_detections"}


def test_smuggled_migrants_are_at_least_their_largest_breakdown() -> None:
    answers = {TOTAL: {"value": 50}, "smuggled_migrants.by_citizenship": rows("citizenship", KH=60)}
    assert "smuggled.above_detections" in codes(answers)


def test_detections_that_nobody_stated_are_not_compared() -> None:
    assert codes({TOTAL: {"status": "not_collected"}, SMUGGLED: {"value": 100}}) == set()
    lists = {CITIZENSHIP: rows("citizenship", KH=5), SMUGGLED: {"value": 100}}
    assert "smuggled.above_detections" not in codes(lists)


def test_a_complete_division_of_suspects_stands_for_their_total() -> None:
    answers = {"migrant_smugglers.by_gender": rows("gender", male=20), "convicted_smugglers.total": {"value": 21}}
    assert "convicted.above_suspects" in codes(answers)


@pytest.mark.parametrize(
    ("before", "now", "jumps"),
    [
        (100, 600, True),
        (100, 599, False),
        (200, 999, False),
        (600, 100, True),
        (0, 500, True),
        (0, 499, False),
        (1_000_000, 4_999_999, False),
    ],
)
def test_a_jump_is_five_times_and_five_hundred_in_either_direction(before: int, now: int, jumps: bool) -> None:
    found = codes({TOTAL: {"value": now}}, previous=earlier("2012-H2", total(before)))
    assert found == ({"jump.previous_cycle"} if jumps else set())


def test_a_citizenship_that_was_not_named_before_is_no_jump() -> None:
    answers = {TOTAL: {"value": 9000}, CITIZENSHIP: rows("citizenship", KH=9000)}
    assert codes(answers, previous=earlier("2012-H2", citizens("MM", 10))) == set()


def test_a_jump_of_a_citizenship_stands_at_its_row() -> None:
    answers = {TOTAL: {"value": 9000}, CITIZENSHIP: rows("citizenship", MM=1, KH=8000)}
    found = judge(recorded(answers, previous=earlier("2012-H2", citizens("KH", 10)))).findings
    assert [(one.code, one.pointer) for one in found] == [("jump.previous_cycle", f"/answers/{CITIZENSHIP}/rows/1")]


def test_one_quarter_alone_may_not_exceed_the_half_year() -> None:
    assert codes({TOTAL: {"value": 99}}, related=[earlier("2013-Q1", total(100))]) == {"period.parts_differ"}
    assert codes({TOTAL: {"value": 101}}, related=[earlier("2013-Q1", total(100))]) == set()


def test_the_last_quarter_is_compared_with_the_half_year_that_came_before_it() -> None:
    facts = {"related": [earlier("2013-H1", total(200))], "previous": earlier("2013-Q1", total(100))}
    second = {"report": {"cycle": "2013-Q2"}}
    assert codes({TOTAL: {"value": 100}}, **facts, **second) == set()
    assert codes({TOTAL: {"value": 90}}, **facts, **second) == {"period.parts_differ"}


def test_halves_are_compared_with_the_year_and_quarters_stand_in_for_a_half() -> None:
    quarters = [earlier(f"2013-Q{q}", total(50)) for q in (1, 2)]
    facts = {"related": [*quarters, earlier("2013-H2", total(100))], "report": {"cycle": "2013"}}
    assert codes({TOTAL: {"value": 200}}, **facts) == set()
    assert codes({TOTAL: {"value": 250}}, **facts) == {"period.parts_differ"}


def test_a_citizenship_that_one_part_does_not_name_is_only_an_upper_bound() -> None:
    facts = {"related": [earlier("2013-Q1", citizens("KH", 60)), earlier("2013-Q2", citizens("MM", 60))]}
    answers = {TOTAL: {"status": "not_available"}, CITIZENSHIP: row(citizenship="KH", value=100)}
    assert codes(answers, **facts) == set()
    below = {**answers, CITIZENSHIP: row(citizenship="KH", value=59)}
    assert codes(below, **facts) == {"period.parts_differ"}
