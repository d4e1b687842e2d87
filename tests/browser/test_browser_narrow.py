"""On a telephone everything is read without scrolling sideways, and no address is torn where its line has room."""

import pytest
from playwright.sync_api import Page, expect

from services.gateway.portal.wording import ROLES
from tests.browser.conftest import Demo, Visit
from tests.browser.looking import Look
from tests.browser.pages import HALF

NARROW = 360
LONG = "the-joint-coordination-centre-for-the-eastern-land-borders@immigration-and-border-protection.gov.example"
CELLS = """cells => cells.map((one) => {
  const box = one.getBoundingClientRect();
  return [one.dataset.label ?? "", one.innerText.trim(), box.left >= 0 && box.right <= innerWidth];
})"""


def cards(page: Page) -> list[list[tuple[str, str]]]:
    """Heading and text of every cell that has one, card by card; all of them lie within the page."""
    page.set_viewport_size({"width": NARROW, "height": 900})
    found = []
    for row in page.locator("main tbody tr").all():
        cells = row.locator("td[data-label]").evaluate_all(CELLS)
        assert all(within for *_, within in cells), cells
        found.append([(label, text) for label, text, _ in cells])
    return found


def test_who_may_see_what_says_it_of_every_role(visit: Visit) -> None:
    for card in cards(visit("thailand", at="/content/access")):
        assert [label for label, _ in card] == list(ROLES.values())
        assert {text for _, text in card} <= {"Yes", "No"}


def test_the_desk_has_a_card_for_every_figure(visit: Visit) -> None:
    page = visit("indonesia", at=f"/desk/{HALF}")
    expect(page.get_by_role("button", name="Release as the national return")).to_be_visible()
    found = cards(page)
    assert found
    # A sentence has the whole width of its card, not what the source's name leaves of it.
    sentence = page.locator("td[data-label]", has=page.locator(".vrs-typed", has_text="invented")).first
    shares = sentence.evaluate("one => one.querySelector('.vrs-typed').getBoundingClientRect().width / one.clientWidth")
    assert shares > 0.7, "it ends where its longest line does"
    for card in found:
        labels = [label for label, _ in card]
        assert labels[-2:] == ["Joined", "From"]
        assert len(labels) > 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_long_addresses_and_ids_break_where_their_parts_end(
    visit: Visit, demo: Demo, look: Look, language: str
) -> None:
    login = f"th-joint.coordination_centre-eastern.land_borders-{demo.unused_cycle()}-{language}"
    demo.vrs("users", "add", login, "--as", "analyst:TH")
    look(visit("centre", at="/users", language=language), f"narrow-{language}-users")
    point = "/participants/TH/focal-points/joint-coordination_centre-for-eastern_land_borders"
    with demo.gateway("centre") as centre:
        centre.put(point, {"unit": "Focal point unit of Thailand", "email": LONG})
    page = visit("centre", at="/participants/TH", language=language)
    look(page, f"narrow-{language}-participant")
    # What was made is ended again: it would get the mails of every later test.
    page.locator(f"form[action='{point}/end'] button").click()
    expect(page.get_by_text(LONG)).to_have_count(0)
