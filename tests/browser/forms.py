"""What several journeys do with the forms of a return."""

import re

from playwright.sync_api import Page, expect

JUDGED = 60_000
"""Milliseconds from sending to judged, on a machine that does much else."""


def go_to_return(page: Page, cycle: str) -> str:
    """By clicking, from the dashboard to the return of a cycle; its address."""
    page.goto("/")
    page.get_by_role("link", name=cycle, exact=True).click()
    page.wait_for_url("**/returns/**")
    return page.url


def answer_total(page: Page, number: str, figure: str) -> None:
    """From the tasks of a return into the question of that number and back to the tasks."""
    page.get_by_role("link", name=re.compile(f"^{re.escape(number)} ")).click()
    page.locator("#value").fill(figure)
    page.get_by_role("button", name="Save", exact=True).last.click()
    back_to_the_tasks(page, number)


def saved(page: Page, number: str) -> None:
    """Wait until the page says that the answer is kept: whoever clicks on before may take its saving back."""
    expect(page.get_by_text(f"{number} is saved.")).to_be_visible()


def back_to_the_tasks(page: Page, number: str) -> None:
    """From the question of that number, which is just being saved, to the tasks of its return."""
    saved(page, number)
    page.get_by_role("link", name="All questions").click()
    expect(page.locator("h1")).to_have_text(re.compile("^Return "))


def check(page: Page) -> None:
    """From the tasks of a return to its page “Check and send”."""
    page.get_by_role("button", name="Check and send").click()
    page.wait_for_url("**/check")


def send_button(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Send the return")).click()


def declare_and_send(page: Page) -> None:
    """On the page “Check and send”; ends on the receipt."""
    page.locator("#declared").check()
    send_button(page)
    page.wait_for_url("**/submissions/*")


def accepted(page: Page) -> None:
    """On a receipt, with scripts: wait until it says so for good. One that has watched the return being judged reads
    itself anew then, under whatever is done on it meanwhile; only what is settled offers no “Refresh”."""
    expect(page.locator(".vrs-state--large")).to_have_text("Accepted", timeout=JUDGED)
    expect(page.get_by_role("link", name="Refresh")).to_have_count(0)
    page.wait_for_load_state()
