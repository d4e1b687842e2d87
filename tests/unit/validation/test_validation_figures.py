"""Where a figure lives (docs/architecture.md), and what the accepted report shows beside it."""

from typing import Any

from contracts.figures import Figure, Table
from services.validation.rules import Judgement, judge
from tests.unit.validation.returns import (
    CITIZENSHIP,
    FEES,
    LAST_EXIT,
    MODE_EXIT,
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

CELLS: Json = {
    "rows": [
        {"mode": "sea", "last_exit": "MY", "value": 5},
        {"mode": "land", "last_exit": "MY", "value": 7},
        {"mode": "land", "last_exit": "KH", "status": "withheld"},
    ]
}


def accepted(answers: dict[str, Json], **more: Any) -> Judgement:
    judgement = judge(recorded(answers, **more))
    assert judgement.outcome == "accepted", judgement.findings
    return judgement


def figures(answers: dict[str, Json], **more: Any) -> set[tuple[str, str, str, int]]:
    return {one[:4] for one in accepted(answers, **more).figures}


def test_a_total_and_a_breakdown() -> None:
    answers = {TOTAL: {"value": 12000.0}, CITIZENSHIP: rows("citizenship", KHM=10000, Myanmar=500)}
    assert figures(answers) == {
        ("illegal_entries", "total", "total", 12000),
        ("illegal_entries", "citizenship", "KH", 10000),
        ("illegal_entries", "citizenship", "MM", 500),
    }
    assert all(type(one.value) is int for one in accepted(answers).figures)


def test_two_dimensions_give_their_cells_and_both_margins() -> None:
    assert figures({MODE_EXIT: CELLS}) == {
        ("illegal_entries", "mode_and_last_exit", "sea|MY", 5),
        ("illegal_entries", "mode_and_last_exit", "land|MY", 7),
        ("illegal_entries", "mode", "sea", 5),
        ("illegal_entries", "mode", "land", 7),
        ("illegal_entries", "last_exit", "MY", 12),
    }


def test_a_margin_that_the_report_answers_itself_is_not_made() -> None:
    both = {MODE_EXIT: CELLS, LAST_EXIT: rows("last_exit", MY=20)}
    assert {one for one in figures(both) if one[1] == "last_exit"} == {("illegal_entries", "last_exit", "MY", 20)}
    none = {MODE_EXIT: CELLS, LAST_EXIT: {"nothing_to_report": True}}
    assert not [one for one in figures(none) if one[1] == "last_exit"]
    status = {MODE_EXIT: CELLS, LAST_EXIT: {"status": "not_yet"}}
    assert ("illegal_entries", "last_exit", "MY", 12) in figures(status)


def test_three_dimensions_are_one_table_and_three_margins() -> None:
    cell = row(transit_country="MY", citizenship="AF", smuggler_citizenship="PK", value=3)
    assert figures({"citizenship_relationship.by_transit_country": cell}) == {
        ("citizenship_relationship", "transit_country_and_citizenship_and_smuggler_citizenship", "MY|AF|PK", 3),
        ("citizenship_relationship", "transit_country", "MY", 3),
        ("citizenship_relationship", "citizenship", "AF", 3),
        ("citizenship_relationship", "smuggler_citizenship", "PK", 3),
    }


def test_a_place_belongs_to_its_state_and_keeps_its_first_spelling() -> None:
    answers = {POINT: row(entry_point=" padang  BESAR", value=5)}
    assert figures(answers, places=["TH:Padang Besar"]) == {("illegal_entries", "entry_point", "TH:Padang Besar", 5)}
    assert figures(answers) == {("illegal_entries", "entry_point", "TH:padang BESAR", 5)}


def test_a_route_counts_its_persons_where_given_and_is_listed_always() -> None:
    answers = routes(
        route("AF", "PK", "MY", "ID", persons=340), route("AF", "PK", "ID"), route("AF", "PK", "IN", persons=60)
    )
    found = figures(answers)
    assert {one for one in found if one[1] == "route"} == {
        ("routes", "route", "AF>PK>MY>ID", 340),
        ("routes", "route", "AF>PK>IN", 60),
        ("routes_listed", "route", "AF>PK>MY>ID", 1),
        ("routes_listed", "route", "AF>PK>ID", 1),
        ("routes_listed", "route", "AF>PK>IN", 1),
    }
    assert ("routes", "corridor", "AF>PK", 400) in found
    assert ("routes_listed", "corridor", "AF>PK", 1) in found
    assert ("routes_listed", "corridor", "PK>ID", 1) in found
    assert not [one for one in found if one[0] == "routes" and one[2] == "PK>ID"]


def test_a_corridor_passed_twice_by_one_route_counts_its_persons_once() -> None:
    found = figures(routes(route("AF", "PK", "AF", "PK", "ID", persons=10)))
    assert ("routes", "corridor", "AF>PK", 10) in found


def test_fees_are_whole_dollars_and_several_make_one() -> None:
    several = [
        {
            "from": "AF",
            "to": "ID",
            "mode": mode,
            "fee_min": low,
            "fee_typical": middle,
            "fee_max": high,
            "currency": "USD",
        }
        for mode, low, middle, high in (("sea", 100.4, 200, 300), ("air", 400, 500, 600.6), ("land", 50, 900, 950))
    ]
    assert figures({FEES: {"fees": several}}) == {
        ("fee_min_usd", "corridor", "AF>ID", 50),
        ("fee_typical_usd", "corridor", "AF>ID", 500),
        ("fee_max_usd", "corridor", "AF>ID", 950),
    }


def test_a_fee_in_a_currency_without_a_rate_gives_methods_only() -> None:
    answers = fee(fee_typical=6000, currency="AFN", payment=["instalments"])
    assert figures(answers) == {
        ("methods_and_fees", "smuggling_method", "small_boat", 1),
        ("methods_and_fees", "payment_method", "instalments", 1),
    }
    assert accepted(answers).report["answers"][FEES]["fees"][0]["fee_typical_usd"] is None


def test_crime_areas_are_listed() -> None:
    chosen = {"other_crime_areas.areas": {"choices": ["drugs", "corruption"]}}
    assert figures(chosen) == {("other_crime_areas", "crime_area", one, 1) for one in ("drugs", "corruption")}


def test_answered_is_what_has_figures_or_nothing_to_report() -> None:
    answers: dict[str, Json] = {
        TOTAL: {"status": "not_collected"},
        CITIZENSHIP: row(citizenship="KH", status="withheld"),
        "illegal_exits.by_citizenship": {"nothing_to_report": True},
        "illegal_exits.by_mode_and_next_destination": {"nothing_to_report": True},
        "refused_entries.total": {"value": 0},
        "interaction.description": {"text": "in small groups"},
    }
    judgement = accepted(answers)
    assert judgement.answered == [
        Table("illegal_exits", "citizenship"),
        Table("illegal_exits", "mode"),
        Table("illegal_exits", "mode_and_next_destination"),
        Table("illegal_exits", "next_destination"),
        Table("refused_entries", "total"),
    ]
    assert judgement.figures == [Figure("refused_entries", "total", "total", 0)]


def test_what_is_for_the_centre_only_covers_margins_too() -> None:
    sharing = {MODE_EXIT: "centre_only", TOTAL: "all", "interaction.description": "centre_only", ROUTES: "centre_only"}
    judgement = accepted({MODE_EXIT: CELLS}, report={"sharing": sharing})
    assert judgement.centre_only == [
        Table("illegal_entries", "last_exit"),
        Table("illegal_entries", "mode"),
        Table("illegal_entries", "mode_and_last_exit"),
        *(Table(one, dimension) for one in ("routes", "routes_listed") for dimension in ("corridor", "route")),
    ]


def test_the_report_says_codes_and_names() -> None:
    answers = {CITIZENSHIP: row(citizenship="Lao PDR", value=500.0, comment="estimate"), MODE_EXIT: CELLS}
    report = accepted(answers).report
    assert report["answers"][CITIZENSHIP]["rows"] == [
        {
            "citizenship": "LA",
            "value": 500,
            "comment": "estimate",
            "name": "Lao PDR",
            "region": "South-eastern Asia",
            "bali_process": True,
        }
    ]
    assert report["answers"][MODE_EXIT]["rows"][0]["name"] == "By sea · Malaysia"
    assert report["reporter_name"] == "Thailand"
    assert report["countries"]["LA"]["regions"] == [
        {"code": "142", "name": "Asia"},
        {"code": "035", "name": "South-eastern Asia"},
    ]


def test_a_route_shows_its_canonical_form_its_corridors_and_its_way_of_travel() -> None:
    one = route("Afghanistan", "PAK", "ID", persons=340.0)
    one["legs"][2]["mode"] = "sea"
    (shown,) = accepted(routes(one)).report["answers"][ROUTES]["routes"]
    assert shown["route"] == "AF>PK>ID"
    assert shown["corridors"] == ["AF>PK", "PK>ID"]
    assert shown["way_of_travel"] == ["By sea"]
    assert shown["name"] == "Afghanistan > Pakistan > Indonesia"
    assert [leg["country"] for leg in shown["legs"]] == ["AF", "PK", "ID"]
    assert shown["persons"] == 340


def test_members_that_are_no_country_have_a_name_and_no_region() -> None:
    (shown,) = accepted({CITIZENSHIP: rows("citizenship", stateless=3)}).report["answers"][CITIZENSHIP]["rows"]
    assert shown == {"citizenship": "stateless", "value": 3, "name": "Stateless"}


def test_a_judgement_depends_on_the_event_alone() -> None:
    event = recorded({MODE_EXIT: CELLS, **routes(route("AF", "ID"))})
    assert judge(event) == judge(event.model_copy(deep=True))
