"""Runs a search: asks the interface's own function with the visitor's subject, and orders what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.period import Period, parse_span
from services.gateway import figures
from services.gateway.api.aggregates import AggregateRow, ClosedDoor, CoverageView, aggregates
from services.gateway.asked import Asked, answers
from services.gateway.dimensions import NotAMember
from services.gateway.figures import Row
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedInPage
from services.gateway.portal.search import catalogue, members
from services.gateway.portal.search.asking import Search, Wrong, parts
from services.gateway.portal.search.members import Wanted
from services.gateway.portal.search.wording import Words


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, the States that it rests on, and whether each of them covers the whole period."""

    value: int
    reporters: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Line(Figure):
    """The figure of a member. ``series``: that of each part of the period, of a search over time."""

    member: str
    name: str
    series: tuple[Figure | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. ``total``: the stated total of the same indicator, where there is one.

    ``reported`` of ``expected`` participants have a return in force in the period; ``doors``: cycles whose figures
    of other States would open with the visitor's own return.
    """

    search: Search
    lines: tuple[Line, ...]
    total: Figure | None
    reported: int
    expected: int
    doors: tuple[str, ...]
    as_of: datetime
    columns: tuple[str, ...] = ()

    @property
    def most(self) -> int:
        return max((one.value for one in self.lines), default=0)

    @property
    def incomplete(self) -> bool:
        return any(not one.complete for one in self.lines)


async def newest_open(page: SignedInPage) -> str:
    """The newest cycle whose figures are open to the visitor's State; a quarter only where there is nothing longer.

    Blank where there is no cycle at all. Raises NotNow.
    """
    in_force = await page.gateway.reads.in_force()
    known = [Period.parse(one.id) for one in page.gateway.view.directory.cycles()]
    candidates = in_force.of(page.subject.participant) or in_force.reporters or known
    longer = [one for one in candidates if one.months > 3]
    found = figures.latest(longer or candidates)
    return str(found) if found else ""


async def settled(search: Search, page: SignedInPage) -> Search:
    """The search with its period said. Raises NotNow."""
    if search.period:
        return search
    return search.but(first=await newest_open(page))


def mistaken(search: Search, words: Words) -> Wrong | None:
    """What is wrong with the member's text, if anything."""
    found = members.wanted(words.template, search.dimension, search.member)
    if not isinstance(found, NotAMember):
        return None
    if not found.suggestions:
        return Wrong("member", N_("“%(typed)s” names no country. Try its name or its two-letter code."), _typed(found))
    meant = ", ".join(map(words.country, found.suggestions))
    text = N_("“%(typed)s” names no country. Did you mean %(meant)s?")
    return Wrong("member", text, (*_typed(found), ("meant", meant)))


def _typed(found: NotAMember) -> tuple[tuple[str, str], ...]:
    return (("typed", found.part[:100]),)


async def find(search: Search, page: SignedInPage) -> Found:
    """The figures of a search whose period is said. Raises Problem and NotNow, as the interface does."""
    words = Words(page)
    wanted = members.wanted(words.template, search.dimension, search.member)
    if isinstance(wanted, NotAMember):
        wanted = Wanted(exact=search.member)
    over_time, columns = await _series(page, search, wanted.exact)
    answer = await ask(page, search, search.period, wanted.exact)
    lines = []
    for row in answer.rows:
        name = words.member(search.dimension, row.member)
        if wanted.keeps(row.member, name):
            series = tuple(column.get(row.member) for column in over_time)
            lines.append(Line(row.value, tuple(row.reporters), row.complete, row.member, name, series))
    return Found(
        search,
        tuple(ordered(lines, search)),
        await _total(page, search),
        answer.coverage.reported,
        answer.coverage.expected,
        tuple(one.cycle for one in answer.opens_with),
        answer.as_of,
        columns,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    rows: list[AggregateRow]
    coverage: CoverageView
    opens_with: list[ClosedDoor]
    as_of: datetime


async def ask(page: SignedInPage, search: Search, period: str, member: str | None, rolling: int = 0) -> Answer:
    """The interface's own answer about a search's indicator; of all indicators where it is blank."""
    found = await aggregates(
        search.dimension,
        page.subject,
        page.gateway,
        indicator=search.indicator or None,
        period=period,
        member=member,
        reporter=search.reporter or None,
        rolling=rolling,
    )
    return Answer(found.rows, found.coverage, found.opens_with, found.as_of)


async def _total(page: SignedInPage, search: Search) -> Figure | None:
    if catalogue.TOTAL not in catalogue.tables().get(search.indicator, ()) or search.dimension == catalogue.TOTAL:
        return None
    answer = await ask(page, search.but(dimension=catalogue.TOTAL), search.period, None)
    return next((figure(one) for one in answer.rows), None)


async def _series(
    page: SignedInPage, search: Search, member: str | None
) -> tuple[list[Mapping[str, Figure]], tuple[str, ...]]:
    if search.view != "series":
        return [], ()
    columns = [one for one in parts(search) if _has_cycles(page, one)]
    # Also over the whole period, so that all of it is read once.
    spans = [*((one,) for one in columns), parse_span(search.period)]
    asked = Asked(search.dimension, search.indicator or None, member, search.reporter or None)
    _, found = await answers(page.gateway, page.subject, asked, spans, await page.gateway.reads.in_force())
    return [{row.member: figure(row) for row in one} for one in found[:-1]], tuple(map(str, columns))


def _has_cycles(page: SignedInPage, period: Period) -> bool:
    return any(period.contains(Period.parse(one.id)) for one in page.gateway.view.directory.cycles())


def figure(row: AggregateRow | Row) -> Figure:
    return Figure(row.value, tuple(row.reporters), row.complete)


def ordered(lines: list[Line], search: Search) -> list[Line]:
    """As the search's sort says; equals by name."""
    by_name = sorted(lines, key=lambda one: one.name.casefold())
    match search.sort.removeprefix("-"):
        case "value":
            found = sorted(by_name, key=lambda one: one.value, reverse=search.sort.startswith("-"))
        case "states":
            found = sorted(by_name, key=lambda one: len(one.reporters), reverse=search.sort.startswith("-"))
        case _:
            found = by_name[::-1] if search.sort.startswith("-") else by_name
    return found
