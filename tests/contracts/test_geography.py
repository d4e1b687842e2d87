"""Geography: what a text in a return means."""

import json
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import geography
from contracts.geography import Ambiguous, Country, Resolved, Unknown, countries, key, name, resolve

RAW = json.loads((Path(geography.__file__).parent / "reference" / "countries.json").read_text("utf-8"))
ALL = countries()


def names(c: Country) -> tuple[str, ...]:
    return (c.name, c.official, c.name_fr, *c.names, *c.names_fr)


NAMED = [(text, c.alpha2) for c in ALL for text in names(c)]


def test_there_are_the_249_of_iso_3166_and_kosovo() -> None:
    assert len(ALL) == 250
    assert len({c.alpha2 for c in ALL}) == len({c.alpha3 for c in ALL}) == 250
    assert (geography.country("XK").alpha3, geography.country("XK").m49) == ("XKX", None)


@given(st.sampled_from(NAMED), st.sampled_from([str, str.upper, str.lower, lambda t: f"  the {t}. "]))
def test_every_name_means_its_country_in_any_case(named: tuple[str, str], written: object) -> None:
    text = written(named[0]) if callable(written) else named[0]
    assert resolve(text) == Resolved(named[1])


@pytest.mark.parametrize("text", ["La Réunion", "the La Réunion", "The Réunion"])
def test_an_article_before_a_name_changes_nothing_nor_do_two(text: str) -> None:
    assert resolve(text) == Resolved("RE")


@pytest.mark.parametrize("c", ALL, ids=lambda c: c.alpha2)
def test_every_code_and_every_name_of_a_country_mean_it(c: Country) -> None:
    for text in (c.alpha2, c.alpha3, *c.codes, *names(c)):
        assert resolve(text) == Resolved(c.alpha2), text
        without_accents = "".join(x for x in unicodedata.normalize("NFKD", text) if not unicodedata.combining(x))
        assert resolve(without_accents.replace(" and ", " & ")) == Resolved(c.alpha2)


def test_no_name_is_claimed_by_two() -> None:
    claims: dict[str, set[str]] = defaultdict(set)
    for text, alpha2 in NAMED:
        claims[key(text)].add(alpha2)
    assert {k: v for k, v in claims.items() if len(v) > 1} == {}
    assert not claims.keys() & {key(n) for n in RAW["ambiguous"]}
    assert not claims.keys() & {key(n) for f in RAW["former"] for n in (f["name"], *f["also"])}


def test_no_code_is_claimed_by_two() -> None:
    codes = [code for c in ALL for code in (c.alpha2, c.alpha3, *c.codes)]
    codes += [code for s in RAW["specials"].values() for code in s["codes"]]
    codes += [code for f in RAW["former"] for code in f["codes"]]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Lao PDR", "LA"), ("Laos", "LA"), ("Viet Nam", "VN"), ("Vietnam", "VN"), ("Burma", "MM"), ("Ceylon", "LK"),
        ("Cape Verde", "CV"), ("Swaziland", "SZ"), ("Macedonia", "MK"), ("Czech Republic", "CZ"), ("Turkey", "TR"),
        ("Türkiye", "TR"), ("Ivory Coast", "CI"), ("South Korea", "KR"), ("Republic of Korea", "KR"),
        ("Korea, Republic of", "KR"), ("DPRK", "KP"), ("Iran", "IR"), ("Syria", "SY"), ("Russia", "RU"), ("UK", "GB"),
        ("U.K.", "GB"), ("USA", "US"), ("u.s.a.", "US"), ("Hong Kong SAR", "HK"), ("Macau", "MO"), ("Taiwan", "TW"),
        ("East Timor", "TL"), ("Palestine", "PS"), ("Moldova", "MD"), ("Tanzania", "TZ"), ("Bolivia", "BO"),
        ("Venezuela", "VE"), ("Micronesia", "FM"), ("Guinea", "GN"), ("Sudan", "SD"), ("Holland", "NL"), ("th", "TH"),
        ("tha", "TH"), ("Thaïlande", "TH"), ("Bosnia & Herzegovina", "BA"), ("St. Lucia", "LC"), ("BUR", "MM"),
        ("Zaire", "CD"), ("XKX", "XK"), ("East Germany", "DE"), ("AND", "AD"), ("NO", "NO"), ("L'Afghanistan", "AF"),
    ],
)  # fmt: skip
def test_names_of_today_and_of_the_past_are_understood(text: str, code: str) -> None:
    assert resolve(text) == Resolved(code)


