"""The pages of search: what is found, for whom, in which order and words, and what can be taken away."""

import csv
import io
import zipfile
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from contracts.figures import field_of
from contracts.records import Cycle
from tests.unit.portal.conftest import Visit, World

ROUTE = "AF>PK>MY>ID"
TABLES = {"illegal_entries": ("citizenship", "total", "entry_point", "mode_and_last_exit"),
          "routes": ("route", "corridor"), "routes_listed": ("route", "corridor"),
          "fee_typical_usd": ("corridor",), "methods_and_fees": ("smuggling_method",)}  # fmt: skip
ANSWERED = [f"{indicator}|{dimension}" for indicator, asked in TABLES.items() for dimension in asked]
PAGES = ("/search", "/search/routes", "/search/irregular", "/search/criminals", "/search/flows",
         "/search/citizenship/AF", f"/search/route/{quote(ROUTE)}")  # fmt: skip


def returned(participant: str, cycle: str, centre_only: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"participant": participant, "cycle": cycle, "revision": 1, "answered": ANSWERED,
            "centre_only": list(centre_only), "withdrawn": False}  # fmt: skip


def aggregates(period: str, dimension: str, member: str, **by: dict[str, int]) -> list[dict[str, Any]]:
    """Of each State, what it says of one member."""
    return [
        {"_id": f"{period}|{dimension}|{code}", "period": period, "dimension": dimension, "participant": code,
         "revision": 1, "cells": {indicator: {field_of(member): value} for indicator, value in held.items()}}
        for code, held in by.items()
    ]  # fmt: skip


def fill(world: World, *, thailand_reports: bool = True) -> None:
    """Malaysia's return of 2012 and of 2013-H1, and Thailand's of 2013-H1 if it reports."""
    days = {"opens": date(2013, 1, 1), "due": date(2013, 3, 31), "closes": date(2013, 6, 30)}
    world.view.directory.put(Cycle.model_validate({"id": "2012", **days, "expected": ["MY"]}))
    world.reads.add("contributions", returned("MY", "2012"), returned("MY", "2013-H1"))
    if thailand_reports:
        world.reads.add("contributions", returned("TH", "2013-H1"))
    entries = "illegal_entries"
    world.reads.add(
        "aggregates",
        *aggregates("2012", "citizenship", "AF", MY={entries: 40}),
        *aggregates("2013-H1", "citizenship", "AF", MY={entries: 70}, TH={entries: 30}),
        *aggregates("2013-H1", "citizenship", "KH", TH={entries: 10_000}),
        *aggregates("2013-H1", "citizenship", "MM", MY={entries: 500}),
        *aggregates("2013-H1", "total", "total", MY={entries: 600}, TH={entries: 11_000}),
        *aggregates("2013-H1", "entry_point", "TH:=HYPERLINK('x')", TH={entries: 3}),
        *aggregates("2013-H1", "entry_point", "TH:<script>alert(1)</script>", TH={entries: 2}),
        *aggregates("2013-H1", "route", ROUTE, MY={"routes": 340, "routes_listed": 1}),
        *aggregates("2013-H1", "corridor", "AF>PK", MY={"routes": 340, "routes_listed": 2}),
        *aggregates("2013-H1", "corridor", "AF>ID", MY={"fee_typical_usd": 6000}),
        *aggregates("2013-H1", "smuggling_method", "small_boat", MY={"methods_and_fees": 1}),
    )


