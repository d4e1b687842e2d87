"""The case before the judge: the recorded report with its answers read once, so that each rule only compares.

Reading never refuses: what cannot be understood stays in place as an `Unknown` or `Ambiguous`, for a rule to name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from contracts import template as templates
from contracts.context import Context
from contracts.events import ReportRecorded
from contracts.findings import pointer
from contracts.geography import Resolved
from contracts.report import Answer, Fee, Report, Route, Row
from contracts.template import Dimension, Question, Template
from services.validation.members import Member, Reader

MOST_COUNTED = 100_000_000
"""More than a year's detections of irregular migration in the whole world: from one State it is a slip of the keys."""


def count(value: float | None) -> int | None:
    """A figure as a whole number, or None for what is none: absent, negative, fractional or absurd."""
    if value is None or value != int(value) or not 0 <= value <= MOST_COUNTED:
        return None
    return int(value)


class Line(NamedTuple):
    """A row of a breakdown. ``codes``: its members in the order of the dimensions, None where one is unclear."""

    number: int  # from 0
    pointer: str
    row: Row
    members: tuple[Member, ...]
    codes: tuple[str, ...] | None
    figure: int | None


@dataclass(frozen=True, slots=True)
class Way:
    """A route. ``codes``: the countries of its legs, None if one is unclear."""

    index: int
    pointer: str
    route: Route
    citizenship: Member
    legs: tuple[Member, ...]
    other: tuple[Member, ...]

    @property
    def codes(self) -> tuple[str, ...] | None:
        return resolved(self.legs)


@dataclass(frozen=True, slots=True)
class Price:
    """A row of methods and fees."""

    index: int
    pointer: str
    fee: Fee
    origin: Member
    target: Member
    other: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one question of the template. What the question's kind does not take is left unread."""

    question: Question
    pointer: str
    answer: Answer
    lines: tuple[Line, ...] = ()
    ways: tuple[Way, ...] = ()
    prices: tuple[Price, ...] = ()
    choices: tuple[Member, ...] = ()

    @property
    def total(self) -> int | None:
        """Of a total: its figure; "nothing to report" says that there was none."""
        return 0 if self.answer.nothing_to_report else count(self.answer.value)

    @property
    def sum(self) -> int | None:
        """Of a breakdown: the sum of its figures, None where there is none."""
        figures = [line.figure for line in self.lines if line.figure is not None]
        return sum(figures) if figures else None

    @property
    def whole(self) -> bool:
        """Of a breakdown: whether every row has a figure, so that its sum says something."""
        return bool(self.lines) and all(line.figure is not None for line in self.lines)

    def members(self) -> Iterator[Member]:
        for line in self.lines:
            yield from line.members
        for way in self.ways:
            yield way.citizenship
            yield from way.legs
            yield from way.other
        for price in self.prices:
            yield price.origin
            yield price.target
            yield from price.other
        yield from self.choices


@dataclass(frozen=True)
class Case:
    """Everything a rule may look at. ``template`` is None, and ``replies`` empty, where the template is unknown."""

    recorded: ReportRecorded
    template: Template | None
    replies: dict[str, Reply]

    @property
    def report(self) -> Report:
        return self.recorded.report

    @property
    def context(self) -> Context:
        return self.recorded.context

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Every member of a dimension that the report names, in the order of the report."""
        return tuple(member for reply in self.replies.values() for member in reply.members())

    def group(self, group_id: str) -> list[Reply]:
        """The replies to the questions of one group, in the order of the template."""
        return [reply for reply in self.replies.values() if reply.question.group == group_id]


def read(recorded: ReportRecorded) -> Case:
    """The case of a recorded report."""
    report = recorded.report
    if report.template not in templates.ids():
        return Case(recorded, None, {})
    template = templates.load(report.template)
    reader = Reader(template, report.reporter, recorded.context.places)
    replies = (_reply(reader, q, report.answers[q.id]) for q in template.questions if q.id in report.answers)
    return Case(recorded, template, {reply.question.id: reply for reply in replies})


def resolved(members: tuple[Member, ...]) -> tuple[str, ...] | None:
    """The codes of members, None where one of them is unclear."""
    codes = tuple([member.means.code for member in members if isinstance(member.means, Resolved)])
    return codes if len(codes) == len(members) else None


def _reply(reader: Reader, question: Question, answer: Answer) -> Reply:
    at = pointer("answers", question.id)
    match question.kind:
        case "breakdown":
            dimensions = tuple(reader.template.dimension(one) for one in question.dimensions)
            lines = enumerate(answer.rows or ())
            return Reply(
                question, at, answer, lines=tuple(_line(reader, question, dimensions, at, *one) for one in lines)
            )
        case "routes":
            ways = tuple(
                _way(reader, question, f"{at}/routes/{i}", i, one) for i, one in enumerate(answer.routes or ())
            )
            return Reply(question, at, answer, ways=ways)
        case "fees":
            prices = tuple(
                _price(reader, question, f"{at}/fees/{i}", i, one) for i, one in enumerate(answer.fees or ())
            )
            return Reply(question, at, answer, prices=prices)
        case "choices" if question.code_list is not None:
            chosen = enumerate(answer.choices or ())
            codes = tuple(reader.read(question.code_list, question, f"{at}/choices/{i}", one) for i, one in chosen)
            return Reply(question, at, answer, choices=codes)
        case _:
            return Reply(question, at, answer)


def _line(reader: Reader, question: Question, dimensions: tuple[Dimension, ...], at: str, index: int, row: Row) -> Line:
    here, given = f"{at}/rows/{index}", row.members
    members = tuple(
        [reader.read(one, question, f"{here}/{one.id}", given[one.id]) for one in dimensions if one.id in given]
    )
    codes = resolved(members) if len(members) == len(dimensions) else None
    return Line(index, here, row, members, codes, count(row.value))


def _way(reader: Reader, question: Question, at: str, index: int, route: Route) -> Way:
    legs = tuple(
        reader.read("country", question, f"{at}/legs/{i}/country", leg.country) for i, leg in enumerate(route.legs)
    )
    types = [("leg_type", f"{at}/legs/{i}/type", leg.type) for i, leg in enumerate(route.legs)]
    modes = [("mode", f"{at}/legs/{i}/mode", leg.mode) for i, leg in enumerate(route.legs) if leg.mode is not None]
    other = tuple(reader.read(dimension, question, where, text) for dimension, where, text in types + modes)
    return Way(
        index, at, route, reader.read("citizenship", question, f"{at}/citizenship", route.citizenship), legs, other
    )


def _price(reader: Reader, question: Question, at: str, index: int, fee: Fee) -> Price:
    single = [("citizenship", "citizenship", fee.citizenship), ("mode", "mode", fee.mode)]
    several = [("smuggling_method", f"methods/{i}", one) for i, one in enumerate(fee.methods)]
    several += [("payment_method", f"payment/{i}", one) for i, one in enumerate(fee.payment)]
    named = [(dimension, where, text) for dimension, where, text in single if text is not None] + several
    other = tuple(reader.read(dimension, question, f"{at}/{where}", text) for dimension, where, text in named)
    origin = reader.read("from", question, f"{at}/from", fee.from_)
    return Price(index, at, fee, origin, reader.read("to", question, f"{at}/to", fee.to), other)
