"""Shapes of answers that are easy to get wrong, and what findings say about them."""

from typing import Any

import pytest

from services.validation.rules import judge
from tests.unit.validation.returns import (
    CITIZENSHIP,
    FEES,
    POINT,
    ROUTES,
    TOTAL,
    Json,
    fee,
    recorded,
    route,
    routes,
    row,
    rows,
)


def found(answers: dict[str, Json], **more: Any) -> list[tuple[str, str]]:
    return [(one.code, one.pointer) for one in judge(recorded(answers, **more)).findings]


def test_every_fault_of_a_report_is_found_at_once() -> None:
    answers: dict[str, Json] = {
        TOTAL: {"value": -1},
        CITIZENSHIP: {"rows": [{"citizenship": "Camboda", "value": 1.5}, {"gender": "x"}]},
        "nowhere": {},
    }
    assert {code for code, _ in found(answers, report={"sharing": {"x": "y"}}, cycle=None)} == {
        "cycle.unknown",
        "number.negative",
        "country.unknown",
        "number.fractional",
        "dimension.missing",
        "dimension.unknown",
        "value.missing",
        "question.unknown",
        "sharing.unknown_question",
        "sharing.unknown_value",
    }


def test_findings_stand_in_the_order_of_the_template_and_the_report() -> None:
    answers: dict[str, Json] = {CITIZENSHIP: {"rows": [{}] * 11}, TOTAL: {"value": -1}}
    pointers = [pointer for code, pointer in found(answers) if code in ("number.negative", "value.missing")]
    assert pointers == [f"/answers/{TOTAL}/value", *(f"/answers/{CITIZENSHIP}/rows/{i}" for i in range(11))]


@pytest.mark.parametrize("status", ["not_available", "not_applicable", "not_collected", "withheld", "not_yet"])
def test_every_status_stands_for_a_figure(status: str) -> None:
    assert found({TOTAL: {"status": status}, CITIZENSHIP: row(citizenship="KH", status=status)}) == []


@pytest.mark.parametrize("answer", [{}, {"value": None}, {"comment": "none this time"}, {"nothing_to_report": False}])
def test_a_total_that_says_nothing_is_missing(answer: Json) -> None:
    assert found({TOTAL: answer}) == [("value.missing", f"/answers/{TOTAL}")]


def test_nothing_to_report_excludes_a_status_too() -> None:
    assert found({TOTAL: {"nothing_to_report": True, "status": "withheld"}}) == [
        ("answer.contradictory", f"/answers/{TOTAL}")
    ]


def test_a_blank_text_is_no_answer_and_a_choice_is_made_once() -> None:
    assert found({"interaction.description": {"text": " "}}) == [("answer.empty", "/answers/interaction.description")]
    chosen = {"other_crime_areas.areas": {"choices": ["drugs", "piracy", "drugs"]}}
    assert found(chosen) == [
        ("code.unknown", "/answers/other_crime_areas.areas/choices/1"),
        ("row.duplicate", "/answers/other_crime_areas.areas/choices/2"),
    ]


def test_an_unknown_country_comes_with_suggestions() -> None:
    findings = judge(recorded({CITIZENSHIP: rows("citizenship", Camboda=5)})).findings
    (one,) = (one for one in findings if one.code == "country.unknown")
    assert one.suggestion == "Cambodia (KH)"


def test_a_former_country_suggests_its_successors() -> None:
    findings = judge(recorded({CITIZENSHIP: rows("citizenship", Yugoslavia=5)})).findings
    (one,) = (one for one in findings if one.code == "country.ambiguous")
    assert "Serbia (RS)" in (one.suggestion or "")


def test_places_are_one_whatever_their_capitals_and_blanks() -> None:
    points = [{"entry_point": text, "value": 1} for text in ("Padang Besar", " padang   besar ")]
    assert ("row.duplicate", f"/answers/{POINT}/rows/1") in found({POINT: {"rows": points}})


@pytest.mark.parametrize("text", ["a|b", "a>b", "a\nb\x00", "x" * 101, ""])
def test_a_place_that_would_break_an_id_is_refused(text: str) -> None:
    assert ("place.unusable", f"/answers/{POINT}/rows/0/entry_point") in found({POINT: row(entry_point=text, value=1)})


