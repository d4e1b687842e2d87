"""The Online Reporting Template as data: sections, groups, questions, dimensions, defined terms.

In: a template id as it stands in a report ("ort/1"). Out: a frozen `Template`, read once per process.
Facts: `reference/ort-1.json`, written from `reference/ort-1.yaml` by tools/reference/template.py.
"""

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

REFERENCE = Path(__file__).parent / "reference"

Kind = Literal["total", "breakdown", "routes", "fees", "narrative", "choices"]
DimensionKind = Literal["country", "place", "code"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Term(Frozen):
    """A defined term: what the "?" beside it shows."""

    id: str
    label: str
    help: str
    source: str | None = None


class Dimension(Frozen):
    id: str
    kind: DimensionKind
    label: str
    help: str
    codes: tuple[str, ...] = ()  # of kind "code": the members, in the order of the screens
    labels: dict[str, str] = {}  # code -> what the screens show
    special: tuple[str, ...] = ()  # of kind "country": the special members it allows; give them to geography.resolve
    inferred: bool = False


class Part(Frozen):
    """A sub-question of its own number on the screens, as 2.4.3.2: the rows of one code of the first dimension."""

    number: str
    code: str
    title: str
    text: str


class Question(Frozen):
    id: str
    number: str
    group: str
    kind: Kind
    title: str
    text: str  # with {state} to be filled in, and {citizenship} in the routes' heading
    help: str
    terms: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()  # of a breakdown, in the order of the columns
    uses: tuple[str, ...] = ()  # of routes and fees: dimensions whose codes their fields take
    codes: tuple[str, ...] = ()  # of choices
    code_list: str | None = None  # of choices: the dimension that the codes belong to
    complete: bool = False  # the parts sum to the total; otherwise they are the most frequent ones
    parts: tuple[Part, ...] = ()
    fields: dict[str, str] = {}
    inferred: bool = False


class Group(Frozen):
    """An indicator: the questions that measure one thing. `unit` is None where nothing is counted."""

    id: str
    number: str
    section: int
    title: str
    unit: str | None = None
    terms: tuple[str, ...] = ()
    questions: tuple[Question, ...]
    inferred: bool = False


class Section(Frozen):
    number: int
    title: str
    groups: tuple[Group, ...]
    inferred: bool = False


class Template(Frozen):
    id: str
    title: str
    terms: tuple[Term, ...]
    dimensions: tuple[Dimension, ...]
    sections: tuple[Section, ...]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        return tuple(group for section in self.sections for group in section.groups)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question in the order of the template."""
        return tuple(question for group in self.groups for question in group.questions)

    @cached_property
    def indicator_ids(self) -> tuple[str, ...]:
        """The ids that aggregates and searches call an indicator: the groups."""
        return tuple(group.id for group in self.groups)

    @cached_property
    def _by_id(self) -> tuple[dict[str, Question], dict[str, Group], dict[str, Dimension], dict[str, Term]]:
        return (
            {q.id: q for q in self.questions},
            {g.id: g for g in self.groups},
            {d.id: d for d in self.dimensions},
            {t.id: t for t in self.terms},
        )

    def question(self, question_id: str) -> Question:
        """KeyError for an id that the template does not have; so for the three below."""
        return self._by_id[0][question_id]

    def group(self, group_id: str) -> Group:
        return self._by_id[1][group_id]

    def dimension(self, dimension_id: str) -> Dimension:
        return self._by_id[2][dimension_id]

    def term(self, term_id: str) -> Term:
        return self._by_id[3][term_id]

    def total_of(self, question: Question) -> Question | None:
        """The total that a breakdown is part of; None where its group has none, and for a total itself."""
        found = (q for q in self.group(question.group).questions if q.kind == "total" and q.id != question.id)
        return next(found, None) if question.kind == "breakdown" else None


@cache
def ids() -> tuple[str, ...]:
    """The templates there are: ("ort/1",)."""
    names = sorted(path.stem for path in REFERENCE.glob("ort-*.json"))
    return tuple(re.sub(r"-(\d+)$", r"/\1", name) for name in names)


def load(template_id: str = "ort/1") -> Template:
    """The template; KeyError for an id that is not in `ids()`."""
    if template_id not in ids():
        raise KeyError(template_id)
    return _read(template_id)


@cache
def _read(template_id: str) -> Template:
    return Template.model_validate_json((REFERENCE / f"{template_id.replace('/', '-')}.json").read_bytes())
