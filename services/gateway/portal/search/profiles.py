"""One citizenship, one route: every figure about it, over time, with the States behind it."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from contracts.figures import ROUTES_LISTED
from contracts.period import Period, parse_span, rolling
from services.gateway.api.aggregates import AggregateRow
from services.gateway.dimensions import ROUTE_STEP, NotAMember
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.search import catalogue, charts, maps, members
from services.gateway.portal.search.asking import Wrong
from services.gateway.portal.search.basis import notes
from services.gateway.portal.search.change import Change, change
from services.gateway.portal.search.finding import Answer, Figure, Found, Line, ask, figure
from services.gateway.portal.search.methods import Way, ways
from services.gateway.portal.search.periods import Chosen, chosen
from services.gateway.portal.search.places import places
from services.gateway.portal.search.questions import Fee, fees
from services.gateway.portal.search.routines import drawing, sheet
from services.gateway.portal.search.wording import Words
from services.gateway.problems import Problem, not_found

router = APIRouter(route_class=PortalRoute)
HALF_YEARS = 8
MOST_ROUTES = 20
A_PERIOD = N_("Choose a period from the list, or write it as 2012, 2013-H1 or 2013-Q2.")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the subject: in the period, in the one before, and in each of the last half-years."""

    id: str
    title: str
    now: Figure | None
    before: Figure | None
    change: Change | None
    halves: tuple[Figure | None, ...]


@dataclass(frozen=True)
class Profile:
    """What the aggregates tell of one member of a dimension."""

    asked: Chosen
    member: str
    name: str
    indicators: list[Indicator]
    halves: tuple[str, ...]
    before: str
    found: Found


@router.get("/search/citizenship/{code}")
async def citizenship_page(code: str, request: Request, page: SignedIn) -> Response:
    """Everything about the citizens of one country. The period is one cycle or year."""
    asked = await one_period(request, page)
    if not asked.search.period:
        return page.show("search/none_yet.html")
    one = await profile(asked, "citizenship", member_of(asked.words, "citizenship", code), page)
    begins = f"{one.member}{ROUTE_STEP}"
    routes = await _lines(asked, catalogue.ROUTE, page, lambda member: member.startswith(begins))
    lines = await ways(page, asked.search.period, lambda way: one.member in (way.citizenship, way.start))
    return page.show(
        "search/citizenship.html",
        422 if asked.wrong else 200,
        **_shown(one, routes=routes[:MOST_ROUTES], ways=lines),
        fees=[fee for fee in await fees(asked, page) if fee.member.startswith(begins)],
    )


@router.get("/search/route/{route}")
async def route_page(route: str, request: Request, page: SignedIn) -> Response:
    """Everything about one route, or about one step from country to country."""
    asked = await one_period(request, page)
    if not asked.search.period:
        return page.show("search/none_yet.html")
    dimension, member = way_of(asked.words, route)
    one = await profile(asked, dimension, member, page)
    codes = member.split(ROUTE_STEP)
    steps = _steps(codes)
    corridors = await _lines(asked, catalogue.CORRIDOR, page, lambda other: other in steps)
    others = await _lines(asked, catalogue.ROUTE, page, lambda other: other != member and _overlaps(codes, other))
    on_it = _on_the_way(codes)
    lines = await ways(page, asked.search.period, lambda way: (way.start, way.end) in on_it)
    return page.show(
        "search/route.html",
        422 if asked.wrong else 200,
        **_shown(one, routes=others[:MOST_ROUTES], ways=lines),
        fees=[fee for fee in await fees(asked, page) if _ends(fee) in on_it],
        corridors=sorted(corridors, key=lambda line: steps.index(line.member)),
        codes=codes,
        mapped=all(code in places() for code in codes),
    )


@router.get("/search/citizenship/{code}/chart.json")
async def citizenship_chart(code: str, request: Request, page: SignedIn) -> JSONResponse:
    """The indicators of a citizenship over the last half-years."""
    asked = await one_period(request, page)
    one = await profile(asked, "citizenship", member_of(asked.words, "citizenship", code), page)
    return _over_time(one, maps.width_of(request.query_params.get("width")), page)


@router.get("/search/route/{route}/map.json")
async def route_map(route: str, request: Request, page: SignedIn) -> JSONResponse:
    """A route with its countries."""
    asked = await one_period(request, page)
    words = Words(page)
    dimension, member = way_of(words, route)
    one = await profile(asked, dimension, member, page)
    now = next((found.now for found in one.indicators if found.now), None)
    line = Line(now.value if now else 1, now.reporters if now else (), True, member, one.name)
    title = f"{one.name} ({words.period(asked.search.period)})"
    drawn_on = sheet(request, page, title, words.unit("routes"), one.found)
    return drawing(maps.flows(drawn_on, [line]), replace(one.found, lines=(line,)))


async def one_period(request: Request, page: SignedInPage) -> Chosen:
    """One cycle or year: a change against the period before needs two that are alike."""
    asked = await chosen({"period": request.query_params.get("period", "").partition("..")[0]}, page)
    if asked.wrong:
        # Its form has one field, not two ends of a span.
        asked = replace(asked, wrong=[Wrong("period", A_PERIOD)])
    span = parse_span(asked.search.period) if asked.search.period else ()
    return asked if len(span) <= 1 else replace(asked, search=asked.search.but(first=str(span[-1]), last=""))


