"""What was typed for a question, as it was typed: texts, not yet figures or codes, so that nothing is ever lost. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from contracts.report import Answer
from contracts.template import Question, Template

NOTHING = "nothing_to_report"
MOST_LINES = 5_000
"""As many rows as a report takes."""
_NAME = re.compile(r"(rows|routes|fees)-(\d{1,4})-([a-z_]+)")
_LEG = re.compile(r"routes-(\d{1,4})-legs-(\d{1,4})-([a-z]+)")
_SINGLE = ("value", "text", "comment", "caveat", "status", "sharing")

Line = dict[str, str]


class Typed(BaseModel):
    """Base of what was typed."""

    model_config = ConfigDict(extra="ignore")


class TypedRoute(Typed):
    """A route while it is built."""

    said: Line = Field(default_factory=dict)
    legs: list[Line] = Field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not any(self.said.values()) and not any(leg.get("country") for leg in self.legs)


class TypedFee(Typed):
    """A way from country to country while it is described."""

    said: Line = Field(default_factory=dict)
    methods: list[str] = Field(default_factory=list)
    payment: list[str] = Field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not any(self.said.values()) and not self.methods and not self.payment


class TypedAnswer(Typed):
    """All that was typed for one question. ``status``: blank, `nothing_to_report`, or why there is no figure."""

    status: str = ""
    value: str = ""
    text: str = ""
    comment: str = ""
    caveat: str = ""
    sharing: str = ""
    choices: list[str] = Field(default_factory=list)
    rows: list[Line] = Field(default_factory=list)
    routes: list[TypedRoute] = Field(default_factory=list)
    fees: list[TypedFee] = Field(default_factory=list)

    @property
    def blank(self) -> bool:
        """Whether nothing at all was said; how an answer would be shared says nothing."""
        return self.model_copy(update={"sharing": ""}) == TypedAnswer()

    @classmethod
    def of_form(cls, sent: Iterable[tuple[str, str]], question: Question, template: Template) -> Self:
        """Read the fields of the question's page; a field of another name is passed over."""
        single: dict[str, str] = {}
        lists: dict[str, dict[int, dict[str, Any]]] = {"rows": {}, "routes": {}, "fees": {}}
        legs: dict[int, dict[int, Line]] = {}
        choices: list[str] = []
        for name, raw in sent:
            value = raw.replace("\r\n", "\n").strip()
            if name in _SINGLE:
                single[name] = value
            elif name == "choices":
                choices.append(value)
            elif leg := _LEG.fullmatch(name):
                legs.setdefault(int(leg[1]), {}).setdefault(int(leg[2]), {})[leg[3]] = value
            elif found := _NAME.fullmatch(name):
                line = lists[found[1]].setdefault(int(found[2]), {})
                if found[3] in ("methods", "payment"):
                    line.setdefault(found[3], []).append(value)
                else:
                    line[found[3]] = value
        for index in legs:
            lists["routes"].setdefault(index, {})
        routes = [
            TypedRoute(said=line, legs=[one for _, one in sorted(legs.get(index, {}).items())])
            for index, line in sorted(lists["routes"].items())
        ]
        fees = [
            TypedFee(methods=line.pop("methods", []), payment=line.pop("payment", []), said=line)
            for _, line in sorted(lists["fees"].items())
        ]
        rows = [line for _, line in sorted(lists["rows"].items())][:MOST_LINES]
        whole = cls(**single, choices=choices, rows=rows, routes=routes, fees=fees)
        return whole.tidy(question, template)

    @classmethod
    def of_answer(cls, answer: Answer, sharing: str, question: Question, template: Template, name: Any) -> Self:
        """An answer of a report as it would have been typed. ``name``: from a country's code to its name."""
        countries = {one.id for one in template.dimensions if one.kind == "country"}

        def said(values: Mapping[str, Any], *named: str) -> Line:
            """Of ``values`` what is a text or a number; those ``named`` by their country's name."""
            kept = {key: _text(value) for key, value in values.items() if isinstance(value, str | int | float)}
            return {key: name(value) if key in named else value for key, value in kept.items()}

        return cls(
            status=NOTHING if answer.nothing_to_report else answer.status or "",
            value=_text(answer.value),
            text=answer.text or "",
            comment=answer.comment or "",
            caveat=answer.caveat or "",
            sharing=sharing,
            choices=list(answer.choices or ()),
            rows=[said(row.model_dump(exclude_none=True), *countries) for row in answer.rows or ()],
            routes=[
                TypedRoute(
                    said=said(route.model_dump(exclude_none=True), "citizenship"),
                    legs=[said(leg.model_dump(exclude_none=True), "country") for leg in route.legs],
                )
                for route in answer.routes or ()
            ],
            fees=[
                TypedFee(
                    said=said(fee.model_dump(by_alias=True, exclude_none=True), "from", "to", "citizenship"),
                    methods=list(fee.methods),
                    payment=list(fee.payment),
                )
                for fee in answer.fees or ()
            ],
        ).tidy(question, template)

    def tidy(self, question: Question, template: Template) -> Self:
        """Without blank lines, in the order of the page: so that a line's place is the same here and in the report."""
        fixed = fixed_dimension(question, template)
        codes = template.dimension(fixed).codes if fixed else ()
        rows = [row for row in self.rows if any(value for key, value in row.items() if key != fixed)]
        if fixed:
            rows.sort(key=lambda row: codes.index(row.get(fixed, "")) if row.get(fixed) in codes else len(codes))
        routes = [
            one.model_copy(update={"legs": [leg for leg in one.legs if leg.get("country")]})
            for one in self.routes
            if not one.blank
        ]
        return self.model_copy(
            update={"rows": rows, "routes": routes, "fees": [one for one in self.fees if not one.blank]}
        )


def fixed_dimension(question: Question, template: Template) -> str | None:
    """The dimension whose codes the page itself lists: of sub-questions (by sea …), or of a complete division."""
    for name in question.dimensions[:1]:
        if template.dimension(name).kind == "code" and (question.parts or question.complete):
            return name
    return None


def columns(question: Question, template: Template) -> Sequence[str]:
    """The dimensions that a row of the page asks for."""
    fixed = fixed_dimension(question, template)
    return tuple(one for one in question.dimensions if one != fixed)


def _text(value: float | str | None) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)
