"""The national desk: an agency's part appears, the focal point chooses and adds up, and sends the national return."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Visit
from tests.browser.forms import JUDGED, answer_total, declare_and_send, go_to_return
from tests.browser.looking import Look

NAVY = {"illegal_entries.total": {"value": 12}, "smuggled_migrants.total": {"value": 5}}


def test_an_agencys_part_appears_on_the_desk_is_added_up_and_sent(visit: Visit, demo: Demo, look: Look) -> None:
    cycle = demo.new_cycle("ID")
    focal_point = visit("indonesia", at="/")
    to_the_desk(focal_point, cycle)
    expect(focal_point.get_by_text("No part of an agency is in force in this cycle.")).to_be_visible()
    look(focal_point, "desk-empty")

    agency = visit("indonesia-immigration")
    go_to_return(agency, cycle)
    answer_total(agency, "1.1.1", "30")
    answer_total(agency, "2.4.1", "4")
    agency.get_by_role("button", name="Check and send").click()
    declare_and_send(agency)
    expect(agency.locator(".vrs-state--large")).to_have_text("Accepted", timeout=JUDGED)
    with demo.gateway("agency:ID:ID-MAR") as navy:
        part = {
            "template": "ort/1",
            "reporter": "ID",
            "cycle": cycle,
            "agency": "ID-MAR",
            "scope": "full",
            "answers": NAVY,
        }
        assert navy.wait(navy.submit(part, f"{cycle}-navy"))["state"] == "accepted"

    to_the_desk(focal_point, cycle)
    row = focal_point.get_by_role("row", name="Total").first
    expect(row).to_contain_text("30")
    expect(row).to_contain_text("12")
    expect(row).to_contain_text("Figures differ")
    look(focal_point, "desk-differing")
    row.get_by_label("Take").select_option(label="added up: 42")
    focal_point.locator("main button", has_text="from these figures").click()
    expect(focal_point.get_by_text("The draft holds the joined figures with your choices.")).to_be_visible()
    focal_point.get_by_role("button", name="Check and send").click()
    focal_point.locator("#declared").check()
    if focal_point.locator("#reason").count():
        # Its parts flow through: they may have been joined into a first revision before.
        focal_point.locator("#reason").fill("The two agencies count different borders.")
    declare_and_send(focal_point)
    expect(focal_point.locator(".vrs-state--large")).to_have_text("Accepted", timeout=JUDGED)
    with demo.gateway("focal-point:ID") as indonesia:
        answers = indonesia.get(f"/reports/ID/{cycle}")["report"]["answers"]
    assert answers["illegal_entries.total"]["value"] == 42


def to_the_desk(page: Page, cycle: str) -> None:
    go_to_return(page, cycle)
    page.get_by_role("link", name="The parts of your agencies").click()
