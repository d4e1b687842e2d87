"""What the members of a row mean, read once for all the rows that name the same, in one report or in many.

Beyond a report only what was understood is remembered: codes and countries, never a place, nor what may be anything.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from contracts import geography
from screening import screen_tree
from services.validation.members import SPECIALS, Member, Reader, remember

Json = dict[str, Any]
Given = tuple[tuple[str, str], ...]
"""The members of a row as they were sent: ``(("mode", "sea"), ("last_exit", "Lao PDR"))``."""


@dataclass(slots=True, eq=False)  # not frozen: making one would take three times as long
class Named:
    """What a row names. ``codes``: its members in the order of the dimensions, None where one is unclear or missing."""

    members: tuple[Member, ...]
    """Of the question's dimensions that the row names, in their order."""
    codes: tuple[str, ...] | None
    whole: bool
    """Every dimension of the question is named and understood, and nothing else stands there."""
    key: str
    """The codes as the member of a figure, ``sea|LA``; empty without them."""
    countries: Collection[str]
    told: Json
    """What an enriched row says of them: codes, name, and of a single country where it lies. Of whole ones only."""
    unscreened: Given | None
    """The texts to be searched for personal data; None where that was done before they were remembered."""


class Names(dict[Given, Named]):
    """What the rows of one report name under some dimensions: each combination is read at its first look-up."""

    def __init__(self, reader: Reader, dimensions: tuple[str, ...]) -> None:
        super().__init__()
        self._reader, self._dimensions = reader, dimensions
        self._places = any(reader.template.dimension(one).kind == "place" for one in dimensions)
        self.remembered = _remembered[reader.template.id, dimensions]
        """What earlier reports named; to be looked at first."""

    def __missing__(self, given: Given) -> Named:
        named = self[given] = self._read(given)
        if named.whole and not self._places and not screen_tree(given):
            named.unscreened = None
            remember(self.remembered, given, named)
        return named

    def _read(self, given: Given) -> Named:
        texts = dict(given)
        members = tuple([self._reader.read(one, texts[one]) for one in self._dimensions if one in texts])
        codes = understood(members) if len(members) == len(self._dimensions) else None
        if codes is None or len(given) > len(members):
            return Named(members, codes, False, "|".join(codes or ()), countries_of(members), {}, given)
        return Named(members, codes, True, "|".join(codes), countries_of(members), _told(given, members), given)


_remembered: dict[tuple[str, tuple[str, ...]], dict[Given, Named]] = defaultdict(dict)


def understood(members: tuple[Member, ...]) -> tuple[str, ...] | None:
    """The codes of members, None where one of them is unclear."""
    codes = tuple([member.code for member in members if member.code is not None])
    return codes if len(codes) == len(members) else None


def countries_of(members: Iterable[Member]) -> list[str]:
    """The countries among members, without "unknown" and its like."""
    codes = [member.code for member in members if member.dimension.kind == "country"]
    return [code for code in codes if code is not None and code not in SPECIALS]


@lru_cache(maxsize=512)  # the countries there are; callers copy what they get
def place_in_the_world(code: str | None) -> Json:
    """Region by name and Bali Process membership; nothing for "unknown" and its like."""
    if code is None or code in SPECIALS:
        return {}
    country = geography.country(code)
    region = country.intermediate or country.subregion or country.region
    return {"region": geography.region(region).name if region else None, "bali_process": country.bali_process}


def _told(given: Given, members: tuple[Member, ...]) -> Json:
    told: Json = dict(given)  # in the order in which they were sent
    for member in members:
        told[member.dimension.id] = member.name if member.dimension.kind == "place" else member.code
    told["name"] = " · ".join([member.name for member in members])
    countries = [member for member in members if member.dimension.kind == "country"]
    return told | place_in_the_world(countries[0].code) if len(countries) == 1 else told
