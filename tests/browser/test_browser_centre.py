"""The centre opens a cycle, extends a date and reviews a return; the desk shows an agency's part; users are made."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, accessible

CYCLE = "2011"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_centre_opens_a_cycle_extends_a_date_and_completeness_follows(visit: Visit, scripts: bool) -> None:
    page = visit("centre", scripts=scripts)
    page.goto("/cycles")
    cycle = CYCLE if scripts else "2010"
    page.get_by_role("button", name="Open a new cycle").click()
    page.get_by_label("Period").fill("2013-H9")
    page.get_by_role("button", name="Open the cycle").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    if scripts:
        accessible(page)
    page.get_by_label("Period").fill(cycle)
    for label, day in (("Opens", "2012-01-01"), ("Due", "2012-03-31"), ("Closes", "2012-06-30")):
        page.get_by_label(label, exact=True).fill(day)
    page.get_by_role("button", name="Open the cycle").click()
    expect(page.locator("h1")).to_have_text(f"Cycle {cycle}")
    reported = page.locator(".vrs-card__figure").first
    expect(reported).to_have_text(re.compile(r"^0 of \d+$"))
    page.get_by_role("button", name="Give more time").click()
    page.get_by_label("Participant").select_option("TH")
    page.get_by_label("New due date").fill("2012-04-30")
    page.get_by_label("Reason").fill("The registers are being moved.")
    page.get_by_role("button", name="Give more time").click()
    expect(page.get_by_text("Thailand until the end of 30 April 2012")).to_be_visible()
    page.get_by_role("button", name="Change the cycle").click()
    for box in page.locator("input[name=expected]:not([value=TH])").all():
        box.uncheck()
    page.get_by_role("button", name="Keep the changes").click()
    expect(reported).to_have_text("0 of 1")


def test_the_centre_verifies_a_return_from_the_matrix(visit: Visit) -> None:
    page = visit("centre")
    page.goto("/cycles/2013-H1/returns/TH")
    accessible(page)
    page.get_by_label("Ask for a correction").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Say what is to be corrected")
    page.locator("input[name=pointers]").nth(1).check()
    page.get_by_label("Reason").fill("Please look at this figure once more.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("A correction was asked for")).to_be_visible()
    page.get_by_label("Verify the return").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".vrs-main .vrs-state").first).to_have_text("Verified")


def test_the_parts_of_agencies_stand_on_the_desk(visit: Visit) -> None:
    page = visit("indonesia")
    page.goto("/desk")
    page.locator("tr", has_text="2 of 2").first.get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Joined").first).to_be_visible()
    accessible(page)
    page.set_viewport_size({"width": 360, "height": 900})
    accessible(page)


def test_a_focal_point_makes_a_user_that_signs_in(visit: Visit) -> None:
    page = visit("thailand")
    page.goto("/users/new")
    page.get_by_label("Login").fill("th-browser-desk")
    page.get_by_role("radio", name="Analyst").check()
    page.get_by_role("button", name="Add the user").click()
    if page.locator(".govuk-error-summary").count():
        # The same stack was used before: the login is taken, and gets a new password.
        page.goto("/users")
        page.locator("tr", has_text="th-browser-desk").get_by_role("button", name="New password").click()
    password = page.locator(".govuk-summary-list__value").nth(1).inner_text().strip()
    accessible(page)
    other = visit(None)
    other.locator("#login").fill("th-browser-desk")
    other.locator("#password").fill(password)
    other.locator("main button[type=submit]").click()
    expect(other.locator("h1")).to_have_text("Dashboard")
