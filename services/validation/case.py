"""The case before the judge: the recorded report with its answers read once, so that each rule only compares.

Reading never refuses: what cannot be understood stays in place as an `Unknown` or `Ambiguous`, for a rule to name.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from contracts import template as templates
from contracts.context import Context
from contracts.currency import usd
from contracts.events import ReportRecorded
from contracts.figures import FEE_MAX, FEE_MIN, FEE_TYPICAL
from contracts.findings import pointer
from contracts.report import Answer, Fee, Report, Route, Row
from contracts.template import Question, Template
from services.validation.members import Member, Mention, Reader
from services.validation.named import Named, Names, understood

MOST_COUNTED = 100_000_000
"""More than a year's detections of irregular migration in the whole world: from one State it is a slip of the keys."""

FEES = {FEE_MIN: "fee_min", FEE_TYPICAL: "fee_typical", FEE_MAX: "fee_max"}
"""Indicators of amounts in dollars, and the fields of a fee that they come from."""


def count(value: float | None) -> int | None:
    """A figure as a whole number, or None for what is none: absent, negative, fractional or absurd."""
    if value is None or value != int(value) or not 0 <= value <= MOST_COUNTED:
        return None
    return int(value)


class Line(NamedTuple):
    """A row of a breakdown."""

    number: int  # from 0
    pointer: str
    row: Row
    named: Named
    figure: int | None


@dataclass(frozen=True)
class Way:
    """A route. ``codes``: the countries of its legs, None if one is unclear. ``modes``: by the number of their leg."""

    index: int
    pointer: str
    route: Route
    citizenship: Member
    legs: tuple[Member, ...]
    types: tuple[Member, ...]
    modes: dict[int, Member]
    codes: tuple[str, ...] | None

    @cached_property
    def corridors(self) -> list[str]:
        """Its legs from country to country, each once: a corridor is counted once per route."""
        return list(dict.fromkeys([f"{one}>{following}" for one, following in pairwise(self.codes or ())]))


@dataclass(frozen=True)
class Price:
    """A row of methods and fees."""

    index: int
    pointer: str
    fee: Fee
    origin: Member
    target: Member
    citizenship: Member | None
    mode: Member | None
    methods: tuple[Member, ...]
    payment: tuple[Member, ...]
    cycle: str

    @property
    def corridor(self) -> str:
        return f"{self.origin.code}>{self.target.code}"

    @cached_property
    def dollars(self) -> dict[str, int | None]:
        """The amounts that are given, by indicator, in whole United States dollars; None without a known rate."""
        amounts = {indicator: getattr(self.fee, name) for indicator, name in FEES.items()}
        return {one: self._dollars(amount) for one, amount in amounts.items() if amount is not None}

    def _dollars(self, amount: float) -> int | None:
        currency = self.fee.currency
        dollars = None if currency is None else usd(Decimal(str(amount)), currency, self.cycle)
        return None if dollars is None else round(dollars)


@dataclass(frozen=True)
class Reply:
    """The answer to one question of the template. What the question's kind does not take is left unread.

    Of a breakdown, ``named`` and ``figures`` have a place for each row. ``odd`` are the few rows to look at for faults:
    those that say more or less than members that are understood and a good figure.
    """

    question: Question
    pointer: str
    answer: Answer
    named: Sequence[Named] = ()
    figures: Sequence[int | None] = ()
    odd: Sequence[Line] = ()
    ways: tuple[Way, ...] = ()
    prices: tuple[Price, ...] = ()
    choices: tuple[Member, ...] = ()

    @property
    def total(self) -> int | None:
        """Of a total: its figure; "nothing to report" says that there was none."""
        return 0 if self.answer.nothing_to_report else count(self.answer.value)

    @cached_property
    def sum(self) -> int | None:
        """Of a breakdown: the sum of its figures, None where there is none."""
        figures = [figure for figure in self.figures if figure is not None]
        return sum(figures) if figures else None

    @cached_property
    def whole(self) -> bool:
        """Of a breakdown: whether every row has a figure, so that its sum says something."""
        return bool(self.figures) and None not in self.figures

    def line(self, number: int) -> Line:
        """A row of the breakdown."""
        row = (self.answer.rows or [])[number]
        return Line(number, f"{self.pointer}/rows/{number}", row, self.named[number], self.figures[number])

    def members(self, lines: Iterable[Line] = ()) -> Iterator[Member]:
        """The members of routes, fees and choices, and before them those of these rows."""
        for line in lines:
            yield from line.named.members
        for way in self.ways:
            yield way.citizenship
            yield from way.legs
            yield from way.types
            yield from way.modes.values()
        for price in self.prices:
            yield price.origin
            yield price.target
            yield from (one for one in (price.citizenship, price.mode) if one is not None)
            yield from price.methods
            yield from price.payment
        yield from self.choices

    def mentions(self, lines: Iterable[Line] = ()) -> Iterator[Mention]:
        """The same, each where the report names it."""
        for at, member in zip(self._places(lines), self.members(lines), strict=True):
            yield Mention(at, self.question, member)

    def _places(self, lines: Iterable[Line]) -> Iterator[str]:
        """Of the members, in their order."""
        for line in lines:
            yield from (f"{line.pointer}/{member.dimension.id}" for member in line.named.members)
        for way in self.ways:
            yield f"{way.pointer}/citizenship"
            yield from (f"{way.pointer}/legs/{i}/country" for i in range(len(way.legs)))
            yield from (f"{way.pointer}/legs/{i}/type" for i in range(len(way.types)))
            yield from (f"{way.pointer}/legs/{i}/mode" for i in way.modes)
        for price in self.prices:
            single = {"from": price.origin, "to": price.target, "citizenship": price.citizenship, "mode": price.mode}
            yield from (f"{price.pointer}/{field}" for field, member in single.items() if member is not None)
            yield from (f"{price.pointer}/methods/{i}" for i in range(len(price.methods)))
            yield from (f"{price.pointer}/payment/{i}" for i in range(len(price.payment)))
        yield from (f"{self.pointer}/choices/{i}" for i in range(len(self.choices)))


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
    def unclear(self) -> tuple[Mention, ...]:
        """Every member that is not understood, in the order of the report."""
        replies = [reply for reply in self.replies.values() if None in {one.code for one in reply.members(reply.odd)}]
        mentions = (one for reply in replies for one in reply.mentions(reply.odd))
        return tuple(one for one in mentions if one.member.code is None)

    @cached_property
    def named(self) -> frozenset[Named]:
        """What the rows of all breakdowns name, each combination once."""
        return frozenset().union(*(reply.named for reply in self.replies.values()))

    def without_rows(self) -> dict[str, Any]:
        """The report as JSON values, but for the rows of its breakdowns: most of a report, and read already."""
        rows = {reply.question.id: {"rows"} for reply in self.replies.values() if reply.named}
        return self.report.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"answers": rows})

    @cached_property
    def groups(self) -> dict[str, list[Reply]]:
        """The replies by group, in the order of the template."""
        groups: dict[str, list[Reply]] = {}
        for reply in self.replies.values():
            groups.setdefault(reply.question.group, []).append(reply)
        return groups

    def group(self, group_id: str) -> list[Reply]:
        """The replies to the questions of one group, in the order of the template."""
        return self.groups.get(group_id, [])


