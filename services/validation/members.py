"""What the texts in a report mean: countries, codes and places, and the findings where they mean nothing.

The rules on members stand in `rules/naming.py`; here a text only becomes a `Member`.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from contracts import geography
from contracts.geography import Ambiguous, Resolution, Resolved, Unknown
from contracts.template import Dimension, Question, Template

K = TypeVar("K")
V = TypeVar("V")

LONGEST_PLACE = 100
# A member is part of ids such as "sea|TH" and "AF>PK".
NOT_IN_A_PLACE = frozenset("|>")

MOST_REMEMBERED = 4_096
"""Members of a dimension, and rows of some dimensions: three modes of 250 countries are 750. A thousand rows take about
a megabyte."""

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
    name: str
    """As it is displayed; of a place without its State's code."""


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
            member = known[text] = self._member(dimension, text)
        return member

    def remembered(self, dimension: str) -> dict[str, Member]:
        """What texts of a dimension meant in earlier reports."""
        return _remembered[self.template.id, dimension]

    def _member(self, dimension: str, text: str) -> Member:
        remembered = self.remembered(dimension)
        member = remembered.get(text)
        if member is None:
            its = _COUNTRIES.get(dimension) or self.template.dimension(dimension)
            means = self._meaning(its, text)
            code = means.code if isinstance(means, Resolved) else None
            member = Member(its, text, means, code, _name(its, text, code))
            if code is not None and its.kind != "place":
                remember(remembered, text, member)
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


_remembered: dict[tuple[str, str], dict[str, Member]] = defaultdict(dict)


def remember(memory: dict[K, V], key: K, value: V) -> None:
    """For other reports too: of all that people type, only what was understood as a country or a code."""
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def _name(dimension: Dimension, text: str, code: str | None) -> str:
    match dimension.kind:
        case "country":
            return geography.name(code or "unknown")
        case "code":
            return dimension.labels.get(text, text)
        case "place":
            return text if code is None else code.partition(":")[2]


def _country(text: str, special: tuple[str, ...]) -> Meaning:
    """One look-up for both questions, what it means and whether that may stand here: suggestions cost a millisecond."""
    means = geography.resolve(text, SPECIALS)
    barred = frozenset(SPECIALS) - frozenset(special)
    if isinstance(means, Resolved) and means.code in barred:
        return NotAllowed(means.code)
    if isinstance(means, Ambiguous) and not barred.isdisjoint(means.candidates):
        return Ambiguous(tuple(one for one in means.candidates if one not in barred), means.former)
    return means
