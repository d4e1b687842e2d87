"""How reports are put together: a partial one with what it replaces, the parts of a State's agencies into one return.

Pure. In: reports whose shape is known to be right. Out: a report, and where agencies gave the same figure. Source: the
national platform of the project's documents, which joins what a State's own agencies hold; how overlaps are treated is
inferred (docs/architecture.md, "Parts of agencies").
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from contracts import geography
from contracts import template as templates
from contracts.context import Overlap
from contracts.events import Explanation
from contracts.findings import pointer
from contracts.report import Answer, Fee, Report, Route, Row
from contracts.template import Dimension

T = TypeVar("T", Row, Route, Fee)
Given = Mapping[str, Answer]
"""The answers to one question: the State's own under its code, then the agencies' in the order of theirs."""

_CONTENT = ("value", "rows", "routes", "fees", "choices", "text")
_LISTS = ("rows", "routes", "fees")
LONGEST_TEXT, LONGEST_COMMENT = 20_000, 2_000


def merge(base: Report | None, partial: Report) -> Report:
    """``partial`` on top of ``base``: its questions replace theirs, what it does not speak of stays.

    The result is full: it is judged as one return. Without a base, or for a report that is full, it is ``partial``.
    """
    if base is None or partial.scope == "full":
        return partial
    return partial.model_copy(
        update={
            "scope": "full",
            "answers": {**base.answers, **partial.answers},
            "sharing": {**base.sharing, **partial.sharing},
        }
    )


def join(base: Report | None, parts: Mapping[str, Report], seen: Collection[str] = ()) -> tuple[Report, list[Overlap]]:
    """The national return: what the State itself sent (``base``) and its agencies' ``parts``, and where they meet.

    Where the State and an agency give the same figure the State's stands. ``seen``: agencies whose part was there
    when the State spoke; it has decided about these, so that no overlap with it is left. The order of ``parts`` does
    not matter. A part that only says why it has no figures ("not collected") replaces nothing that somebody else has.
    Raises ValueError without any part, and where the joined return would be larger than a report may be.
    """
    if not parts:
        raise ValueError("a joined return needs at least one part")
    ordered = dict(sorted(parts.items()))
    first = base or next(iter(ordered.values()))
    sources = ({base.reporter: base} if base else {}) | ordered
    answers = dict(base.answers) if base else {}
    overlaps: list[Overlap] = []
    for question in dict.fromkeys(q for part in ordered.values() for q in part.answers):
        given = {source: report.answers[question] for source, report in sources.items() if question in report.answers}
        telling = {agency: answer for agency, answer in given.items() if _tells(answer)}
        if not telling:
            answers.setdefault(question, next(iter(given.values())))
        elif len(telling) == 1:
            answers[question] = next(iter(telling.values()))
        else:
            answers[question], found = _Table(first.template, question, first.reporter, seen).combine(telling)
            overlaps += found
    report = Report.model_validate(
        {
            "template": first.template,
            "reporter": first.reporter,
            "cycle": first.cycle,
            "answers": answers,
            "sharing": _strictest([report.sharing for report in sources.values()]),
        }
    )
    return report, overlaps


def with_explanations(report: Report, explanations: Iterable[Explanation]) -> Report:
    """The report with each explanation as the comment of the row or answer it points to, where none stands yet.

    So that what was explained once stays explained when the answer moves into another report. A pointer to nothing
    is passed over.
    """
    answers = dict(report.answers)
    for one in explanations:
        tokens = [token.replace("~1", "/").replace("~0", "~") for token in one.pointer.split("/")[1:]]
        if len(tokens) >= 2 and tokens[0] == "answers" and tokens[1] in answers:
            answers[tokens[1]] = _commented(answers[tokens[1]], tokens[2:4], one.comment)
    return report.model_copy(update={"answers": answers})


def _commented(answer: Answer, place: Sequence[str], comment: str) -> Answer:
    rows: list[Row | Route | Fee] = list(getattr(answer, place[0]) or ()) if place and place[0] in _LISTS else []
    if len(place) == 2 and place[1].isascii() and place[1].isdigit() and int(place[1]) < len(rows):
        row = rows[int(place[1])]
        rows[int(place[1])] = row if row.comment else row.model_copy(update={"comment": comment})
        return answer.model_copy(update={place[0]: rows})
    return answer if answer.comment else answer.model_copy(update={"comment": comment})


def _tells(answer: Answer) -> bool:
    """Whether an answer says more than why there is nothing to say."""
    return answer.nothing_to_report or any(getattr(answer, name) is not None for name in _CONTENT)


def _strictest(levels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Who shares least decides: no agency opens what another keeps."""
    joined: dict[str, str] = {}
    for one in levels:
        for question, level in one.items():
            joined[question] = "centre_only" if "centre_only" in (level, joined.get(question)) else level
    return joined


