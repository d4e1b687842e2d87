"""Whatever is typed comes back at its field; a script is a text; the end of a session loses nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Visit, sign_in
from tests.browser.forms import accepted, answer_total, back_to_the_tasks, declare_and_send, go_to_return, saved
from tests.browser.looking import Look

SCRIPT = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"


def test_a_script_in_a_comment_is_shown_as_text_to_everybody(visit: Visit, demo: Demo) -> None:
    page, cycle = visit("thailand"), demo.new_cycle("TH")
    go_to_return(page, cycle)
    page.get_by_role("link", name="1.1.1 ").click()
    page.locator("#value").fill("12")
    page.locator("#comment").fill(SCRIPT)
    page.get_by_role("button", name="Save", exact=True).last.click()
    saved(page, "1.1.1")
    expect(page.locator("#comment")).to_have_value(SCRIPT)
    back_to_the_tasks(page, "1.1.1")
    page.get_by_role("button", name="Check and send").click()
    shown_as_text(page)
    declare_and_send(page)
    accepted(page)
    centre = visit("centre", at=f"/cycles/{cycle}/returns/TH")
    shown_as_text(centre)


def shown_as_text(page: Page) -> None:
    expect(page.get_by_text(SCRIPT).first).to_be_visible()
    assert page.locator("main script, main img").count() == 0
    assert "taken" not in page.title()


def test_the_end_of_a_session_keeps_what_was_typed_and_sends_it_after_signing_in(
    visit: Visit, demo: Demo, look: Look
) -> None:
    login, cycle = f"th-session-{demo.unused_cycle()}", demo.new_cycle("TH")
    password = demo.vrs("users", "add", login, "--as", "focal-point:TH")
    page = visit(None)
    sign_in(page, login, password)
    go_to_return(page, cycle)
    page.get_by_role("link", name="5.1.4").click()
    page.locator("#text").fill("A long explanation that nobody wants to write twice.")
    # A new password ends every session of the login.
    password = demo.vrs("users", "password", login)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("h1")).to_have_text("Your session has ended")
    look(page, "session-ended")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("You are signed in again")
    look(page, "session-again")
    page.get_by_role("button", name="Send it now").click()
    saved(page, "5.1.4")
    go_to_return(page, cycle)
    page.get_by_role("link", name="5.1.4").click()
    expect(page.locator("#text")).to_have_value("A long explanation that nobody wants to write twice.")


@pytest.mark.parametrize(
    "path", ["/returns/2013-H1/ID", "/submissions/00000000-0000-0000-0000-000000000000", "/desk/2099"]
)
def test_a_changed_address_leads_to_a_page_that_says_there_is_nothing(visit: Visit, path: str) -> None:
    page = visit("thailand", at=path)
    expect(page.locator("h1")).to_have_text("Page not found")


def test_many_rows_are_pasted_kept_and_easy_to_read(visit: Visit, demo: Demo, look: Look) -> None:
    page = visit("thailand")
    address = go_to_return(page, demo.new_cycle("TH"))
    answer_total(page, "1.1.1", "90000")
    page.goto(f"{address}/illegal_entries.by_entry_point")
    page.locator("summary", has_text="Paste rows").click()
    page.locator("textarea[name='block-']").fill('"' + "x" * 140_000)
    page.get_by_role("button", name="Add these rows").click()
    expect(page.locator("#block--error")).to_be_visible()
    page.locator("textarea[name='block-']").fill(
        "\n".join(f"Checkpoint {place} on the river\t{place}" for place in range(1, 61))
    )
    page.get_by_role("button", name="Add these rows").click()
    expect(page.locator("[data-sum-figure]")).to_have_text("1,830")
    look(page, "return-rows-many")
    page.get_by_role("button", name="Save", exact=True).last.click()
    saved(page, "1.1.4")
    page.goto(f"{address}/check")
    look(page, "return-check-many")


def test_each_line_of_the_summary_leads_to_the_row_that_it_names(visit: Visit, demo: Demo, look: Look) -> None:
    page = visit("thailand")
    address = go_to_return(page, demo.new_cycle("TH"))
    page.goto(f"{address}/illegal_entries.by_citizenship")
    for row, (country, figure) in enumerate((("Myanmar", "ten"), ("Atlantis", "eleven"))):
        page.locator(f"#rows-{row}-citizenship").fill(country)
        page.locator(f"#rows-{row}-value").fill(figure)
    page.get_by_role("button", name="Save", exact=True).last.click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    named = ("Row 1 – Number: ", "Row 2 – Citizenship: ", "Row 2 – Number: ")
    expect(summary.get_by_role("link")).to_have_text([re.compile(f"^{one}") for one in named])
    look(page, "return-rows-errors")
    summary.get_by_role("link", name="Row 2 – Number").click()
    expect(page.locator("#rows-1-value")).to_be_focused()
