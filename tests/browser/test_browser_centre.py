"""The centre opens a cycle, extends a date and sees completeness change; it reviews a return; users are made."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from cli.demo.participants import PROFILES
from cli.demo.returns import synthetic
from tests.browser.conftest import Demo, Visit, sign_in
from tests.browser.looking import Look


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_centre_opens_a_cycle_extends_a_date_and_completeness_follows(
    visit: Visit, demo: Demo, look: Look, scripts: bool
) -> None:
    page, cycle = visit("centre", scripts=scripts), demo.unused_cycle()
    page.locator("summary", has_text="Reports").click()
    page.get_by_role("link", name="Cycles and completeness").click()
    page.get_by_role("button", name="Open a new cycle").click()
    page.get_by_label("Period").fill("2013-H9")
    page.get_by_role("button", name="Open the cycle").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    if scripts:
        look(page, "cycle-form-errors")
    page.get_by_label("Period").fill(cycle)
    for label, day in (("Opens", "2012-01-01"), ("Due", "2012-03-31"), ("Closes", "2099-06-30")):
        page.get_by_label(label, exact=True).fill(day)
    page.wait_for_load_state()  # all boxes are there
    for box in page.locator("input[name=expected]:not([value=TH], [value=ID])").all():
        box.uncheck()
    page.get_by_role("button", name="Open the cycle").click()
    expect(page.locator("h1")).to_have_text(f"Cycle {cycle}")
    reported, overdue = page.locator(".vrs-card__figure").first, page.locator(".vrs-card__figure").last
    expect(reported).to_have_text("0 of 2")
    expect(overdue).to_have_text("2")
    if scripts:
        look(page, "cycle-new")
    page.get_by_role("button", name="Give more time").click()
    page.get_by_label("Participant").select_option("TH")
    page.get_by_label("New due date").fill("2099-04-30")
    page.get_by_role("button", name="Give more time").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    if scripts:
        look(page, "extension-errors")
    page.get_by_label("Reason").fill("The registers are being moved.")
    page.get_by_role("button", name="Give more time").click()
    expect(page.get_by_text("Thailand until the end of 30 April 2099")).to_be_visible()
    expect(overdue).to_have_text("1")

    with demo.gateway("focal-point:TH") as thailand:
        assert thailand.wait(thailand.submit(synthetic(PROFILES["TH"], cycle), cycle))["state"] == "accepted"
    page.reload()
    expect(reported).to_have_text("1 of 2")
    page.get_by_role("button", name="Change the cycle").click()
    page.locator("input[name=expected][value=ID]").uncheck()
    page.get_by_role("button", name="Save the changes").click()
    expect(reported).to_have_text("1 of 1")
    expect(overdue).to_have_text("0")
    page.get_by_role("link", name="Dashboard").click()
    expect(page.get_by_role("heading", name="Completeness")).to_be_visible()


def test_the_centre_removes_a_cycle_that_it_opened_by_mistake(visit: Visit, demo: Demo, look: Look) -> None:
    cycle = demo.new_cycle("TH", "ID")
    page = visit("centre", at=f"/cycles/{cycle}")
    page.get_by_role("button", name="Remove the cycle").click()
    expect(page.locator("h1")).to_have_text(f"Remove the cycle {cycle}?")
    look(page, "cycle-removal")
    page.get_by_role("link", name="Keep it").click()
    expect(page.locator("h1")).to_have_text(f"Cycle {cycle}")
    page.get_by_role("button", name="Remove the cycle").click()
    expect(page.locator("h1")).to_have_text(f"Remove the cycle {cycle}?")  # its button is called the same
    page.get_by_role("button", name="Remove the cycle").click()
    expect(page.get_by_text(f"The cycle {cycle} is removed.")).to_be_visible()
    with demo.gateway("centre") as centre:
        assert cycle not in [one["id"] for one in centre.items("/cycles")]


def test_the_centre_verifies_a_return_from_the_dashboard(visit: Visit, look: Look) -> None:
    page = visit("centre")
    page.locator("summary", has_text="Reports").click()
    page.get_by_role("link", name="Cycles and completeness").click()
    page.get_by_role("link", name="January–June 2013", exact=True).click()
    page.get_by_role("row", name=re.compile("^Thailand")).get_by_role("link").first.click()
    page.get_by_label("Ask for a correction").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("what is to be corrected, and why")
    look(page, "return-for-the-centre-errors")
    page.locator("input[name=pointers]").nth(1).check()
    page.get_by_label("Reason").fill("Please look at this figure once more.")
    page.get_by_role("button", name="Send").click()
    recorded(page, page.get_by_text("A correction was asked for"))
    state = visit("thailand", at="/returns/2013-H1/TH")
    expect(state.get_by_text("Correction asked by the centre").first).to_be_visible()
    look(state, "return-tasks-correction")
    state.locator("li", has_text="Correction asked by the centre").first.get_by_role("link").click()
    state.wait_for_url("**/returns/2013-H1/TH/*")
    look(state, "return-question-correction")
    page.reload()
    page.get_by_label("Verify the return").check()
    page.get_by_role("button", name="Send").click()
    recorded(page, page.locator(".vrs-main .vrs-state", has_text="Verified"))
    expect(page.locator(".vrs-main .vrs-state").first).to_have_text("Verified")


def recorded(page: Page, word: Locator, seconds: float = 60) -> None:
    """Wait until the return has the centre's word on it: where recording takes long, the page says only that the word
    is sent, and a later look shows it."""
    expect(page.get_by_text("Your review is ")).to_be_visible()
    deadline = time.monotonic() + seconds
    while not word.first.is_visible():
        assert time.monotonic() < deadline, f"the review is not recorded after {seconds:g} s"
        page.wait_for_timeout(500)
        page.reload()


def test_a_focal_point_makes_a_user_that_signs_in(visit: Visit, demo: Demo, look: Look) -> None:
    login = f"th-desk-{demo.unused_cycle()}-{len(demo.vrs('users', 'list'))}"
    page = visit("thailand")
    page.locator("summary", has_text="Users").click()
    page.locator(".vrs-menu").get_by_role("link", name="Users", exact=True).click()
    page.get_by_role("button", name="Add a user").click()
    page.get_by_label("Login").fill("X")
    page.get_by_role("button", name="Add the user").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, "user-form-errors")
    page.get_by_label("Login").fill(login)
    page.get_by_role("radio", name="Analyst").check()
    page.get_by_role("button", name="Add the user").click()
    password = page.locator(".govuk-summary-list__value").nth(1).inner_text().strip()
    look(page, "user-password")
    other = visit(None)
    sign_in(other, login, password)
    expect(other.locator("h1")).to_have_text("Dashboard")


def test_wrong_contacts_and_participants_are_told_at_their_fields(visit: Visit, look: Look) -> None:
    page = visit("indonesia", at="/participants/ID/agencies/new")
    page.locator("main form button").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look(page, "agency-form-errors")
    page = visit("centre", at="/participants/new")
    page.locator("main form button").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look(page, "participant-form-errors")
