"""A focal point fills the whole template by hand, repairs what is found, sends it, and finds its figures again."""

import re

import pytest
from playwright.sync_api import Page, expect

from contracts import template as templates
from contracts.template import Question
from deploy.local.waiting import wait_for
from tests.browser.conftest import Demo, Visit
from tests.browser.forms import accepted, back_to_the_tasks, declare_and_send
from tests.browser.looking import Look

TEMPLATE = templates.load()
ROUTE = ("Afghanistan", "Pakistan", "Malaysia", "Indonesia")


def fill(page: Page, question: Question) -> None:
    """An answer that fits every other one: ten of everything, and one row that is all of it."""
    if question.kind == "total":
        page.locator("#value").fill("10")
    elif question.kind == "narrative":
        page.locator("#text").fill("From the registers of the border authority.")
    elif question.kind == "choices":
        page.locator("input[name=choices]").first.check()
    elif question.kind == "routes":
        page.locator("#routes-0-citizenship").fill("Afghanistan")
        page.locator("#routes-0-persons").fill("10")
        for place, country in enumerate(ROUTE):
            if not page.locator(f"#routes-0-legs-{place}-country").count():
                page.get_by_role("button", name="+ Add Country").first.click()
            page.locator(f"#routes-0-legs-{place}-country").fill(country)
            page.locator(f"#routes-0-legs-{place}-type").select_option("transit" if place else "origin")
        expect(page.locator("[data-route-text]").first).to_have_text(" > ".join(ROUTE))
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


@pytest.fixture(scope="module")
def cycle(demo: Demo) -> str:
    return demo.new_cycle("TH")


def test_a_focal_point_fills_the_whole_template_and_finds_its_figures_in_the_search(
    visit: Visit, demo: Demo, look: Look, cycle: str
) -> None:
    page = visit("thailand")
    page.get_by_role("link", name=cycle, exact=True).click()
    expect(page.get_by_text("Nothing was sent for this return yet.")).to_be_visible()
    look(page, "return-tasks-untouched")
    address = page.url
    page.get_by_role("link", name=TEMPLATE.questions[0].title).click()
    every_question(page)
    expect(
        page.get_by_text(f"{len(TEMPLATE.questions)} of {len(TEMPLATE.questions)} questions complete")
    ).to_be_visible()
    look(page, "return-tasks-complete")

    findings_are_shown_at_their_fields(page, look)
    expect(page).to_have_url(address)
    page.get_by_role("button", name="Check and send").click()
    expect(page.get_by_text("The return is ready to be sent")).to_be_visible()
    declare_and_send(page)
    expect(page.get_by_text("SHA-256")).to_be_visible()
    accepted(page)
    look(page, "receipt-accepted")

    counted(demo, cycle)
    page.locator("summary", has_text="Reports").click()
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("From").select_option(cycle)
    page.get_by_label("To the end of").select_option(cycle)
    page.get_by_role("button", name="Search").click()
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Malaysia")
    expect(row.locator("td").first).to_have_text("10")
    expect(row).to_contain_text("Thailand")


def counted(demo: Demo, cycle: str) -> None:
    """Wait until the figures of the cycle are found: whether a return is accepted is known before."""
    asked = {"indicator": "illegal_entries", "period": cycle}
    with demo.gateway("focal-point:TH") as interface:
        wait_for(
            "the accepted return to count",
            lambda: None if interface.get("/aggregates/citizenship", asked)["rows"] else "no row yet",
            seconds=60,
        )


def every_question(page: Page) -> None:
    """From the first to the last, by “Save and continue”; the last one leads back to the tasks."""
    for question in TEMPLATE.questions:
        expect(page.locator("h1")).to_have_text(re.compile(f"^{re.escape(question.number)} "))
        page.wait_for_load_state()  # what follows looks at which fields there are
        fill(page, question)
        page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("h1")).to_have_text(re.compile("^Return "))


def findings_are_shown_at_their_fields(page: Page, look: Look) -> None:
    """What cannot be read is said at its field; what does not fit is found by the check; both are repaired."""
    page.get_by_role("link", name="1.1.2 ").click()
    page.locator("#rows-0-citizenship").fill("Camboda")
    page.locator("#rows-0-value").fill("twelve")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.locator("#rows-0-citizenship-error")).to_contain_text("Did you mean Cambodia")
    expect(page.locator("#rows-0-value")).to_have_value("twelve")
    look(page, "return-rows-errors")
    page.locator("#rows-0-citizenship").fill("Malaysia")
    page.locator("#rows-0-value").fill("1,200")
    expect(page.locator("[data-sum-figure]")).to_have_text("1,200")
    page.get_by_role("button", name="Save", exact=True).last.click()
    back_to_the_tasks(page, "1.1.2")
    page.get_by_role("button", name="Check and send").click()
    expect(page.get_by_text(re.compile("asks? for an explanation$"))).to_be_visible()
    look(page, "return-check-findings")
    page.locator(".vrs-findings--wait a").first.click()
    page.locator("#rows-0-value").fill("10")
    page.get_by_role("button", name="Save", exact=True).last.click()
    back_to_the_tasks(page, "1.1.2")
