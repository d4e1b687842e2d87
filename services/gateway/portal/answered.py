"""The answers of a report as lines to be read: each with its place in the report, what it is about, and what it says.

Pure. Takes a report as it was sent as well as one that was enriched. Holds no text: names of countries and codes come
in as functions, in the visitor's language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import geography
from contracts.findings import pointer
from contracts.template import Dimension, Question, Template

Json = Mapping[str, Any]
NOTHING = "nothing_to_report"
_SPECIAL = ("stateless", "unknown", "other")
_AMOUNTS = ("fee_min", "fee_typical", "fee_max")


@dataclass(frozen=True, slots=True)
class Shown:
    """One line. ``label`` is empty for the answer as a whole; ``key`` tells the line from the others of its table.

    ``status``: why there is no figure. ``words``: what is said beside or instead of one. ``notes``: comment, caveat.
    """

    pointer: str
    key: str
    label: str
    value: float | None = None
    status: str | None = None
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """Reads answers to the questions of ``template``. ``country`` names a code, ``said`` translates a label."""

    template: Template
    country: Callable[[str], str]
    said: Callable[[str], str]

    def lines(self, question: Question, answer: Json) -> list[Shown]:
        """The lines of one answer, in the order of the report; the answer as a whole first, where it says something."""
        return [*self._whole(question, answer), *self._rows(question, answer)]

    def of(self, report: Json) -> list[tuple[Question, list[Shown]]]:
        """Every question that the report answers, in the order of the template."""
        answers = report.get("answers") or {}
        return [(one, self.lines(one, answers[one.id])) for one in self.template.questions if one.id in answers]

    def _whole(self, question: Question, answer: Json) -> Iterator[Shown]:
        status = NOTHING if answer.get(NOTHING) else answer.get("status")
        labels = self.template.dimension(question.code_list).labels if question.code_list else {}
        words = [self.said(labels.get(one, one)) for one in answer.get("choices") or ()]
        if answer.get("text"):
            words.append(str(answer["text"]))
        notes = _notes(answer)
        if answer.get("value") is not None or status or words or notes:
            yield Shown(pointer("answers", question.id), "", "", answer.get("value"), status, tuple(words), notes)

    def _rows(self, question: Question, answer: Json) -> Iterator[Shown]:
        at = ("answers", question.id)
        for index, row in enumerate(answer.get("rows") or ()):
            names, keys = self._members(question, row)
            yield Shown(pointer(*at, "rows", index), keys, names, row.get("value"), row.get("status"), (), _notes(row))
        for index, route in enumerate(answer.get("routes") or ()):
            legs = [str(leg.get("country", "")) for leg in route.get("legs") or ()]
            key = ">".join(code_of(one) for one in (route.get("citizenship", ""), *legs))
            share = (f"{route['share']:g} %",) if route.get("share") is not None else ()
            label = f"{self._country(route.get('citizenship', ''))}: {self._way(legs)}"
            yield Shown(pointer(*at, "routes", index), key, label, route.get("persons"), None, share, _notes(route))
        for index, fee in enumerate(answer.get("fees") or ()):
            ends = [str(fee.get("from", "")), str(fee.get("to", ""))]
            about = [fee.get("citizenship") or "", fee.get("mode") or "", fee.get("currency") or ""]
            key = "|".join([code_of(one) for one in (*ends, about[0])] + about[1:])
            yield Shown(pointer(*at, "fees", index), key, self._way(ends), None, None, self._fee(fee), _notes(fee))

    def _fee(self, fee: Json) -> tuple[str, ...]:
        amounts = ["–" if fee.get(name) is None else f"{fee[name]:,.0f}" for name in _AMOUNTS]
        given = any(fee.get(name) is not None for name in _AMOUNTS)
        words = [f"{' / '.join(amounts)} {fee.get('currency') or ''}".strip()] if given else []
        if fee.get("citizenship"):
            words.append(self._country(fee["citizenship"]))
        codes = [("mode", fee.get("mode"))] if fee.get("mode") else []
        codes += [("smuggling_method", one) for one in fee.get("methods") or ()]
        codes += [("payment_method", one) for one in fee.get("payment") or ()]
        return (*words, *(self._code(self.template.dimension(name), str(one)) for name, one in codes))

    def _members(self, question: Question, row: Json) -> tuple[str, str]:
        names, keys = [], []
        for one in question.dimensions:
            dimension, text = self.template.dimension(one), str(row.get(one) or "")
            match dimension.kind:
                case "country":
                    names.append(self._country(text))
                    keys.append(code_of(text))
                case "code":
                    names.append(self._code(dimension, text))
                    keys.append(text)
                case "place":
                    names.append(text)
                    keys.append(" ".join(text.split()).casefold())
        return " · ".join(names), "|".join(keys)

    def _country(self, text: str) -> str:
        return self.country(code_of(text)) if text else ""

    def _way(self, codes: Sequence[str]) -> str:
        return " > ".join(self._country(one) for one in codes)

    def _code(self, dimension: Dimension, code: str) -> str:
        return self.said(dimension.labels.get(code, code))


def code_of(text: str) -> str:
    """A country's code for any name of it; what is none stays as it was written."""
    meaning = geography.resolve(text, _SPECIAL)
    return meaning.code if isinstance(meaning, geography.Resolved) else text


def _notes(line: Json) -> tuple[str, ...]:
    return tuple(str(line[name]) for name in ("comment", "caveat") if line.get(name))
