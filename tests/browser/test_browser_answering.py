"""Answering questions: with buttons alone, saved while typing, from two tabs, and every kind of question."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Demo, Visit
from tests.browser.forms import JUDGED, answer_total, declare_and_send, go_to_return
from tests.browser.looking import Look


def test_without_scripts_rows_and_routes_are_built_by_buttons_alone(visit: Visit, demo: Demo) -> None:
    page = visit("indonesia", scripts=False)
    address = go_to_return(page, demo.new_cycle("ID"))
    page.goto(f"{address}/refused_entries.by_citizenship")
    page.locator("#rows-0-citizenship").fill("Viet Nam")
    page.locator("#rows-0-value").fill("12")
    page.get_by_role("button", name="+ Add rows").click()
    page.wait_for_url("**more=add-row**")
    expect(page.locator("#rows-0-citizenship")).to_have_value("Viet Nam")
    page.locator("summary", has_text="Paste rows").click()
    page.locator("textarea[name='block-']").fill("Country\tPersons\nSri Lanka\t1,230\tfrom two airports\nNauru\t4")
    page.get_by_role("button", name="Add these rows").click()
    expect(page.locator(".vrs-sum")).to_contain_text("1,246")
    page.get_by_role("button", name=re.compile("Remove Nauru")).click()
    expect(page.locator(".vrs-sum")).to_contain_text("1,242")
    page.locator("#status").select_option("withheld")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("exclude each other")
    page.goto(f"{address}/routes.by_countries")
    for place, country in enumerate(("Afghanistan", "Malaysia")):
        page.locator(f"#routes-0-legs-{place}-country").fill(country)
    page.get_by_role("button", name="+ Add Country").click()
    page.locator("#routes-0-legs-2-country").fill("Pakistan")
    page.get_by_role("button", name="↑ Up Pakistan").or_(page.locator("button[value='leg-up:0:2']")).first.click()
    expect(page.locator("[data-route-text]")).to_have_text("Afghanistan > Pakistan > Malaysia")
    page.get_by_role("button", name=re.compile("− Remove Country Malaysia")).click()
    expect(page.locator("[data-route-text]")).to_have_text("Afghanistan > Pakistan")
    page.get_by_role("button", name=re.compile("− Remove Route")).click()
    expect(page.locator("[data-route-text]")).to_have_text("No country yet")


def test_without_scripts_a_return_is_sent_and_its_receipt_is_read_anew(visit: Visit, demo: Demo) -> None:
    page = visit("thailand", scripts=False)
    go_to_return(page, demo.new_cycle("TH"))
    answer_total(page, "1.1.1", "12")
    page.get_by_role("button", name="Check and send").click()
    declare_and_send(page)
    with demo.gateway("focal-point:TH") as interface:
        assert interface.wait(page.url.rpartition("/")[2], JUDGED / 1000)["state"] == "accepted"
    again = page.get_by_role("link", name="Refresh")
    if again.count():  # it was not judged yet when the page was made
        again.click()
    expect(page.locator(".vrs-state--large")).to_have_text("Accepted")


def test_typing_is_saved_by_itself_and_two_tabs_lose_nothing(visit: Visit, demo: Demo, look: Look) -> None:
    one, two = visit("indonesia"), visit("indonesia")
    address = f"{go_to_return(one, demo.new_cycle('ID'))}/about_the_data.comments"
    one.goto(address)
    two.goto(address)
    one.locator("#text").fill("The first tab says so.")
    one.locator("#comment").click()
    expect(one.locator("#saved")).to_contain_text("Saved")
    two.locator("#text").fill("The second tab says otherwise.")
    two.get_by_role("button", name="Save and continue").click()
    expect(two.locator("h1")).to_have_text("Two versions of one answer")
    expect(two.get_by_text("The first tab says so.")).to_be_visible()
    expect(two.get_by_text("The second tab says otherwise.")).to_be_visible()
    look(two, "return-conflict")
    two.get_by_role("button", name="Keep mine").click()
    expect(two.locator("#text")).to_have_value("The second tab says otherwise.")


WRONG = {
    "illegal_entries.total": {"#value": "1.200"},
    "smuggled_migrants.by_mode_and_last_exit": {"#rows-0-last_exit": "Korea", "#rows-0-value": "-5"},
    "illegal_entries.by_gender_age": {"#rows-0-value": "many"},
    "routes.by_countries": {"#routes-0-citizenship": "Afganistan", "#routes-0-persons": "ten",
                            "#routes-0-legs-0-country": "Atlantis"},
    "methods_and_fees.by_from_to": {"#fees-0-from": "Atlantis", "#fees-0-fee_min": "cheap"},
    "citizenship_relationship.by_transit_country": {"#rows-0-value": "x"},
    "other_crime_areas.areas": {"#comment": "Born on 12 March 1980, passport AB1234567."},
    "interaction.description": {"#text": "Call +66 81 234 5678 or write to someone@example.com."},
}  # fmt: skip
"""What cannot be read, and what no return may hold, in each kind of question."""


@pytest.mark.parametrize("question", WRONG)
def test_every_kind_of_question_is_good_to_look_at_empty_and_with_errors(
    visit: Visit, look: Look, empty: str, question: str
) -> None:
    page = visit("thailand", at=f"{empty}/{question}")
    look(page, f"question-{question}")
    for field, typed in WRONG[question].items():
        page.locator(field).fill(typed)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    for field, typed in WRONG[question].items():
        expect(page.locator(field)).to_have_value(typed)
    look(page, f"question-{question}-errors")


@pytest.fixture(scope="module")
def empty(demo: Demo) -> str:
    """The path of a return that holds nothing."""
    return f"/returns/{demo.new_cycle('TH')}/TH"
