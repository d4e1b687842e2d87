"""What several journeys do with the forms of a return."""

import re

from playwright.sync_api import Page

JUDGED = 20_000
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
    page.get_by_role("link", name="All questions").click()


def send_button(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Send the return")).click()


def declare_and_send(page: Page) -> None:
    """On the page “Check and send”; ends on the receipt."""
    page.locator("#declared").check()
    send_button(page)
    page.wait_for_url("**/submissions/*")
