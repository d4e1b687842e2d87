"""All of it by keyboard: tab order, a focus that is seen, menus, and a return from sign-in to receipt."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import HEIGHT, Demo, Visit
from tests.browser.forms import accepted, saved
from tests.browser.looking import drawn

HERE = Path(__file__).parent
FOCUS, FOCUSABLE = (HERE / "focus.js").read_text(), (HERE / "focusable.js").read_text()


@pytest.mark.parametrize(
    ("login", "path"),
    [
        (None, "/sign-in"),
        ("thailand", "/"),
        ("thailand", "/returns/2013-H1/TH/illegal_entries.by_citizenship"),
        ("thailand", "/returns/2013-H1/TH/routes.by_countries"),
        ("thailand-analyst", "/search?from=2013-H1"),
        ("centre", "/cycles/2013-H1/returns/TH"),
        ("centre", "/users/new"),
        ("indonesia", "/desk/2013-H1"),
    ],
)
def test_tab_reaches_every_control_in_the_order_of_the_page_and_its_focus_is_seen(
    visit: Visit, login: str | None, path: str
) -> None:
    page = visit(login, at=path)
    drawn(page)  # each picture brings buttons of its own
    wanted = page.evaluate(FOCUSABLE)
    places = []
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        step = page.evaluate(FOCUS)
        if step is None or step["place"] in places:
            break
        assert step["seen"], f"no focus is seen on {step['name']}"
        assert step["bottom"] > 0, f"focused out of sight: {step['name']}"
        assert step["top"] < HEIGHT, f"focused out of sight: {step['name']}"
        places.append(step["place"])
    assert places == sorted(places)
    assert len(places) >= wanted


def test_the_way_past_the_menu_is_the_first_stop(visit: Visit) -> None:
    page = visit("thailand")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_menus_are_opened_closed_and_gone_through_by_keyboard(visit: Visit) -> None:
    page = visit("thailand")
    reports, content = (page.locator("summary", has_text=one) for one in ("Reports", "Content"))
    entry = page.get_by_role("link", name="Returns", exact=True)
    tab_to(page, reports)
    expect(entry).to_be_hidden()
    page.keyboard.press("Enter")
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(reports).to_be_focused()
    page.keyboard.press("Space")
    expect(entry).to_be_visible()
    tab_to(page, content)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Definitions")).to_be_visible()
    expect(entry).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Definitions")).to_be_hidden()


def test_a_return_is_filled_and_sent_by_keyboard_alone(visit: Visit, demo: Demo) -> None:
    cycle = demo.new_cycle("TH")
    page = visit(None)
    tab_to(page, page.locator("#login"))
    page.keyboard.type("thailand")
    page.keyboard.press("Tab")
    page.keyboard.type(demo.passwords["thailand"])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Dashboard")
    press(page, page.get_by_role("link", name=cycle, exact=True))
    press(page, page.get_by_role("link", name=re.compile(r"^1\.1\.1 ")))
    tab_to(page, page.locator("#value"))
    page.keyboard.type("12")
    press(page, page.get_by_role("button", name="Save and continue"))
    tab_to(page, page.locator("#rows-0-citizenship"))
    page.keyboard.type("Myanmar")
    tab_to(page, page.locator("#rows-0-value"))
    page.keyboard.type("12")
    press(page, page.get_by_role("button", name="+ Add rows"))
    page.wait_for_url("**more=add-row**")
    expect(page.locator("#rows-0-citizenship")).to_have_value("Myanmar")
    press(page, page.get_by_role("button", name="Save", exact=True).last)
    saved(page, "1.1.2")
    press(page, page.get_by_role("link", name="All questions"))
    press(page, page.get_by_role("button", name="Check and send"))
    tab_to(page, page.locator("#declared"))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Send the return"))
    page.wait_for_url("**/submissions/*")
    accepted(page)


def tab_to(page: Page, wanted: Locator, most: int = 150) -> None:
    """Press Tab until it has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(most):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


def press(page: Page, wanted: Locator) -> None:
    """Tab to it, then Enter. Nothing here waits for where that leads: whoever presses something that is on both pages
    has to wait for the second one before."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")
