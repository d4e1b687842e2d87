"""A focal point fills the whole template by hand, repairs what is found, sends it, and reads what became of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from contracts import template as templates
from contracts.template import Question
from tests.browser.conftest import WIDTHS, Visit, accessible

TEMPLATE = templates.load()
JUDGED = 20_000
"""Milliseconds from sending to judged, on a machine that does much else."""


def newest_return(page: Page) -> str:
    """The address of the return of the newest cycle."""
    page.goto("/returns")
    address = page.locator("main tbody tr:first-child td:last-child a").first.get_attribute("href")
    assert address
    return address


def fill(page: Page, question: Question) -> None:
    """An answer that fits every other one: ten of everything, and one row that is all of it."""
    page.locator("#status").select_option("")
    if question.kind == "total":
        page.locator("#value").fill("10")
    elif question.kind == "narrative":
        page.locator("#text").fill("From the registers of the border authority.")
    elif question.kind == "choices":
        page.locator("input[name=choices]").first.check()
    elif question.kind == "routes":
        page.locator("#routes-0-citizenship").fill("Afghanistan")
        page.locator("#routes-0-persons").fill("10")
        for place, country in enumerate(("Afghanistan", "Pakistan", "Malaysia", "Indonesia")):
            if not page.locator(f"#routes-0-legs-{place}-country").count():
                page.get_by_role("button", name="+ Add Country").first.click()
            page.locator(f"#routes-0-legs-{place}-country").fill(country)
            page.locator(f"#routes-0-legs-{place}-type").select_option("transit" if place else "origin")
        expect(page.locator("[data-route-text]").first).to_have_text("Afghanistan > Pakistan > Malaysia > Indonesia")
    elif question.kind == "fees":
        page.locator("#fees-0-from").fill("Afghanistan")
        page.locator("#fees-0-to").fill("Indonesia")
        page.locator("input[name=fees-0-methods]").first.check()
        for name, amount in (("fee_min", "4000"), ("fee_typical", "6 000"), ("fee_max", "10,000"), ("currency", "USD")):
            page.locator(f"#fees-0-{name}").fill(amount)
    else:
        for name in question.dimensions:
            member = page.locator(f"#rows-0-{name}")
            if member.count():
                member.fill("Padang Besar" if TEMPLATE.dimension(name).kind == "place" else "Malaysia")
        page.locator("#rows-0-value").fill("10")


def test_a_focal_point_fills_the_whole_template_and_sees_it_accepted(visit: Visit) -> None:
    page = visit("thailand")
    address = newest_return(page)
    for place, question in enumerate(TEMPLATE.questions):
        page.goto(f"{address}/{question.id}")
        fill(page, question)
        page.get_by_role("button", name="Save and go on").click()
        following = TEMPLATE.questions[place + 1 : place + 2]
        page.wait_for_url(f"**{address}/{following[0].id}" if following else f"**{address}")
    expect(page.get_by_text("41 of 41 questions complete")).to_be_visible()

    page.goto(f"{address}/illegal_entries.by_citizenship")
    page.locator("#rows-0-citizenship").fill("Camboda")
    page.locator("#rows-0-value").fill("twelve")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.locator("#rows-0-citizenship-error")).to_contain_text("Did you mean Cambodia")
    expect(page.locator("#rows-0-value")).to_have_value("twelve")
    accessible(page)
    page.locator("#rows-0-citizenship").fill("Cambodia")
    page.locator("#rows-0-value").fill("1,200")
    expect(page.locator("[data-sum-figure]")).to_have_text("1,200")
    page.get_by_role("button", name="Save and go on").click()

    page.goto(f"{address}/check")
    expect(page.get_by_text("asks for an explanation").or_(page.get_by_text("ask for an explanation"))).to_be_visible()
    accessible(page)
    page.locator(f"a[href^='{address}/illegal_entries.by_citizenship#']").first.click()
    page.locator("#rows-0-value").fill("10")
    page.get_by_role("button", name="Save and go on").click()

    page.goto(f"{address}/check")
    other_tab = visit("thailand")
    other_tab.goto(f"{address}/check")
    page.get_by_role("button", name=re.compile("^Send the return")).click()
    expect(page.locator("#declared-error")).to_be_visible()
    accessible(page)
    if page.locator("#reason").count():
        page.locator("#reason").fill("The figures of the last month have come in.")
    page.locator("#declared").check()
    page.get_by_role("button", name=re.compile("^Send the return")).click()
    page.wait_for_url("**/submissions/*")
    expect(page.get_by_text("SHA-256")).to_be_visible()
    state = page.locator(".vrs-state--large")
    expect(state).to_have_text(re.compile("Accepted|Waits for explanations"), timeout=JUDGED)
    if state.inner_text() == "Waits for explanations":
        page.wait_for_load_state("networkidle")
        for place in range(page.locator("textarea[name^=explain-]").count()):
            page.locator(f"#explain-{place}").fill("Counted by another register from this cycle on.")
        page.get_by_role("button", name="Send the explanations").click()
        expect(page.locator(".vrs-state--large")).to_have_text("Accepted", timeout=JUDGED)
    accessible(page)
    receipt = page.url
    other_tab.locator("#declared").check()
    if other_tab.locator("#reason").count():
        other_tab.locator("#reason").fill("Pressed in another tab.")
    other_tab.get_by_role("button", name=re.compile("^Send the return")).click()
    other_tab.wait_for_url(receipt)
    page.goto("/returns")
    expect(page.locator("main tbody tr").first).to_contain_text("Accepted")


def test_without_scripts_rows_and_routes_are_built_by_buttons_alone(visit: Visit) -> None:
    page = visit("indonesia", scripts=False)
    address = newest_return(page)
    page.goto(f"{address}/refused_entries.by_citizenship")
    page.locator("#rows-0-citizenship").fill("Viet Nam")
    page.locator("#rows-0-value").fill("12")
    page.get_by_role("button", name="+ Add rows").click()
    expect(page.locator("#rows-0-citizenship")).to_have_value("Viet Nam")
    page.locator("summary", has_text="Paste rows").click()
    page.locator("textarea[name='block-']").fill("Country\tPersons\nSri Lanka\t1,230\tfrom two airports\nNauru\t4")
    page.get_by_role("button", name="Add these rows").click()
    expect(page.locator(".vrs-sum")).to_contain_text("1,246")
    page.get_by_role("button", name=re.compile("Remove Nauru")).click()
    expect(page.locator(".vrs-sum")).to_contain_text("1,242")
    page.locator("#status").select_option("withheld")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("exclude each other")
    page.locator("#status").select_option("")
    for row in range(2):
        page.locator(f"#rows-{row}-citizenship").fill("")
        page.locator(f"#rows-{row}-value").fill("")
        page.locator(f"#rows-{row}-comment").evaluate("one => one.value = ''")
    page.get_by_role("button", name="Save", exact=True).last.click()

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


def test_typing_is_saved_by_itself_and_two_tabs_lose_nothing(visit: Visit) -> None:
    one, two = visit("indonesia"), visit("indonesia")
    address = f"{newest_return(one)}/about_the_data.comments"
    one.goto(address)
    two.goto(address)
    one.locator("#text").fill(f"The first tab says so. {id(one)}")
    one.locator("#comment").click()
    expect(one.locator("#saved")).to_contain_text("Saved")
    two.locator("#text").fill(f"The second tab says otherwise. {id(two)}")
    two.get_by_role("button", name="Save and go on").click()
    expect(two.locator("h1")).to_have_text("Two versions of one answer")
    expect(two.get_by_text("The first tab says so.")).to_be_visible()
    expect(two.get_by_text("The second tab says otherwise.")).to_be_visible()
    accessible(two)
    two.get_by_role("button", name="Keep mine").click()
    expect(two.locator("#text")).to_have_value(re.compile("The second tab"))
    two.locator("#text").fill("")
    two.get_by_role("button", name="Save", exact=True).last.click()


@pytest.mark.parametrize("question", ["illegal_entries.total", "smuggled_migrants.by_mode_and_last_exit",
                                      "illegal_entries.by_gender_age", "routes.by_countries",
                                      "methods_and_fees.by_from_to", "citizenship_relationship.by_transit_country",
                                      "other_crime_areas.areas", "interaction.description"])  # fmt: skip
def test_every_kind_of_question_is_accessible_and_fits(visit: Visit, question: str) -> None:
    page = visit("thailand")
    page.goto(f"{newest_return(page)}/{question}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        accessible(page)
