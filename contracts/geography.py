"""Countries and territories: what a text means, how it is displayed, where it lies.

In: a text from a return (alpha-2, alpha-3, or a name in English or French, of today or of the past).
Out: `Resolved` (alpha-2 code, or a special member such as "unknown"), `Ambiguous` or `Unknown` with suggestions;
the latter two are findings for the sender, never a guess.
Facts: `reference/countries.json`; its sources are listed in `reference/README.md`.
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "fr"]
# The longest known name has 56 letters; longer text is no country, and is not worth comparing or caching.
LONGEST = 100
# Below this likeness the suggestions are noise ("Atlantis" would suggest Antarctica); tried on misspelt lists.
LIKENESS = 0.66


@dataclass(frozen=True, slots=True)
class Region:
    code: str  # UN M49
    name: str
    name_fr: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Country:
    alpha2: str
    alpha3: str
    m49: str | None  # None for Kosovo, which M49 does not list
    name: str
    official: str
    name_fr: str
    names: tuple[str, ...]  # other known names in English
    names_fr: tuple[str, ...]
    codes: tuple[str, ...]  # other codes: reserved, ICAO, withdrawn
    region: str | None  # None for Antarctica
    subregion: str | None
    intermediate: str | None
    bali_process: bool
    project_country: bool
    pilot: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Resolved:
    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    suggestions: tuple[str, ...]  # alpha-2 codes, the likeliest first


@dataclass(frozen=True, slots=True)
class Ambiguous:
    candidates: tuple[str, ...]  # alpha-2 codes, and specials that the dimension allows
    former: str | None = (
        None  # the country that is no more, where that is the reason: its successors are the candidates
    )


Resolution = Resolved | Unknown | Ambiguous


@dataclass(frozen=True, slots=True)
class _Index:
    countries: dict[str, Country]
    regions: dict[str, Region]
    specials: dict[str, dict[str, str]]
    by_code: dict[str, str]  # casefolded alpha-2, alpha-3, other codes -> alpha-2 or special
    by_name: dict[str, str]  # key(name) -> alpha-2 or special
    several: dict[str, Ambiguous]
    grams: dict[str, tuple[str, ...]]  # two letters -> the name keys that hold them


def key(text: str) -> str:
    """A name without case, accents, punctuation, spaces, "the" and "and"; `St.` is Saint."""
    flat = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("ß", "ss")).casefold()
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", flat.replace("'", " ").replace("’", " "))
    words = [word for word in words if word not in {"the", "and", "et"}]
    if len(words) > 1 and words[0] in {"le", "la", "les", "l"}:
        words = words[1:]
    return "".join("saint" if word == "st" else word for word in words)


@cache
def _index() -> _Index:
    raw: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "countries.json").read_text("utf-8"))
    lists = ("names", "names_fr", "codes")
    rows: list[dict[str, Any]] = [{k: tuple(v) if k in lists else v for k, v in c.items()} for c in raw["countries"]]
    found = [Country(**row) for row in rows]
    by_code: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for c in found:
        by_code |= {code.casefold(): c.alpha2 for code in (c.alpha2, c.alpha3, *c.codes)}
        by_name |= {key(n): c.alpha2 for n in (c.name, c.official, c.name_fr, *c.names, *c.names_fr)}
    specials: dict[str, dict[str, Any]] = raw["specials"]
    for special, s in specials.items():
        by_code |= {code.casefold(): special for code in s["codes"]}
        by_name |= {key(n): special for n in (special, s["label"], s["label_fr"], *s["names"])}
    several = {key(n): Ambiguous(tuple(codes)) for n, codes in raw["ambiguous"].items()}
    for f in raw["former"]:
        answer = Ambiguous(tuple(f["successors"]), f["name"])
        several |= {key(n): answer for n in (f["name"], *f["codes"], *f["also"])}
    grams: dict[str, list[str]] = defaultdict(list)
    for name_key, code in by_name.items():
        if code not in specials:
            for gram in {name_key[i : i + 2] for i in range(len(name_key) - 1)}:
                grams[gram].append(name_key)
    regions = {r["code"]: Region(**r) for r in raw["regions"]}
    frozen = {g: tuple(names) for g, names in grams.items()}
    labels = {s: {"en": v["label"], "fr": v["label_fr"]} for s, v in specials.items()}
    return _Index({c.alpha2: c for c in found}, regions, labels, by_code, by_name, several, frozen)


def resolve(text: str, special: Iterable[str] = ()) -> Resolution:
    """What country `text` means. `special`: the special members that the dimension allows, as ("unknown", "other").

    A special member that is not allowed is `Unknown`, and so is a blank: a blank is never a member.
    """
    return Unknown(()) if len(text) > LONGEST else _resolve(text, tuple(sorted(special)))


@lru_cache(maxsize=8192)  # a return has a few hundred rows; 8192 texts are about 2 MB
def _resolve(text: str, special: tuple[str, ...]) -> Resolution:
    index = _index()
    name_key = key(text)
    # Codes are compared as written, not by key: "N/A" must never become NA, Namibia.
    code = index.by_code.get(text.strip().casefold()) or index.by_name.get(name_key)
    if code is not None:
        return Resolved(code) if code in index.countries or code in special else Unknown(())
    if answer := index.several.get(name_key):
        allowed = tuple(c for c in answer.candidates if c in index.countries or c in special)
        return Ambiguous(allowed, answer.former)
    return Unknown(_suggest(name_key))


def _suggest(name_key: str) -> tuple[str, ...]:
    """Up to three countries with a name like this one.

    Pairs of letters first: difflib over all names takes 20 ms a row, this 0.2 ms.
    """
    index = _index()
    shared: Counter[str] = Counter()
    for gram in {name_key[i : i + 2] for i in range(len(name_key) - 1)}:
        shared.update(index.grams.get(gram, ()))
    likely = sorted(shared, key=lambda n: (-shared[n] / (len(n) + len(name_key)), n))[:12]
    # Names are misspelt, or made an adjective ("Thai"), at the end more than at the beginning.
    likeness = {n: SequenceMatcher(None, name_key, n).ratio() + 0.1 * (n[:3] == name_key[:3]) for n in likely}
    scored = sorted(((ratio, n) for n, ratio in likeness.items()), key=lambda s: (-s[0], s[1]))
    return tuple(dict.fromkeys(index.by_name[n] for ratio, n in scored if ratio >= LIKENESS))[:3]


def country(code: str) -> Country:
    """The country with this alpha-2 code; KeyError for anything else."""
    return _index().countries[code]


def countries() -> tuple[Country, ...]:
    """All countries and territories, by display name."""
    return tuple(_index().countries.values())


def name(code: str, language: Language = "en") -> str:
    """The name to display for an alpha-2 code or a special member ("Unknown"); KeyError for anything else."""
    if code in (index := _index()).specials:
        return index.specials[code][language]
    return index.countries[code].name if language == "en" else index.countries[code].name_fr


def region(code: str) -> Region:
    """The UN M49 region, sub-region or intermediate region with this code; KeyError for anything else."""
    return _index().regions[code]


def regions() -> tuple[Region, ...]:
    return tuple(_index().regions.values())


def members(region_code: str) -> tuple[Country, ...]:
    """The countries in an M49 region of any level: members("035") is South-eastern Asia."""
    return tuple(c for c in countries() if region_code in (c.region, c.subregion, c.intermediate))
