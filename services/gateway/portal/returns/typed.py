"""What was typed for a question, as it was typed: texts, not yet figures or codes, so that nothing is lost. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from contracts.template import Question, Template

NOTHING = "nothing_to_report"
MOST_LINES = 5_000
"""As many rows as a report takes."""
_NAME = re.compile(r"(rows|routes|fees)-(\d{1,4})-([a-z_]+)")
_LEG = re.compile(r"routes-(\d{1,4})-legs-(\d{1,4})-([a-z]+)")
_SINGLE = ("value", "text", "comment", "caveat", "status", "sharing")

_ROW = ("value", "status", "comment", "caveat")
_ROUTE = ("citizenship", "persons", "share", "comment", "caveat")
_FEE = ("from", "to", "citizenship", "mode", "fee_min", "fee_typical", "fee_max", "currency", "comment", "caveat")

Json = dict[str, Any]
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

    def texts(self) -> Iterable[tuple[str, str]]:
        """Every text with the field of the page that it stands in."""
        yield from ((name, getattr(self, name)) for name in _SINGLE)
        yield from (("choices", one) for one in self.choices)
        for i, row in enumerate(self.rows):
            yield from ((f"rows-{i}-{name}", text) for name, text in row.items())
        for i, route in enumerate(self.routes):
            yield from ((f"routes-{i}-{name}", text) for name, text in route.said.items())
            for place, leg in enumerate(route.legs):
                yield from ((f"routes-{i}-legs-{place}-{name}", text) for name, text in leg.items())
        for i, fee in enumerate(self.fees):
            yield from ((f"fees-{i}-{name}", text) for name, text in fee.said.items())
            yield from ((f"fees-{i}-methods", one) for one in fee.methods)
            yield from ((f"fees-{i}-payment", one) for one in fee.payment)

    @classmethod
    def of_form(cls, sent: Iterable[tuple[str, str]]) -> Self:
        """Read the fields of a question's page, blank lines too; a field of another name is passed over."""
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
                if found[1] == "fees" and found[3] in ("methods", "payment"):
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
        return cls(**single, choices=choices, rows=rows, routes=routes, fees=fees)

    @classmethod
    def of_answer(
        cls, told: Json, sharing: str, question: Question, template: Template, name: Callable[[str], str]
    ) -> Self:
        """An answer of a stored report, enriched or not, as it would have been typed. ``name``: a country's, from its
        code."""
        countries = {one.id for one in template.dimensions if one.kind == "country"}

        def line(values: Json, fields: Iterable[str], named: Collection[str]) -> Line:
            texts = {key: _text(values.get(key)) for key in fields}
            return {key: name(text) if key in named else text for key, text in texts.items() if text}

        return cls(
            status=NOTHING if told.get(NOTHING) else told.get("status") or "",
            **{key: _text(told.get(key)) for key in ("value", "text", "comment", "caveat")},
            sharing=sharing,
            choices=list(told.get("choices") or ()),
            rows=[line(row, (*question.dimensions, *_ROW), countries) for row in told.get("rows") or ()],
            routes=[
                TypedRoute(
                    said=line(route, _ROUTE, {"citizenship"}),
                    legs=[line(leg, ("country", "type", "mode"), {"country"}) for leg in route.get("legs") or ()],
                )
                for route in told.get("routes") or ()
            ],
            fees=[
                TypedFee(
                    said=line(fee, _FEE, {"from", "to", "citizenship"}),
                    methods=list(fee.get("methods") or ()),
                    payment=list(fee.get("payment") or ()),
                )
                for fee in told.get("fees") or ()
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


def answers_of(report: Json, template: Template, name: Callable[[str], str]) -> dict[str, TypedAnswer]:
    """Every answer of a stored report as it would have been typed."""
    told, sharing = report.get("answers") or {}, report.get("sharing") or {}
    return {
        one.id: TypedAnswer.of_answer(told[one.id], sharing.get(one.id, ""), one, template, name)
        for one in template.questions
        if one.id in told
    }
