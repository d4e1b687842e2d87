"""What the texts in a report mean: countries, codes and places, and the findings where they mean nothing.

The rules on members stand in `rules/naming.py`; here a text only becomes a `Member`.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from contracts import geography
from contracts.geography import Ambiguous, Resolution, Resolved, Unknown
from contracts.template import Dimension, Question, Template

LONGEST_PLACE = 100
# A member is part of ids such as "sea|TH" and "AF>PK".
NOT_IN_A_PLACE = frozenset("|>")

SPECIALS = ("other", "stateless", "unknown")

# The countries of a route and of a journey are no dimension of the template's: no row can be "unknown" there.
_COUNTRIES = {
    one: Dimension(id=one, kind="country", label=label, help="")
    for one, label in (
        ("country", "the country of a route"),
        ("from", "the country a journey leads from"),
        ("to", "the country a journey leads to"),
    )
}


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The text means "unknown" or its like, and the dimension takes countries only."""

    special: str


Meaning = Resolution | NotAllowed


class Member(NamedTuple):
    """A text, the dimension it belongs to, and what it means there. ``code``: None where it is not understood."""

    dimension: Dimension
    text: str
    means: Meaning
    code: str | None

    @property
    def short(self) -> str | None:
        """What an enriched report holds in place of the text: a place without its State's code before it."""
        return self.code.partition(":")[2] if self.code is not None and self.dimension.kind == "place" else self.code

    @property
    def name(self) -> str:
        """As it is displayed."""
        match self.dimension.kind:
            case "country":
                return geography.name(self.code or "unknown")
            case "code":
                return self.dimension.labels.get(self.text, self.text)
            case "place":
                return self.short or self.text


class Mention(NamedTuple):
    """A member where the report names it."""

    pointer: str
    question: Question
    member: Member


class Reader:
    """Reads members of one report. A place is ``TH:Padang Besar``: each State keeps its own list."""

    def __init__(self, template: Template, reporter: str, places: list[str]) -> None:
        """``places``: those that the State has named before, as members."""
        self.template = template
        self._reporter = reporter
        self._known: dict[str, dict[str, Member]] = defaultdict(dict)  # the same few countries stand in every table
        self._places = {place.casefold(): place for place in places}

    def read(self, dimension: str, text: str) -> Member:
        known = self._known[dimension]
        member = known.get(text)
        if member is None:
            its = _COUNTRIES.get(dimension) or self.template.dimension(dimension)
            means = self._meaning(its, text)
            code = means.code if isinstance(means, Resolved) else None
            member = known[text] = Member(its, text, means, code)
        return member

    def _meaning(self, dimension: Dimension, text: str) -> Meaning:
        match dimension.kind:
            case "country":
                return _country(text, dimension.special)
            case "code":
                return Resolved(text) if text in dimension.codes else Unknown(())
            case "place":
                return self._place(text)

    def _place(self, text: str) -> Resolution:
        """Blanks are evened out; capitals follow what the State wrote the first time."""
        name = " ".join(text.split())
        if not name or len(name) > LONGEST_PLACE or not name.isprintable() or not NOT_IN_A_PLACE.isdisjoint(name):
            return Unknown(())
        member = f"{self._reporter}:{name}"
        return Resolved(self._places.setdefault(member.casefold(), member))


@lru_cache(maxsize=4_096)  # a few hundred names of countries stand in every report
def _country(text: str, special: tuple[str, ...]) -> Meaning:
    """One look-up for both questions, what it means and whether that may stand here: suggestions cost a millisecond."""
    means = geography.resolve(text, SPECIALS)
    barred = frozenset(SPECIALS) - frozenset(special)
    if isinstance(means, Resolved) and means.code in barred:
        return NotAllowed(means.code)
    if isinstance(means, Ambiguous) and not barred.isdisjoint(means.candidates):
        return Ambiguous(tuple(one for one in means.candidates if one not in barred), means.former)
    return means
