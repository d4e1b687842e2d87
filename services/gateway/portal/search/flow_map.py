"""Routes on a map: the steps from country to country, as wide as the persons or the States that stand for them."""

from dataclasses import replace
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from contracts.figures import ROUTES_LISTED
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.search import catalogue, maps
from services.gateway.portal.search.basis import notes
from services.gateway.portal.search.finding import Found, find, ordered
from services.gateway.portal.search.periods import Chosen, chosen
from services.gateway.portal.search.routines import drawing, sheet
from services.gateway.portal.search.wording import Words
from services.gateway.problems import Problem

router = APIRouter(route_class=PortalRoute)
Measure = Literal["persons", "states"]
TITLES: dict[Measure, str] = {
    "persons": N_("Persons on their way from country to country (%(period)s)"),
    "states": N_("Number of States that name the way from country to country (%(period)s)"),
}
UNITS: dict[Measure, str] = {"persons": N_("persons"), "states": N_("States")}
MOST_LINES = 30


@router.get("/search/flows")
async def flows_page(request: Request, page: SignedIn) -> Response:
    """The map with the ranked list beside it."""
    asked = await chosen(request.query_params, page)
    if not asked.search.period:
        return page.show("search/none_yet.html")
    measure = _measure(request)
    found = await _flows(asked, measure, page)
    return page.show(
        "search/flows.html",
        422 if asked.wrong else 200,
        errors=asked.errors,
        asked=asked,
        words=asked.words,
        found=found,
        notes=notes(found, asked.words),
        measure=measure,
        unit=page.say(UNITS[measure]),
        title=_title(found, measure, asked.words),
        query=f"{found.search.query(sort='-value')}&measure={measure}",
        most=MOST_LINES,
    )


@router.get("/search/flows.json")
async def flows(request: Request, page: SignedIn) -> JSONResponse:
    """The map."""
    asked = await chosen(request.query_params, page)
    if asked.wrong or not asked.search.period:
        raise Problem(422, "The address of the map cannot be read.")
    measure, words = _measure(request), Words(page)
    found = await _flows(asked, measure, page)
    drawn_on = sheet(request, page, _title(found, measure, words), page.say(UNITS[measure]), found)
    return drawing(maps.flows(drawn_on, found.lines), found)


def _measure(request: Request) -> Measure:
    return "states" if request.query_params.get("measure") == "states" else "persons"


async def _flows(asked: Chosen, measure: Measure, page: SignedInPage) -> Found:
    indicator = "routes" if measure == "persons" else ROUTES_LISTED
    found = await find(asked.of(indicator, catalogue.CORRIDOR), page)
    if measure == "persons":
        return found
    # One State that names a corridor on three routes is one State.
    counted = [replace(one, value=len(one.reporters)) for one in found.lines]
    return replace(found, lines=tuple(ordered(counted, found.search)))


def _title(found: Found, measure: Measure, words: Words) -> str:
    return words.say(TITLES[measure], period=words.period(found.search.period))