def member_of(words: Words, dimension: str, text: str) -> str:
    found = members.wanted(words.template, dimension, text)
    if isinstance(found, NotAMember) or found.exact is None:
        raise not_found()
    return found.exact


def way_of(words: Words, text: str) -> tuple[str, str]:
    """A route's dimension and member: two countries are a corridor."""
    member = member_of(words, catalogue.ROUTE, text)
    if len(member) > 200:
        raise Problem(404, "A route has at most 50 countries.")
    return (catalogue.CORRIDOR if member.count(ROUTE_STEP) == 1 else catalogue.ROUTE), member


async def profile(asked: Chosen, dimension: str, member: str, page: SignedInPage) -> Profile:
    search = asked.search.but(indicator="", dimension=dimension)
    now = Period.parse(search.period)
    halves = rolling(now, HALF_YEARS)
    here = await ask(page, search, str(now), member)
    before = await ask(page, search, str(now.previous()), member)
    over = await ask(page, search, f"{halves[0]}..{halves[-1]}", member, HALF_YEARS)
    words = asked.words
    found = Found(
        search, (), None, here.coverage.reported, here.coverage.expected, _doors(here, before, over), here.as_of
    )
    indicators = _indicators([row.rows for row in (here, before, over)], words)
    return Profile(
        asked,
        member,
        words.member(dimension, member),
        indicators,
        tuple(map(str, halves)),
        str(now.previous()),
        found,
    )


def _doors(*answers: Answer) -> tuple[str, ...]:
    return tuple(sorted({one.cycle for answer in answers for one in answer.opens_with}))


def _indicators(answers: Sequence[list[AggregateRow]], words: Words) -> list[Indicator]:
    here, before, over = ({row.indicator: row for row in rows} for rows in answers)
    found = []
    for indicator in catalogue.tables():
        if indicator not in {**here, **before, **over} or indicator in catalogue.FEES:
            continue
        now, then = (figure(rows[indicator]) if indicator in rows else None for rows in (here, before))
        points = over[indicator].rolling or [] if indicator in over else []
        halves = tuple(Figure(one.value, (), one.complete) if one.value is not None else None for one in points)
        halves = halves or (None,) * HALF_YEARS
        found.append(Indicator(indicator, words.indicator(indicator), now, then, change(now, then), halves))
    return found


async def _lines(asked: Chosen, dimension: str, page: SignedInPage, keeps: Callable[[str], bool]) -> list[Line]:
    """Routes or corridors with the persons on them; those without a number of persons come last, with none."""
    answer = await ask(page, asked.of("", dimension), asked.search.period, None)
    held: dict[str, AggregateRow] = {}
    for row in answer.rows:
        if keeps(row.member) and (row.indicator == "routes" or (row.indicator == ROUTES_LISTED)):
            held[row.member] = row if row.indicator == "routes" else held.get(row.member, row)
    lines = [
        Line(row.value if row.indicator == "routes" else 0, tuple(row.reporters), row.complete, row.member,
             asked.words.member(dimension, row.member))
        for row in held.values()
    ]  # fmt: skip
    return sorted(lines, key=lambda one: (-one.value, one.name))


def _shown(one: Profile, *, routes: list[Line], ways: list[Way]) -> dict[str, Any]:
    return {
        "errors": one.asked.errors,
        "asked": one.asked,
        "one": one,
        "words": one.asked.words,
        "found": one.found,
        "routes": routes,
        "ways": ways,
    }


def _over_time(one: Profile, width: int, page: SignedInPage) -> JSONResponse:
    words = one.asked.words
    lines = [
        Line(sum(half.value for half in found.halves if half), (), True, found.id, found.title, found.halves)
        for found in one.indicators
        if any(found.halves)
    ]
    title = page.say("%(name)s: persons by half-year (%(first)s to %(last)s)", name=one.name,
                     first=words.period(one.halves[0]), last=words.period(one.halves[-1]))  # fmt: skip
    halves = [words.period(half) for half in one.halves]
    spec = charts.series(title, notes(one.found, words), lines, halves, words.unit("routes"), width)
    return drawing(spec, replace(one.found, lines=tuple(lines)))


def _steps(codes: Sequence[str]) -> list[str]:
    return [ROUTE_STEP.join(step) for step in itertools.pairwise(codes)]


def _on_the_way(codes: Sequence[str]) -> set[tuple[str, str]]:
    """Every pair of countries of which the second comes later on the route."""
    return {(start, end) for place, start in enumerate(codes) for end in codes[place + 1 :]}


def _overlaps(codes: Sequence[str], other: str) -> bool:
    """Whether another route shares a step with this one."""
    return bool(set(_steps(codes)) & set(_steps(other.split(ROUTE_STEP))))


def _ends(fee: Fee) -> tuple[str, str]:
    start, _, end = fee.member.partition(ROUTE_STEP)
    return start, end
