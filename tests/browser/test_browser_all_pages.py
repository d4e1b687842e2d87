"""What holds for every page: its looks at every width, its weight, its policy, and that it is French in French."""

import re
from functools import cache
from zoneinfo import available_timezones

import pytest
from playwright.sync_api import Page, Response

from cli.demo.logins import LOGINS
from cli.demo.participants import AGENCIES, ORGANISATION, PROFILES
from cli.demo.returns import SYNTHETIC
from cli.demo.story import REASON
from contracts import geography
from tests.browser.conftest import Visit
from tests.browser.looking import Look, texts
from tests.browser.pages import PAGES, Seen
from tools.texts import CONTRACTS, catalogue_of, page_sets, read

HEAVIEST = 100_000
"""Bytes on the wire, before charts."""
WEIGHT = """() => performance.getEntries().filter((one) => one.encodedBodySize
  && !/vendor[/](vega|world)|[.]json/.test(one.name)).reduce((sum, one) => sum + one.encodedBodySize, 0)"""
SENTENCES = ("Registers invented for the demonstration.", SYNTHETIC, REASON)
AS_TYPED = (
    *(one[name] for one in AGENCIES for name in ("name", "id", "email")),
    *(f"Focal point unit of {one.name}" for one in PROFILES.values()),
    *(f"focal-point@{code.lower()}.example" for code in PROFILES),
    *(place for one in PROFILES.values() for place in one.points),
    *("VRS-MSRC", ORGANISATION["name"], "PIDC", "unit-1", "Aranyaprathet", "Vietnm", *SENTENCES, *LOGINS),
    *(name for zone in available_timezones() for name in (zone, zone.replace("_", " ").rpartition("/")[2])),
)
"""What the demonstration's users have typed, which no catalogue translates."""
COUNTRIES = [
    geography.name(one.alpha2)
    for one in geography.countries()
    if geography.name(one.alpha2) == geography.name(one.alpha2, "fr")
]
DATA = re.compile("|".join(map(re.escape, sorted([*AS_TYPED, *COUNTRIES], key=len, reverse=True))))
AROUND = re.compile(r"^[\d.]+ | – VRS-MSRC$")
"""The number of a question, the end of a title."""
LETTERS = re.compile(r"[^\W\d_]{3}")


@pytest.mark.parametrize("seen", PAGES, ids=lambda one: one.name)
def test_the_page_is_good_to_look_at_light_and_its_own_in_both_languages(visit: Visit, look: Look, seen: Seen) -> None:
    page = visit(seen.login, at="about:blank")
    answer = page.goto(seen.path)
    assert answer
    policy_is_strict(answer)
    assert page.evaluate(WEIGHT) < HEAVIEST
    look(page, seen.name)
    french = visit(seen.login, at=seen.path, language="fr")
    assert french.locator("html").get_attribute("lang") == "fr"
    look(french, f"fr-{seen.name}", widths=(360,))
    assert not untranslated(page, french), seen.path


def policy_is_strict(answer: Response) -> None:
    """The browser refuses what is inline, evaluated or from elsewhere, on this page too."""
    policy = dict(one.split(" ", 1) for one in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"


def untranslated(english: Page, french: Page) -> list[str]:
    """Texts that are the same in both languages, though nobody typed them and French has no such word."""
    same = texts(english) & texts(french)
    return sorted(
        one
        for one in same
        if LETTERS.search(DATA.sub("", one)) and AROUND.sub("", one).casefold() not in said_the_same()
    )


@cache
def said_the_same() -> set[str]:
    """Every text of the catalogues: the French of some is the English."""
    messages = [one for name in (*page_sets(), CONTRACTS) for one in read(catalogue_of(name))]
    return {
        text.casefold()
        for one in messages
        for text in ([one.string] if isinstance(one.string, str) else one.string or ())
    }
