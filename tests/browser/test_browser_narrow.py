"""On a telephone everything is read without scrolling sideways, and no address is torn where its line has room."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Demo, Visit
from tests.browser.looking import Look

LONG = "the-joint-coordination-centre-for-the-eastern-land-borders@immigration-and-border-protection.gov.example"


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
