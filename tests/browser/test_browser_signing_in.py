"""Each role signs in, sees its dashboard, reads it in French, and signs out; with scripts and without."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import Look
from tests.browser.pages import EVERYBODY


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("login", EVERYBODY)
def test_a_role_signs_in_changes_the_language_and_signs_out(visit: Visit, login: str, scripts: bool) -> None:
    page = visit(login, scripts=scripts, fresh=True)
    expect(page.locator("h1")).to_have_text("Dashboard")
    page.get_by_role("link", name="Français").click()
    expect(page.locator("h1")).to_have_text("Tableau de bord")
    page.locator("summary", has_text="Quitter").click()
    expect(page.get_by_text(login)).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Se connecter")


def test_a_wrong_password_is_told_at_its_field_and_takes_the_focus(visit: Visit, look: Look) -> None:
    page = visit(None)
    page.locator("#login").fill("nobody-of-that-name")
    page.locator("#password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.locator("#login")).to_have_value("nobody-of-that-name")
    look(page, "sign-in-wrong")
    page.locator(".govuk-error-summary a").click()
    expect(page.locator("#login")).to_be_focused()


def test_a_password_that_will_not_do_is_told_at_its_fields(visit: Visit, look: Look) -> None:
    page = visit("thailand", at="/account/password")
    page.get_by_label("Present password", exact=True).fill("wrong")
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#old_password-error")).to_be_visible()
    expect(page.locator("#new_password-error")).to_be_visible()
    look(page, "password-errors")
