"""However often a return is sent — by a double click, from two tabs, after a step back — it is sent once."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Demo, Visit
from tests.browser.forms import JUDGED, accepted, answer_total, check, declare_and_send, go_to_return


@pytest.fixture
def ready(visit: Visit, demo: Demo) -> Page:
    """The page “Check and send” of a return with one answer."""
    page = visit("thailand")
    go_to_return(page, demo.new_cycle("TH"))
    answer_total(page, "1.1.1", "12")
    check(page)
    return page


def sent(demo: Demo, page: Page, address: str) -> list[str]:
    """The receipts of what was sent for the return, once that of ``page`` is judged: what was sent with it has come
    before that. Looked up in a tab of its own: in this one the second click of a double click may still be on its way
    to the receipt."""
    with demo.gateway("focal-point:TH") as interface:
        assert interface.wait(page.url.rpartition("/")[2], JUDGED / 1000)["state"] == "accepted"
    with page.context.new_page() as other:
        other.goto(address.removesuffix("/check"))
        links = other.get_by_role("link", name="Receipt and findings").all()
        return [str(link.get_attribute("href")) for link in links]


def test_a_double_click_sends_once(ready: Page, demo: Demo) -> None:
    address = ready.url
    ready.locator("#declared").check()
    ready.get_by_role("button", name="Send the return").dblclick()
    ready.wait_for_url("**/submissions/*")
    receipt = ready.url
    assert [receipt.endswith(one) for one in sent(demo, ready, address)] == [True]


def test_two_tabs_send_once(ready: Page, visit: Visit, demo: Demo) -> None:
    address = ready.url
    other = visit("thailand", at=address)
    declare_and_send(ready)
    declare_and_send(other)
    assert other.url == ready.url
    assert len(sent(demo, ready, address)) == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_step_back_leads_to_the_receipt_and_to_no_second_sending(visit: Visit, demo: Demo, scripts: bool) -> None:
    page = visit("thailand", scripts=scripts)
    go_to_return(page, demo.new_cycle("TH"))
    answer_total(page, "1.1.1", "12")
    check(page)
    address = page.url
    declare_and_send(page)
    receipt = page.url
    if scripts:
        accepted(page)
    page.go_back()
    expect(page.get_by_role("heading", name="This is sent")).to_be_visible()
    expect(page.locator("#declared")).to_have_count(0)
    page.locator("main").get_by_role("link", name="Receipt and findings").click()
    expect(page).to_have_url(receipt)
    assert len(sent(demo, page, address)) == 1


def test_a_reload_of_the_receipt_sends_nothing(ready: Page, demo: Demo) -> None:
    address = ready.url
    declare_and_send(ready)
    accepted(ready)
    ready.reload()
    expect(ready.locator("h1")).to_have_text("Receipt")
    assert len(sent(demo, ready, address)) == 1


WATCHING = """source => {
  const timeline = document.createElement("div");
  timeline.id = "timeline";
  timeline.dataset.events = "/submissions/some/events";
  const script = document.createElement("script");
  script.type = "module";
  script.src = source;
  document.querySelector("main").append(timeline, script);
}"""


def test_what_is_clicked_while_a_return_is_being_judged_is_not_taken_back(visit: Visit) -> None:
    """A receipt reads itself anew once its return is judged, unless it is being left: the next page may be slow."""
    page = visit("thailand", at="/content/help")
    slow: list[Route] = []
    page.route("**/events", lambda _: None)
    page.route("**/returns", lambda route: slow.insert(0, route))
    with page.expect_request("**/events"):
        page.evaluate(WATCHING, "/static/returns/live.js")
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/events")):
        page.evaluate("() => { location.href = '/returns'; }")
    while not slow:  # until the time of the test is over
        page.wait_for_timeout(50)
    slow[0].continue_()
    page.wait_for_url("**/returns")
