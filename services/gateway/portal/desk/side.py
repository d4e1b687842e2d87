"""The parts side by side: a table per question, a column per source, with overlaps and gaps. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from contracts.context import Overlap
from contracts.report import Report
from contracts.template import Question
from services.gateway.portal.answered import Answers, Shown
from services.gateway.portal.desk.choosing import choosable

Mark = Literal["agree", "differ"]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what each source says of it, and what a release would say. ``origin``: who says the same."""

    label: str
    cells: dict[str, Shown]
    joined: Shown | None
    origin: list[str]
    mark: Mark | None
    values: dict[str, float]
    """Where sources meet and one may be chosen: what each says."""


@dataclass(frozen=True, slots=True)
class Table:
    """One question. ``silent``: sources that do not answer it."""

    question: Question
    lines: list[Line]
    silent: list[str]

    @property
    def differs(self) -> bool:
        return any(one.mark == "differ" for one in self.lines)


def tables(answers: Answers, sources: Mapping[str, Report], joined: Report, overlaps: list[Overlap]) -> list[Table]:
    """Every question that a source answers, in the order of the template."""
    marks = {one.pointer: one for one in overlaps}
    plain = {code: report.to_json()["answers"] for code, report in sources.items()}
    whole = joined.to_json()["answers"]
    found = []
    for question in answers.template.questions:
        said = {code: answers.lines(question, each[question.id]) for code, each in plain.items() if question.id in each}
        if said:
            together = answers.lines(question, whole[question.id]) if question.id in whole else []
            lines = _lines(said, together, marks)
            found.append(Table(question, lines, [code for code in sources if code not in said]))
    return found


def gaps(answers: Answers, sources: Mapping[str, Report]) -> list[Question]:
    """Questions that nobody answers."""
    told = {question for report in sources.values() for question in report.answers}
    return [one for one in answers.template.questions if one.id not in told]


def _mark(overlap: Overlap) -> Mark:
    return "differ" if len(set(overlap.values.values())) > 1 else "agree"


def _lines(said: Mapping[str, list[Shown]], together: list[Shown], marks: Mapping[str, Overlap]) -> list[Line]:
    by_key: dict[str, dict[str, Shown]] = {}
    for code, lines in said.items():
        for one in lines:
            by_key.setdefault(one.key, {}).setdefault(code, one)
    whole = {one.key: one for one in reversed(together)}
    return [_line(cells, whole.get(key), marks) for key, cells in by_key.items()]


def _line(cells: dict[str, Shown], joined: Shown | None, marks: Mapping[str, Overlap]) -> Line:
    origin = [code for code, one in cells.items() if joined is not None and _says(one) == _says(joined)]
    label = next(iter(cells.values())).label
    met = marks.get(joined.pointer) if joined else None
    if met is None:
        return Line(label, cells, joined, origin, None, {})
    values = {code: value for code, value in met.values.items() if value is not None} if choosable(met) else {}
    return Line(label, cells, joined, origin, _mark(met), values)


def _says(one: Shown) -> tuple[object, ...]:
    return one.value, one.status, one.words