def rows(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_figures_are_found_with_their_states_and_the_largest_first(visitor: Visit, world: World) -> None:
    fill(world)
    page = await (await visitor("focal-point:TH")).get("/search")
    assert page.status_code == 200
    assert "Illegal entries by citizenship (January–June 2013)" in page.text
    assert page.text.index(">Cambodia<") < page.text.index(">Myanmar<") < page.text.index(">Afghanistan<")
    assert "<strong>2 of 3</strong> States reported" in page.text
    assert "<strong>11,600" in page.text, "the total as the States stated it"


async def test_without_an_own_return_nothing_of_others_is_shown_and_the_page_says_what_would_open_it(
    visitor: Visit, world: World
) -> None:
    fill(world, thailand_reports=False)
    thailand = await visitor("focal-point:TH")
    for path in PAGES:
        page = await thailand.get(path)
        assert page.status_code == 200, path
        assert "Go to your returns" in page.text, path
        for figure in ("340", "10,000", "6,000"):
            assert f">{figure}<" not in page.text, path
    searched = await thailand.get("/search", period="2012..2013-H1")
    assert "<strong>2012</strong>" in searched.text
    assert "<strong>January–June 2013</strong>" in searched.text
    for kind in ("csv", "xlsx"):
        assert b"340" not in (await thailand.get(f"/search/table.{kind}?indicator=routes&by=route")).content


async def test_a_table_kept_to_the_centre_is_the_centres_and_its_owners_alone(visitor: Visit, world: World) -> None:
    fill(world)
    world.reads.collections["contributions"][1] = returned("MY", "2013-H1", ("routes|route", "routes|corridor"))
    query = "/search?indicator=routes&by=route&period=2013-H1"
    assert "340" in (await (await visitor("centre")).get(query)).text
    assert "340" in (await (await visitor("focal-point:MY")).get(query)).text
    assert "340" not in (await (await visitor("focal-point:TH")).get(query)).text


@pytest.mark.parametrize("path", PAGES)
async def test_an_operator_sees_no_figure_on_any_page(visitor: Visit, world: World, path: str) -> None:
    fill(world)
    page = await (await visitor("operator")).get(path)
    for figure in ("340", "10,000", "6,000"):
        assert f">{figure}" not in page.text


@pytest.mark.parametrize("path", [*PAGES, "/search/chart.json", "/search/flows.json", "/search/table.csv"])
async def test_whoever_is_not_signed_in_is_asked_to(visitor: Visit, world: World, path: str) -> None:
    fill(world)
    assert (await (await visitor(None)).get(path)).url.path == "/sign-in"


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_there_in_french_and_before_the_first_cycle(
    visitor: Visit, world: World, path: str
) -> None:
    world.view.directory.remove("2013-H1")
    analyst = await visitor("analyst:TH")
    assert (await analyst.get(path)).status_code == 200
    fill(world)
    await analyst.get("/language/fr")
    page = await analyst.get(path)
    assert page.status_code == 200
    assert 'lang="fr"' in page.text
    assert "janvier–juin 2013" in page.text


async def test_a_member_is_found_by_its_name_in_either_language(visitor: Visit, world: World) -> None:
    fill(world)
    thailand = await visitor("focal-point:TH")
    for text in ("Cambodia", "KH", "Cambodge", "cambodia"):
        page = await thailand.get("/search", member=text)
        assert ">Cambodia</a>" in page.text, text
        assert ">Myanmar</a>" not in page.text, text


async def test_routes_are_found_by_a_country_on_them_and_as_a_whole(visitor: Visit, world: World) -> None:
    fill(world)
    centre = await visitor("centre")
    for text in ("Pakistan", "Afghanistan > Pakistan > Malaysia > Indonesia"):
        page = await centre.get("/search", indicator="routes", by="route", member=text, period="2013-H1")
        assert f"/search/route/{quote(ROUTE)}" in page.text, text
    none = await centre.get("/search", indicator="routes", by="route", member="Fiji", period="2013-H1")
    assert "No State whose figures you may see has reported this" in none.text


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({"member": "Afganistan"}, "member", "Did you mean Afghanistan"),
        ({"member": "<b>"}, "member", "“&lt;b&gt;” names no country."),
        ({"indicator": "x"}, "indicator", "Choose what to look for from the list."),
        ({"indicator": "refused_entries", "by": "gender"}, "by", "The template does not break this down in that way."),
        ({"from": "2013-H3"}, "from", "Choose the first period from the list"),
        ({"from": "2013", "to": "2012"}, "to", "The last period must not lie before the first one"),
        ({"reporter": "ZZ"}, "reporter", "Choose from the list by whom it is reported."),
    ],
)
async def test_what_cannot_be_read_comes_back_with_the_error_at_its_field(
    visitor: Visit, world: World, query: dict[str, str], field: str, sentence: str
) -> None:
    fill(world)
    page = await (await visitor("focal-point:TH")).get("/search", **query)
    assert page.status_code == 422
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}-error"' in page.text
    assert sentence in page.text
    assert "<b>" not in page.text
    if field == "member":
        assert f'value="{query["member"].replace("<", "&lt;").replace(">", "&gt;")}"' in page.text


