"""From what was typed to the report that is sent, and what cannot be read of it. Pure.

Only what a report cannot even hold is a fault here: a number that is none, a country that nobody knows. Every rule
about the content is validation's, asked by the dry run.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts import geography
from contracts.template import Dimension, Question, Template
from services.gateway.portal.menu import N_
from services.gateway.portal.returns.typed import NOTHING, Line, TypedAnswer, TypedFee, TypedRoute

TEMPLATE = "ort/1"
Json = dict[str, Any]
_GROUPED = re.compile(r"-?\d{1,3}(?:[ \u00a0\u202f,'’]\d{3})+")
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,15}\.\d{1,6}", re.ASCII)
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)

NO_NUMBER = N_("Write a number in figures, for example 12000.")
DOTTED = N_("Write the number without dots, for example 12000: a dot may mean thousands or a fraction.")
UNKNOWN_COUNTRY = N_("No country of the name “%(typed)s” is known. Choose one of the list.")
LIKELY_COUNTRY = N_("No country of the name “%(typed)s” is known. Did you mean %(names)s?")
SEVERAL_COUNTRIES = N_("“%(typed)s” may mean more than one country: %(names)s. Write which.")


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be read in one field. ``text`` is to be translated, ``codes`` are countries to be named in it."""

    field: str
    text: str
    typed: str = ""
    codes: tuple[str, ...] = ()


@dataclass
class Read:
    """An answer, as far as it can be read, and its faults."""

    answer: Json = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def number(self, at: str, text: str) -> float | None:
        """The number that was typed, or None with a fault."""
        if not text:
            return None
        flat = re.sub(r"[ \u00a0\u202f,'’]", "", text) if _GROUPED.fullmatch(text) else text
        if _WHOLE.fullmatch(flat):
            return int(flat)
        if _FRACTION.fullmatch(flat) and not _DOTTED.fullmatch(flat):
            return float(flat)
        self.faults.append(Fault(at, DOTTED if _DOTTED.fullmatch(flat) else NO_NUMBER))
        return None

    def country(self, at: str, text: str, special: Iterable[str]) -> str:
        """The code of the country that was named, or the text with a fault."""
        meaning = geography.resolve(text, special)
        match meaning:
            case geography.Resolved(code):
                return code
            case geography.Ambiguous(candidates):
                self.faults.append(Fault(at, SEVERAL_COUNTRIES, text[:100], candidates))
            case geography.Unknown(suggestions):
                said = LIKELY_COUNTRY if suggestions else UNKNOWN_COUNTRY
                self.faults.append(Fault(at, said, text[:100], suggestions))
        return text[:200]


def read(typed: TypedAnswer, question: Question, template: Template) -> Read:
    """The answer to one question, as a report holds it."""
    found = Read()
    answer = found.answer
    if typed.status == NOTHING:
        answer[NOTHING] = True
    elif typed.status:
        answer["status"] = typed.status
    _say(answer, typed.model_dump(include={"comment", "caveat", "text"}))
    if typed.value:
        answer["value"] = found.number("value", typed.value)
    if typed.choices:
        answer["choices"] = typed.choices
    if typed.rows:
        dimensions = {name: template.dimension(name) for name in question.dimensions}
        answer["rows"] = [_row(found, f"rows-{i}", row, dimensions) for i, row in enumerate(typed.rows)]
    if typed.routes:
        special = template.dimension("citizenship").special
        answer["routes"] = [_route(found, f"routes-{i}", one, special) for i, one in enumerate(typed.routes)]
    if typed.fees:
        special = template.dimension("citizenship").special
        answer["fees"] = [_fee(found, f"fees-{i}", one, special) for i, one in enumerate(typed.fees)]
    return found


def report_of(
    answers: Mapping[str, TypedAnswer], template: Template, reporter: str, cycle: str, agency: str | None
) -> tuple[Json, dict[str, list[Fault]]]:
    """The whole report, and the faults of each question that has any. An answer that says nothing is left out."""
    told: dict[str, Json] = {}
    faults: dict[str, list[Fault]] = {}
    sharing: dict[str, str] = {}
    for question in template.questions:
        typed = answers.get(question.id)
        if typed is None:
            continue
        # How a table is shared is said of tables that are in the return.
        if typed.blank:
            continue
        one = read(typed, question, template)
        told[question.id] = one.answer
        if one.faults:
            faults[question.id] = one.faults
        if typed.sharing and typed.sharing != "all":
            sharing[question.id] = typed.sharing
    report: Json = {"template": TEMPLATE, "reporter": reporter, "cycle": cycle, "answers": told, "sharing": sharing}
    return ({**report, "agency": agency} if agency else report), faults


def _row(found: Read, at: str, row: Line, dimensions: Mapping[str, Dimension]) -> Json:
    told: Json = {}
    for name, dimension in dimensions.items():
        text = row.get(name, "")
        if text and dimension.kind == "country":
            text = found.country(f"{at}-{name}", text, dimension.special)
        if text:
            told[name] = text
    if row.get("value"):
        told["value"] = found.number(f"{at}-value", row["value"])
    _say(told, {name: row.get(name, "") for name in ("status", "comment", "caveat")})
    return told


def _route(found: Read, at: str, route: TypedRoute, special: Iterable[str]) -> Json:
    told: Json = {"citizenship": "", "legs": []}
    if text := route.said.get("citizenship"):
        told["citizenship"] = found.country(f"{at}-citizenship", text, special)
    for place, leg in enumerate(route.legs):
        one: Json = {"country": found.country(f"{at}-legs-{place}-country", leg.get("country", ""), ())}
        one["type"] = leg.get("type", "")
        _say(one, {"mode": leg.get("mode", "")})
        told["legs"].append(one)
    for name in ("persons", "share"):
        if route.said.get(name):
            told[name] = found.number(f"{at}-{name}", route.said[name])
    _say(told, {name: route.said.get(name, "") for name in ("comment", "caveat")})
    return told


def _fee(found: Read, at: str, fee: TypedFee, special: Iterable[str]) -> Json:
    told: Json = {"from": "", "to": ""}
    for name, allowed in (("from", ()), ("to", ()), ("citizenship", tuple(special))):
        if text := fee.said.get(name):
            told[name] = found.country(f"{at}-{name}", text, allowed)
    for name in ("fee_min", "fee_typical", "fee_max"):
        if fee.said.get(name):
            told[name] = found.number(f"{at}-{name}", fee.said[name])
    _say(told, {name: fee.said.get(name, "") for name in ("mode", "currency", "comment", "caveat")})
    _say(told, {"methods": fee.methods, "payment": fee.payment})
    return told


def _say(told: Json, said: Mapping[str, Any]) -> None:
    told.update({name: value for name, value in said.items() if value})
