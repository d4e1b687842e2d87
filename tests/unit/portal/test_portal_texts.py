"""Every text of the portal has its French, with the same things filled in; nothing is left unmarked or doubtful."""

import re

import pytest
from babel.messages.catalog import Message

from services.gateway.portal.texts import preferred, translations
from tests.unit.portal.conftest import Visit
from tools.texts import CONTRACTS, catalogue_of, extracted, page_sets, read, untranslated

SETS = [*page_sets(), CONTRACTS]
FILLED_IN = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@pytest.mark.parametrize("name", SETS)
def test_every_text_of_the_set_is_in_french(name: str) -> None:
    there = read(catalogue_of(name))
    missing = [one.id for one in extracted(name) if one.id and one.id not in there]
    assert not missing, f"run `make texts SET={name}`, then write the French"
    assert not untranslated(there)


@pytest.mark.parametrize("name", SETS)
def test_a_translation_fills_in_what_the_text_fills_in(name: str) -> None:
    def filled(text: str) -> set[str]:
        return set(FILLED_IN.findall(text))

    for one in read(catalogue_of(name)):
        pairs = list(_pairs(one))
        assert all(filled(source) == filled(target) for source, target in pairs), pairs


@pytest.mark.parametrize("name", SETS)
def test_french_is_set_as_french_is(name: str) -> None:
    """A round apostrophe, and no line ever begins with a colon: a no-break space stands before double signs."""
    texts = [target for one in read(catalogue_of(name)) for _, target in _pairs(one)]
    assert not [text for text in texts if "'" in text or re.search(r" [:;?!»]|« ", text)]


def _pairs(one: Message) -> list[tuple[str, str]]:
    if not one.id or not one.string:
        return []
    if isinstance(one.id, str):
        return [(one.id, str(one.string))]
    return [(one.id[-1], target) for target in one.string]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr", "fr"),
        ("fr-CH, en;q=0.8", "fr"),
        ("de, en;q=0.5, fr;q=0.9", "fr"),
        ("th", "en"),
        ("", "en"),
        (";q=x", "en"),
    ],
)
def test_the_browsers_own_preference_is_followed(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


async def test_the_language_that_was_chosen_stays_with_the_user(visitor: Visit) -> None:
    one = await visitor("focal-point:TH")
    assert '<html lang="fr"' in (await one.get("/language/fr", back="/account/password")).text
    assert "Changer le mot de passe" in (await one.get("/account/password")).text
    elsewhere = await visitor("focal-point:TH")
    assert '<html lang="fr"' in (await elsewhere.get("/")).text


def test_plurals_follow_french_grammar() -> None:
    texts = translations("fr")
    several = [texts.ngettext("%(num)s day left", "%(num)s days left", n) for n in (0, 1, 2)]
    assert several == ["%(num)s jour restant", "%(num)s jour restant", "%(num)s jours restants"]


def test_a_page_set_says_its_own_words_first_and_the_others_words_else() -> None:
    search, returns = translations("fr", "search"), translations("fr", "returns")
    assert (search.gettext("Change"), returns.gettext("Change")) == ("Évolution", "Modifier")
    assert search.gettext("Sign out") == returns.gettext("Sign out") == "Se déconnecter"