async def test_a_script_in_a_place_is_shown_as_text(visitor: Visit, world: World) -> None:
    fill(world)
    page = await (await visitor("focal-point:TH")).get("/search", by="entry_point")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert" not in page.text


async def test_the_files_hold_the_lines_of_the_page_in_its_order_and_no_formula(visitor: Visit, world: World) -> None:
    fill(world)
    thailand = await visitor("focal-point:TH")
    by_name = rows(await thailand.get("/search/table.csv", sort="name"))
    assert [row[1] for row in by_name[1:5]] == ["AF", "KH", "MM", "total"]
    assert by_name[1][:3] == ["Afghanistan", "AF", "100"]
    assert by_name[1][3:] == ["2", "Malaysia, Thailand", "yes"]
    places = await thailand.get("/search/table.csv", by="entry_point")
    assert "attachment" in places.headers["content-disposition"]
    assert rows(places)[1][0].startswith("'=HYPERLINK"), "the apostrophe makes it a text"
    sheet = await thailand.get("/search/table.xlsx", by="entry_point")
    with zipfile.ZipFile(io.BytesIO(sheet.content)) as book:
        cells = book.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in cells
        assert b"HYPERLINK" in book.read("xl/sharedStrings.xml")


async def test_over_time_a_period_without_a_figure_is_a_dash_and_no_zero(visitor: Visit, world: World) -> None:
    fill(world)
    centre = await visitor("centre")
    query = {"from": "2012", "to": "2013-H1", "view": "series"}
    found = rows(await centre.get("/search/table.csv", **query))
    assert found[0][3:5] == ["2012", "January–June 2013"]
    assert {row[1]: row[3:5] for row in found[1:4]} == {"AF": ["40", "100"], "KH": ["", "10000"], "MM": ["", "500"]}
    chart = (await centre.get("/search/chart.json", **query)).json()
    assert {one["period"] for one in chart["data"]["values"] if one["name"] == "Cambodia"} == {"January–June 2013"}
    assert chart["usermeta"]["title"] == "Illegal entries by citizenship (2012 to January–June 2013)"


async def test_half_a_year_of_a_year_is_marked_as_incomplete_wherever_it_is_shown(visitor: Visit, world: World) -> None:
    fill(world)
    thailand = await visitor("focal-point:TH")
    page = await thailand.get("/search", period="2013")
    assert page.text.count(">incomplete</abbr>") >= 4
    assert "Incomplete: some of the reports behind these figures do not cover the whole period." in page.text
    assert {row[-1] for row in rows(await thailand.get("/search/table.csv", period="2013"))[1:4]} == {"no"}


async def test_charts_and_maps_say_what_they_show_and_ask_nothing_of_others(visitor: Visit, world: World) -> None:
    fill(world)
    centre = await visitor("centre")
    for path in (
        "/search/chart.json?period=2013-H1",
        "/search/map.json?period=2013-H1",
        "/search/flows.json?period=2013-H1",
        "/search/flows.json?period=2013-H1&measure=states&width=300",
        f"/search/route/{quote(ROUTE)}/map.json?period=2013-H1",
        "/search/citizenship/AF/chart.json?period=2013-H1",
    ):
        answer = await centre.get(path)
        spec = answer.json()
        assert "2013" in spec["usermeta"]["title"], path
        assert not spec["usermeta"]["empty"], path
        addresses = [one.split('"')[0] for one in answer.text.split('"url":"')[1:]]
        assert all(one.startswith("/static/") for one in addresses), path
        if "map" in path or "flows" in path:
            assert any("do not imply official endorsement" in note for note in spec["usermeta"]["notes"]), path


async def test_maps_tell_what_their_widths_and_circles_stand_for(visitor: Visit, world: World) -> None:
    fill(world)
    world.reads.add("aggregates", *aggregates("2013-H1", "corridor", "MM>TH", TH={"routes": 900}))
    centre = await visitor("centre")
    flows = (await centre.get("/search/flows.json?period=2013-H1")).json()
    circles = (await centre.get("/search/map.json?period=2013-H1")).json()
    width, area = flows["layer"][1]["encoding"]["strokeWidth"], circles["layer"][1]["encoding"]["size"]
    assert (width["legend"]["title"], width["legend"]["values"]) == ("persons", [20, 100, 500])
    assert area["legend"]["title"]
    assert area["legend"]["values"][-1] <= area["scale"]["domain"][1]