def test_a_name_that_two_share_is_ambiguous() -> None:
    assert resolve("Congo") == Ambiguous(("CD", "CG"))
    assert resolve("Korea") == Ambiguous(("KR", "KP"))


@pytest.mark.parametrize(
    "text", ["SU", "USSR", "YU", "Yugoslavia", "CS", "Czechoslovakia", "AN", "Netherlands Antilles"]
)
def test_a_country_that_is_no_more_asks_for_a_successor(text: str) -> None:
    answer = resolve(text)
    assert isinstance(answer, Ambiguous)
    assert answer.former
    assert len(answer.candidates) > 1


@pytest.mark.parametrize(
    ("text", "code"), [("Afganistan", "AF"), ("Mianmar", "MM"), ("Cambodja", "KH"), ("Thai", "TH")]
)
def test_a_misspelt_name_gets_a_suggestion_and_no_guess(text: str, code: str) -> None:
    answer = resolve(text)
    assert isinstance(answer, Unknown)
    assert answer.suggestions[0] == code


@pytest.mark.parametrize(
    "text", ["", " ", "?", "N/A", "n.a.", "-", "xyz", "Atlantis", "0", "x" * 100_000, "\x00", "T H"]
)
def test_what_is_no_country_is_unknown_and_a_blank_is_no_member(text: str) -> None:
    assert resolve(text, special=("unknown", "other", "stateless")) == Unknown(())


@given(st.text(max_size=150))
def test_any_text_gets_an_answer(text: str) -> None:
    answer = resolve(text)
    codes: tuple[str, ...] = (answer.code,) if isinstance(answer, Resolved) else ()
    codes += answer.suggestions if isinstance(answer, Unknown) else ()
    assert all(geography.country(code) for code in codes)


@pytest.mark.parametrize(
    ("text", "special"),
    [("stateless", "stateless"), ("XXA", "stateless"), ("Apatride", "stateless"), ("XXX", "unknown"),
     ("Not known", "unknown"), ("other", "other"), ("OOO", "other"), ("Autres", "other")],
)  # fmt: skip
def test_special_members_are_understood_only_where_the_dimension_allows_them(text: str, special: str) -> None:
    assert resolve(text, special=(special,)) == Resolved(special)
    assert resolve(text) == Unknown(())


def test_unk_is_never_guessed() -> None:
    assert resolve("UNK", special=("unknown",)) == Ambiguous(("XK", "unknown"))


def test_names_are_displayed_as_the_documents_show_them() -> None:
    shown = ("Lao PDR", "Myanmar", "Viet Nam", "Hong Kong", "United Kingdom", "Türkiye", "Czechia")
    assert tuple(name(code) for code in ("LA", "MM", "VN", "HK", "GB", "TR", "CZ")) == shown
    assert geography.country("LA").official == "Lao People's Democratic Republic"
    assert (name("TH", "fr"), name("unknown"), name("stateless", "fr")) == ("Thaïlande", "Unknown", "Apatride")


def test_project_pilot_and_bali_process_countries_are_marked() -> None:
    expected = "AF KH CN IN ID LA MY MV MM PK SG LK TH VN"
    pilot = "AU KH FR FJ HK ID MV NZ PK LK TO GB US"
    project = {c.alpha2 for c in ALL if c.project_country}
    assert project == set(expected.split())
    assert {c.alpha2 for c in ALL if c.pilot} == set(pilot.split())
    assert sum(c.bali_process for c in ALL) == 45
    assert project <= {c.alpha2 for c in ALL if c.bali_process}


def test_every_country_lies_in_its_m49_region() -> None:
    assert {c.alpha2 for c in ALL if c.region is None} == {"AQ"}
    south_east = "BN KH ID LA MY MM PH SG TH TL VN"
    assert {c.alpha2 for c in geography.members("035")} == set(south_east.split())
    for c in ALL:
        if c.region and c.subregion:
            assert geography.region(c.subregion).parent == c.region, c
            assert c.intermediate is None or geography.region(c.intermediate).parent == c.subregion
    assert [geography.region(code).name for code in ("142", "035")] == ["Asia", "South-eastern Asia"]
    assert {r.code for r in geography.regions() if r.parent is None} == {"002", "009", "019", "142", "150"}