def test_a_route_needs_known_types_modes_and_countries() -> None:
    legs = [{"country": "AF", "type": "start"}, {"country": "unknown", "type": "transit", "mode": "train"}]
    at = f"/answers/{ROUTES}/routes/0/legs"
    assert found(routes({"citizenship": "AF", "legs": legs})) == [
        ("code.unknown", f"{at}/0/type"),
        ("country.special_not_allowed", f"{at}/1/country"),
        ("code.unknown", f"{at}/1/mode"),
    ]


def test_stateless_migrants_may_begin_anywhere() -> None:
    assert found(routes(route("MM", "TH", "MY", citizenship="stateless"))) == []


def test_the_same_countries_by_another_way_of_travel_are_another_route() -> None:
    by_air, by_sea = route("AF", "ID"), route("AF", "ID")
    by_air["legs"][1]["mode"], by_sea["legs"][1]["mode"] = "air", "sea"
    assert found(routes(by_air, by_sea)) == []
    by_sea["legs"][1]["mode"] = "air"
    assert found(routes(by_air, by_sea)) == [("route.duplicate", f"/answers/{ROUTES}/routes/1")]


def test_fees_name_known_methods_payments_and_possible_amounts() -> None:
    answers = fee(methods=["teleport"], payment=["cheque"], fee_min=-1, fee_max=10**12 + 1, currency="usd")
    at = f"/answers/{FEES}/fees/0"
    assert found(answers) == [
        ("fee.currency_unknown", f"{at}/currency"),
        ("number.absurd", f"{at}/fee_max"),
        ("number.negative", f"{at}/fee_min"),
        ("code.unknown", f"{at}/methods/0"),
        ("code.unknown", f"{at}/payment/0"),
    ]


def test_a_fee_may_have_cents() -> None:
    assert found(fee(fee_min=99.5, currency="USD")) == []


PRIVATE = "someone@example.org"


@pytest.mark.parametrize(
    "answers",
    [
        {TOTAL: {"value": 5, "comment": PRIVATE}},
        {TOTAL: {"value": 5, "caveat": PRIVATE}},
        {TOTAL: {"status": PRIVATE}},
        {"interaction.description": {"text": f"ask {PRIVATE} for more"}},
        {CITIZENSHIP: rows("citizenship", **{PRIVATE: 5})},
        {CITIZENSHIP: row(citizenship="KH", value=5, comment=PRIVATE)},
        {CITIZENSHIP: row(citizenship="KH", status=PRIVATE)},
        {CITIZENSHIP: row(citizenship="KH", value=5, caveat=PRIVATE)},
        {TOTAL: row(citizenship=PRIVATE, value=5)},
        {"illegal_entries.by_moon": row(moon=PRIVATE, value=5)},
        {POINT: row(entry_point=PRIVATE, value=5)},
        {"other_crime_areas.areas": {"choices": [PRIVATE]}},
        routes(route("AF", "ID", comment=PRIVATE)),
        routes(route("AF", PRIVATE)),
        fee(currency=PRIVATE),
        fee(methods=[PRIVATE]),
        {"AB1234567": {"value": 5}},
        {CITIZENSHIP: row(citizenship="KH", value=5, AB1234567="x")},
    ],
)
def test_personal_data_is_refused_wherever_it_stands_and_never_repeated(answers: dict[str, Json]) -> None:
    judgement = judge(recorded(answers))
    assert judgement.outcome == "rejected"
    assert "personal_data.found" in {one.code for one in judgement.findings}
    told = "".join(one.model_dump_json() for one in judgement.findings)
    assert PRIVATE not in told
    assert "AB1234567" not in told


def test_the_centre_writes_for_nobody() -> None:
    assert found({TOTAL: {"value": 5}}, sender={"role": "centre"}) == [("sender.not_reporter", "/reporter")]


def test_an_agency_does_not_send_the_national_return() -> None:
    sender = {"role": "agency", "participant": "TH", "agency": "TH-IMM"}
    assert found({TOTAL: {"value": 5}}, sender=sender) == [("sender.not_agency", "/agency")]


def test_a_focal_point_may_send_a_part_in_the_name_of_its_agency() -> None:
    assert found({TOTAL: {"value": 5}}, report={"agency": "TH-IMM"}) == []


def test_an_agency_of_another_state_is_unknown_here() -> None:
    assert found({TOTAL: {"value": 5}}, report={"agency": "KH-IMM"}) == [("agency.unknown", "/agency")]
