"""An analyst finds figures, sees them as table, chart and map, and takes them away; by keyboard and without scripts."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import drawn

ROUTE = "Afghanistan > Pakistan > Malaysia > Indonesia"


def test_an_analyst_gets_from_the_dashboard_to_a_route_and_downloads_its_table(visit: Visit) -> None:
    page = visit("thailand-analyst")
    page.locator("summary", has_text="Reports").click()
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("What").select_option("routes")
    page.get_by_label("Broken down by").select_option("route")
    page.get_by_label("From").select_option("2013-H1")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#result")).to_have_text("Routes by number of persons (January–June 2013)")
    assert "indicator=routes" in page.url
    assert drawn(page) == 2, "a chart and a map"
    expect(page.locator(".vrs-chart [data-save=png]").first).to_be_visible()
    page.get_by_role("link", name=ROUTE, exact=True).click()
    expect(page.locator("h1")).to_have_text(ROUTE)
    page.get_by_label("Period", exact=True).select_option("2013-H1")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**period=2013-H1**")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download these figures as CSV").click()
    lines = list(csv.reader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert lines[1][:2] == ["Persons on routes", "550"], "Thailand's 340 and Indonesia's 210"
    assert lines[1][5] == "Indonesia, Thailand"


def test_the_figures_of_the_screens_are_found_and_sorted(visit: Visit) -> None:
    page = visit("thailand")
    page.goto("/search?from=2013-H1&reporter=TH")
    body = page.locator("tbody tr")
    expect(body.first).to_contain_text("Cambodia")
    expect(body.first).to_contain_text("10,000")
    head = page.get_by_role("columnheader", name="Citizenship")
    head.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Citizenship")).to_have_attribute("aria-sort", "ascending")
    page.go_back()
    expect(page.get_by_role("columnheader", name="Persons detected")).to_have_attribute("aria-sort", "descending")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_map_is_saved_with_its_title_and_disclaimer(visit: Visit, kind: str) -> None:
    page = visit("thailand-analyst")
    page.goto("/search/flows?from=2013-H1&measure=states")
    assert drawn(page) == 1
    with page.expect_download() as download:
        page.locator(f"[data-save={kind}]").click()
    assert download.value.suggested_filename == f"flows-states.{kind}"
    content = Path(download.value.path()).read_bytes()
    if kind == "png":
        assert content.startswith(b"\x89PNG")
        assert len(content) > 20_000
    else:
        assert b"Number of States that name the way" in content
        assert b"do not imply official endorsement" in content


def test_search_and_sorting_work_without_scripts(visit: Visit) -> None:
    page = visit("thailand-analyst", scripts=False)
    page.goto("/search")
    page.get_by_label("Only this one").fill("Cambodge")
    page.get_by_label("From").select_option("2013-H1")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Cambodia")
    expect(page.locator(".vrs-chart [data-save]").first).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("path", "pictures"),
    [("/search/routes", 5), ("/search/irregular", 6), ("/search/criminals", 3), ("/search/citizenship/AF", 1)],
)
def test_the_pages_of_questions_and_of_a_citizenship_draw_their_charts(visit: Visit, path: str, pictures: int) -> None:
    page = visit("thailand-analyst", width=360)
    page.goto(f"{path}?period=2013-H1")
    assert drawn(page) >= pictures - 1


def test_a_closed_door_names_the_return_that_opens_it(visit: Visit) -> None:
    page = visit("thailand")
    page.goto("/search?from=2012")
    expect(page.locator(".govuk-inset-text")).to_contain_text("2012")
    page.get_by_role("link", name="Go to your returns").click()
    expect(page.locator("h1")).to_have_text("Returns")