async def test_the_map_counts_a_state_once_however_many_routes_it_names(visitor: Visit, world: World) -> None:
    fill(world)
    page = await (await visitor("centre")).get("/search/flows", measure="states", period="2013-H1")
    line = page.text[page.text.index("Afghanistan &gt; Pakistan") :]
    assert 'vrs-figure">1</td>' in line[:200]


async def test_a_citizenship_has_its_figures_its_change_its_routes_and_fees(visitor: Visit, world: World) -> None:
    fill(world)
    world.reads.add("contributions", returned("MY", "2012-H2"))
    world.reads.add("aggregates", *aggregates("2012-H2", "citizenship", "AF", MY={"illegal_entries": 50}))
    page = await (await visitor("centre")).get("/search/citizenship/afghanistan", period="2013-H1")
    assert "<h1" in page.text
    assert "Citizenship: Afghanistan" in page.text
    assert "+50 (+100 %)" in page.text
    assert "other States than before" in page.text, "Thailand has reported only now"
    assert "Afghanistan &gt; Pakistan &gt; Malaysia &gt; Indonesia" in page.text
    assert "6,000" in page.text


async def test_methods_are_read_line_by_line_from_the_returns_that_are_open(visitor: Visit, world: World) -> None:
    fill(world)
    fee = {"from": "AF", "to": "ID", "mode": "sea", "methods": ["small_boat"], "payment": [], "fee_min": 3000,
           "fee_typical": 6000, "fee_max": 9000, "currency": "USD"}  # fmt: skip
    other = {**fee, "from": "VN", "to": "CN", "fee_min": 11, "fee_typical": 12, "fee_max": 13}
    report = {"answers": {"methods_and_fees.by_from_to": {"fees": [fee, other]}}, "sharing": {}}
    for participant in ("MY", "TH"):
        world.reads.add(
            "reports",
            {"_id": f"{participant}|2013-H1#1", "series": f"{participant}|2013-H1", "participant": participant,
             "cycle": "2013-H1", "agency": None, "revision": 1, "judgement": 0, "submission_id": participant,
             "kind": "report", "state": "accepted", "recorded_at": world.clock.now,
             "enriched": report if participant == "MY" else {}},
        )  # fmt: skip
    path = f"/search/route/{quote(ROUTE)}?period=2013-H1"
    page = (await (await visitor("focal-point:TH")).get(path)).text
    assert "3,000–9,000 (6,000) USD" in page
    assert "Malaysia, January–June 2013" in page
    assert "11–13" not in page
    world.reads.collections["contributions"][1] = returned("MY", "2013-H1", ("methods_and_fees|smuggling_method",))
    assert "3,000–9,000" not in (await (await visitor("analyst:TH")).get(path)).text


async def test_a_routes_table_is_taken_away_as_it_stands_on_its_page(visitor: Visit, world: World) -> None:
    fill(world)
    thailand = await visitor("focal-point:TH")
    found = rows(await thailand.get(f"/search/route/{quote(ROUTE)}/table.csv", period="2013-H1"))
    assert found[0][:3] == ["Figures", "January–June 2013", "July–December 2012"]
    assert found[1][:8] == ["Persons on routes", "340", "", "", "1", "Malaysia", "yes", "340"]
    sheet = await thailand.get("/search/citizenship/AF/table.xlsx", period="2013-H1")
    assert zipfile.is_zipfile(io.BytesIO(sheet.content))
    assert (await thailand.get("/search/citizenship/AF/table.exe")).status_code == 404


@pytest.mark.parametrize("path", ["/search/citizenship/Atlantis", "/search/route/AF", "/search/route/AF%3EXX%3EID"])
async def test_what_is_no_country_and_no_route_is_not_found(visitor: Visit, world: World, path: str) -> None:
    fill(world)
    assert (await (await visitor("centre")).get(path)).status_code == 404


async def test_a_search_that_cannot_be_read_gives_no_file_and_no_picture(visitor: Visit, world: World) -> None:
    fill(world)
    centre = await visitor("centre")
    for path in (
        "/search/table.csv?from=x",
        "/search/chart.json?by=x",
        "/search/map.json?by=total",
        "/search/flows.json?from=1",
    ):
        assert (await centre.get(path)).status_code == 422, path
