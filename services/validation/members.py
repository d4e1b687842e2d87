"""What the texts in a report mean: countries, codes and places, and the findings where they mean nothing.

The rules on members stand in `rules/naming.py`; here a text only becomes a `Member`.
"""

from typing import NamedTuple

from contracts import geography
from contracts.geography import Resolution, Resolved, Unknown
from contracts.template import Dimension, Question, Template

LONGEST_PLACE = 100
# A member is part of ids such as "sea|TH" and "AF>PK".
NOT_IN_A_PLACE = frozenset("|>")

# The countries of a route and of a journey are no dimension of the template's: no row can be "unknown" there.
_COUNTRIES = {
    one: Dimension(id=one, kind="country", label=label, help="")
    for one, label in (
        ("country", "the country of a route"),
        ("from", "the country a journey leads from"),
        ("to", "the country a journey leads to"),
    )
}


class Member(NamedTuple):
    """A text at one place of the report, the dimension it belongs to, and what it means there."""

    pointer: str
    question: Question
    dimension: Dimension
    text: str
    means: Resolution

    @property
    def code(self) -> str | None:
        return self.means.code if isinstance(self.means, Resolved) else None


class Reader:
    """Reads members of one report. A place is ``TH:Padang Besar``: each State keeps its own list."""

    def __init__(self, template: Template, reporter: str, places: list[str]) -> None:
        """``places``: those that the State has named before, as members."""
        self.template = template
        self._reporter = reporter
        self._places = {place.casefold(): place for place in places}

    def read(self, dimension: Dimension | str, question: Question, pointer: str, text: str) -> Member:
        if isinstance(dimension, str):
            dimension = _COUNTRIES.get(dimension) or self.template.dimension(dimension)
        return Member(pointer, question, dimension, text, self._meaning(dimension, text))

    def _meaning(self, dimension: Dimension, text: str) -> Resolution:
        match dimension.kind:
            case "country":
                return geography.resolve(text, dimension.special)
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
