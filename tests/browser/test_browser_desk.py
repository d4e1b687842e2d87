"""The national desk: an agency's part appears, the focal point chooses and adds up, and sends the national return."""

from playwright.sync_api import Page, expect

from cli.gateway import Problem
from deploy.local.waiting import wait_for
from tests.browser.conftest import Demo, Visit
from tests.browser.forms import JUDGED, accepted, answer_total, declare_and_send, go_to_return
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
    accepted(agency)
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

    joined(demo, cycle)
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
    focal_point.locator("#reason").fill("The two agencies count different borders.")
    declare_and_send(focal_point)
    accepted(focal_point)
    with demo.gateway("focal-point:ID") as indonesia:
        answers = indonesia.get(f"/reports/ID/{cycle}")["report"]["answers"]
    assert answers["illegal_entries.total"]["value"] == 42


def joined(demo: Demo, cycle: str) -> None:
    """Wait until what flows through by itself has done so: each part was joined, and the first is in force. One that
    came into force only behind the page “Check and send” would be corrected by it without a reason."""

    def missing() -> str | None:
        try:
            states = [one["state"] for one in indonesia.items(f"/reports/ID/{cycle}/revisions")]
        except Problem as problem:
            return str(problem)
        return None if states == ["accepted", "needs_explanation"] else f"its revisions are {states}"

    with demo.gateway("focal-point:ID") as indonesia:
        wait_for("both parts to be joined", missing, seconds=JUDGED / 1000)


def to_the_desk(page: Page, cycle: str) -> None:
    go_to_return(page, cycle)
    page.get_by_role("link", name="The parts of your agencies").click()