class _Table:
    """One question to which several have something to say: agencies, and the State itself under its own code."""

    def __init__(self, template_id: str, question: str, state: str, seen: Collection[str]) -> None:
        self._state, self._seen = state, frozenset(seen)
        self._template = templates.load(template_id) if template_id in templates.ids() else None
        self._question = question
        self._at = pointer("answers", question)
        self._overlaps: list[Overlap] = []

    def combine(self, given: Given) -> tuple[Answer, list[Overlap]]:
        """All of it in one answer. Where agencies differ, no comment of theirs stands: it would explain the
        difference, which none of them knew of, and nobody would be asked.
        """
        content = {agency: answer for agency, answer in given.items() if not answer.nothing_to_report}
        if not content:
            self._overlap(self._at, dict.fromkeys(given, 0))
            return next(iter(given.values())), self._overlaps
        if len(content) < len(given):
            nothing = {agency: 0 for agency in given if agency not in content}
            self._overlap(self._at, {**{agency: answer.value for agency, answer in content.items()}, **nothing})
        fields: dict[str, Any] = {
            "value": self._value(content),
            "rows": self._lines("rows", content, self._row_key, lambda row: row.value),
            "routes": self._lines("routes", content, self._route_key, lambda route: route.persons),
            "fees": self._lines("fees", content, self._fee_key, _amount),
            "choices": list(dict.fromkeys(choice for one in content.values() for choice in one.choices or ())) or None,
            "text": _said({agency: one.text for agency, one in content.items()}, LONGEST_TEXT),
        }
        differ = any(len(set(overlap.values.values())) > 1 for overlap in self._overlaps)
        if not differ:
            fields["comment"] = _said({agency: one.comment for agency, one in content.items()}, LONGEST_COMMENT)
            fields["caveat"] = next((one.caveat for one in content.values() if one.caveat), None)
        return Answer.model_validate({k: v for k, v in fields.items() if v is not None}), self._overlaps

    def _value(self, given: Given) -> float | None:
        values = {agency: one.value for agency, one in given.items() if one.value is not None}
        if len(values) > 1:
            self._overlap(self._at, values)
        return values.get(self._state, max(values.values(), default=None))

    def _lines(
        self, field: str, given: Given, key: Callable[[T], Hashable], figure: Callable[[T], float | None]
    ) -> list[T] | None:
        """The rows of all; of rows with the same key the State's own, else the one with the higher figure."""
        rows: dict[Hashable, dict[str, T]] = {}
        for agency, answer in given.items():
            seen: Counter[Hashable] = Counter()  # an agency's own repetition is its own fault, and stays visible
            for row in getattr(answer, field) or ():
                place = (key(row), seen[key(row)])
                seen[key(row)] += 1
                rows.setdefault(place, {})[agency] = row
        return [self._line(f"{self._at}/{field}/{i}", same, figure) for i, same in enumerate(rows.values())] or None

    def _line(self, at: str, same: Mapping[str, T], figure: Callable[[T], float | None]) -> T:
        figures = {agency: value for agency, row in same.items() if (value := figure(row)) is not None}
        highest = max(figures, key=lambda agency: figures[agency]) if figures else next(iter(same))
        stands = same.get(self._state, same[highest])
        if len(figures) > 1:
            self._overlap(at, figures)
        asked = {agency: value for agency, value in figures.items() if not self._decided(agency, figures)}
        update: dict[str, Any] = {"comment": None, "caveat": None} if len(set(asked.values())) > 1 else {}
        if isinstance(stands, Fee) and len(same) > 1:
            fees = [row for row in same.values() if isinstance(row, Fee)]
            update["methods"] = list(dict.fromkeys(method for fee in fees for method in fee.methods))
            update["payment"] = list(dict.fromkeys(way for fee in fees for way in fee.payment))
        return stands.model_copy(update=update)

    def _overlap(self, at: str, values: Mapping[str, float | None]) -> None:
        open_ones = {source: value for source, value in values.items() if not self._decided(source, values)}
        if len(open_ones) > 1:
            self._overlaps.append(Overlap(question=self._question, pointer=at, values=open_ones))

    def _decided(self, source: str, values: Mapping[str, float | None]) -> bool:
        """Whether the State gave this figure itself, knowing what this agency had said."""
        return self._state in values and source in self._seen

    def _row_key(self, row: Row) -> Hashable:
        dimensions = {one.id: one for one in self._template.dimensions} if self._template else {}
        return frozenset((name, _member(text, dimensions.get(name))) for name, text in row.members.items())

    def _route_key(self, route: Route) -> Hashable:
        return _country(route.citizenship), tuple(_country(leg.country) for leg in route.legs)

    def _fee_key(self, fee: Fee) -> Hashable:
        citizenship = None if fee.citizenship is None else _country(fee.citizenship)
        return _country(fee.from_), _country(fee.to), citizenship, fee.mode, fee.currency


def _amount(fee: Fee) -> float | None:
    return next((one for one in (fee.fee_typical, fee.fee_max, fee.fee_min) if one is not None), None)


def _member(text: str, dimension: Dimension | None) -> str:
    """A member as it is compared: agencies of one State may spell a country or a place differently."""
    if dimension is not None and dimension.kind == "country":
        return _country(text)
    return " ".join(text.split()).casefold()


def _country(text: str) -> str:
    meaning = geography.resolve(text, ("stateless", "unknown", "other"))
    return meaning.code if isinstance(meaning, geography.Resolved) else text.strip().casefold()


def _said(texts: Mapping[str, str | None], longest: int) -> str | None:
    """What several agencies say in words: each under its code, cut evenly where it would be too long for one text."""
    said = {agency: text for agency, text in texts.items() if text}
    if len(set(said.values())) < 2:
        return next(iter(said.values()), None)
    room = longest // len(said) - 30  # for the code, the dots and the line between
    cut = (f"{agency}: {text if len(text) <= room else text[:room] + '…'}" for agency, text in said.items())
    return "\n".join(cut)