def read(recorded: ReportRecorded) -> Case:
    """The case of a recorded report."""
    report = recorded.report
    if report.template not in templates.ids():
        return Case(recorded, None, {})
    template = templates.load(report.template)
    reader = Reader(template, report.reporter, recorded.context.places)
    asked = ((question, report.answers.get(question.id)) for question in template.questions)
    replies = {q.id: _reply(reader, report.cycle, q, answer) for q, answer in asked if answer is not None}
    return Case(recorded, template, replies)


def _reply(reader: Reader, cycle: str, question: Question, answer: Answer) -> Reply:
    at = pointer("answers", question.id)
    match question.kind:
        case "breakdown":
            return _breakdown(reader, question, at, answer)
        case "routes":
            ways = tuple(_way(reader, f"{at}/routes/{i}", i, one) for i, one in enumerate(answer.routes or ()))
            return Reply(question, at, answer, ways=ways)
        case "fees":
            fees = enumerate(answer.fees or ())
            prices = tuple(_price(reader, cycle, f"{at}/fees/{i}", i, one) for i, one in fees)
            return Reply(question, at, answer, prices=prices)
        case "choices" if question.code_list is not None:
            choices = tuple(reader.read(question.code_list, one) for one in answer.choices or ())
            return Reply(question, at, answer, choices=choices)
        case _:
            return Reply(question, at, answer)


def _breakdown(reader: Reader, question: Question, at: str, answer: Answer) -> Reply:
    names = Names(reader, question.dimensions)
    remembered = names.remembered
    plain = len(question.dimensions) + 1
    named: list[Named] = []
    figures: list[int | None] = []
    odd: list[Line] = []
    for number, row in enumerate(answer.rows or ()):
        given = tuple(row.members.items())
        one = remembered.get(given) or names[given]
        figure = count(row.value)
        named.append(one)
        figures.append(figure)
        if figure is None or not one.whole or len(row.model_fields_set) != plain:
            odd.append(Line(number, f"{at}/rows/{number}", row, one, figure))
    return Reply(question, at, answer, named, figures, odd)


def _way(reader: Reader, at: str, index: int, route: Route) -> Way:
    legs = tuple([reader.read("country", leg.country) for leg in route.legs])
    types = tuple([reader.read("leg_type", leg.type) for leg in route.legs])
    modes = {i: reader.read("mode", leg.mode) for i, leg in enumerate(route.legs) if leg.mode is not None}
    citizenship = reader.read("citizenship", route.citizenship)
    return Way(index, at, route, citizenship, legs, types, modes, understood(legs))


def _price(reader: Reader, cycle: str, at: str, index: int, fee: Fee) -> Price:
    return Price(
        index,
        at,
        fee,
        origin=reader.read("from", fee.from_),
        target=reader.read("to", fee.to),
        citizenship=None if fee.citizenship is None else reader.read("citizenship", fee.citizenship),
        mode=None if fee.mode is None else reader.read("mode", fee.mode),
        methods=tuple([reader.read("smuggling_method", one) for one in fee.methods]),
        payment=tuple([reader.read("payment_method", one) for one in fee.payment]),
        cycle=cycle,
    )
