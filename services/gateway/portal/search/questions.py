"""The three questions of the documents, each answered by several searches on one page."""

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.search.catalogue import CORRIDOR, FEES, ROUTE
from services.gateway.portal.search.finding import Found, find
from services.gateway.portal.search.periods import Chosen, chosen

router = APIRouter(route_class=PortalRoute)


@dataclass(frozen=True, slots=True)
class Panel:
    """One of a page's searches. ``picture``: what stands beside its table."""

    indicator: str
    dimension: str
    picture: str = "chart"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the documents. ``path``: the last part of its address."""

    path: str
    title: str
    label: str
    lead: str
    panels: tuple[Panel, ...]


ROUTES = Question(
    "routes",
    N_("What are the routes, the methods used, the fees paid?"),
    N_("Routes, methods, fees"),
    N_("The ways that migrants were found to take, how they were brought over the border, and what they paid."),
    (
        Panel("routes", ROUTE),
        Panel("routes", CORRIDOR, "map"),
        Panel("methods_and_fees", "smuggling_method"),
        Panel("methods_and_fees", "payment_method"),
        Panel("smuggled_migrants", "mode"),
    ),
)
IRREGULAR = Question(
    "irregular",
    N_("Who is entering and staying in an irregular way?"),
    N_("Irregular entry and stay"),
    N_("Citizenship, gender and age of the persons whom States detected or refused, and where they came from."),
    (
        Panel("illegal_entries", "citizenship"),
        Panel("illegal_entries", "last_exit", "map"),
        Panel("illegal_entries", "gender_age"),
        Panel("illegal_entries", "mode"),
        Panel("refused_entries", "citizenship"),
        Panel("illegal_residences", "citizenship"),
        Panel("smuggled_migrants", "citizenship"),
    ),
)
CRIMINALS = Question(
    "criminals",
    N_("Who are the criminals facilitating it?"),
    N_("Migrant smugglers"),
    N_("Citizenship and gender of suspects and of the convicted, and the other crime areas that they are active in."),
    (
        Panel("migrant_smugglers", "citizenship"),
        Panel("migrant_smugglers", "gender"),
        Panel("convicted_smugglers", "citizenship"),
        Panel("convicted_smugglers", "gender"),
        Panel("other_crime_areas", "crime_area"),
        Panel("users_of_fraudulent_documents", "citizenship"),
    ),
)
QUESTIONS = (ROUTES, IRREGULAR, CRIMINALS)


@router.get("/search/routes")
async def routes_methods_fees(request: Request, page: SignedIn) -> Response:
    """What are the routes, the methods used, the fees paid?"""
    return await _answered(ROUTES, request, page)


@router.get("/search/irregular")
async def irregular_entry_and_stay(request: Request, page: SignedIn) -> Response:
    """Who is entering and staying in an irregular way?"""
    return await _answered(IRREGULAR, request, page)


@router.get("/search/criminals")
async def migrant_smugglers(request: Request, page: SignedIn) -> Response:
    """Who are the criminals facilitating it?"""
    return await _answered(CRIMINALS, request, page)


async def _answered(question: Question, request: Request, page: SignedInPage) -> Response:
    asked = await chosen(request.query_params, page)
    if not asked.search.period:
        return page.show("search/none_yet.html")
    searches = [find(asked.of(one.indicator, one.dimension), page) for one in question.panels]
    found = await asyncio.gather(*searches)
    return page.show(
        "search/question.html",
        422 if asked.wrong else 200,
        errors=asked.errors,
        question=question,
        asked=asked,
        words=asked.words,
        answers=list(zip(question.panels, found, strict=True)),
        first=found[0],
        fees=await fees(asked, page) if question is ROUTES else [],
    )


@dataclass(frozen=True, slots=True)
class Fee:
    """What is paid on a corridor, in US dollars: lowest, middle and highest of what States report."""

    member: str
    name: str
    lowest: int | None
    typical: int | None
    highest: int | None
    reporters: tuple[str, ...]


async def fees(asked: Chosen, page: SignedInPage) -> list[Fee]:
    """The fees of every corridor, the dearest first. Raises NotNow."""
    # In the order of FEES.
    typical, lowest, highest = [await find(asked.of(one, CORRIDOR), page) for one in FEES]
    return side_by_side(typical, lowest, highest)


def side_by_side(typical: Found, lowest: Found, highest: Found) -> list[Fee]:
    """Three searches as one line for each corridor."""
    held = {line.member: line for one in (lowest, highest, typical) for line in one.lines}
    low, middle, high = ({line.member: line.value for line in one.lines} for one in (lowest, typical, highest))
    lines = [
        Fee(code, line.name, low.get(code), middle.get(code), high.get(code), line.reporters)
        for code, line in held.items()
    ]
    return sorted(lines, key=lambda one: (-(one.typical or one.highest or one.lowest or 0), one.name))
