"""What holds for every page: WCAG 2.2 AA by axe-core, its width, its own origin, in both languages."""

import pytest

from tests.browser.conftest import WIDTHS, Visit, accessible
from tests.browser.pages import PAGES, Seen


@pytest.mark.parametrize("seen", PAGES, ids=lambda one: one.name)
def test_the_page_is_accessible_and_fits_every_width(visit: Visit, seen: Seen) -> None:
    page = visit(seen.login)
    page.goto(seen.path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        accessible(page)


@pytest.mark.parametrize("seen", PAGES, ids=lambda one: one.name)
def test_the_page_is_there_in_french(visit: Visit, seen: Seen) -> None:
    page = visit(seen.login, language="fr", width=360)
    page.goto(seen.path)
    assert page.locator("html").get_attribute("lang") == "fr"
    accessible(page)
