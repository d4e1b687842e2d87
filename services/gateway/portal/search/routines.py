"""Search routines: a form whose state is the address, the result as table, chart and map, and to take away."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from contracts import template as templates
from services.gateway.api.aggregates import FRESH_SECONDS
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.search import catalogue, charts, downloads, maps
from services.gateway.portal.search.asking import Search, Wrong, parts, read
from services.gateway.portal.search.basis import file_name, notes
from services.gateway.portal.search.charts import Spec
from services.gateway.portal.search.choices import Choices, unknown_reporter
from services.gateway.portal.search.finding import Found, Line, find, mistaken, settled
from services.gateway.portal.search.tables import table
from services.gateway.portal.search.wording import Words
from services.gateway.problems import Problem

router = APIRouter(route_class=PortalRoute)
WORLD = "vendor/world-50m.json"
CSV = "text/csv; charset=utf-8"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LINES = 250
"""On one page, which so stays below 100 KB compressed; the downloads hold every line."""


@router.get("/search")
async def search_page(request: Request, page: SignedIn) -> Response:
    """The form and, where its values make sense, what is found with them."""
    search, wrong = await _asked(request, page)
    words = Words(page)
    if not wrong and not search.period:
        return page.show("search/none_yet.html")
    found = None if wrong else await find(search, page)
    return page.show(
        "search/search.html",
        422 if wrong else 200,
        errors={one.field: page.say(one.text, **dict(one.values)) for one in wrong},
        search=search,
        choices=Choices(page, search),
        words=words,
        found=found,
        notes=notes(found, words) if found else [],
        has_map=mapped(search),
        several=not wrong and len(parts(search)) > 1,
        most=MOST_LINES,
    )


@router.get("/search/table.csv")
async def as_csv(request: Request, page: SignedIn) -> Response:
    """The table of a search as text."""
    found = await _found(request, page)
    return file(downloads.as_csv(table(found, Words(page))), CSV, file_name(found, ".csv"))


@router.get("/search/table.xlsx")
async def as_xlsx(request: Request, page: SignedIn) -> Response:
    """The table of a search as a spreadsheet."""
    found = await _found(request, page)
    return file(downloads.as_xlsx(table(found, Words(page))), SHEET, file_name(found, ".xlsx"))


@router.get("/search/chart.json")
async def chart(request: Request, page: SignedIn) -> JSONResponse:
    """The chart of a search."""
    found, words = await _found(request, page), Words(page)
    title, unit = words.title(found.search), words.unit(found.search.indicator)
    width = maps.width_of(request.query_params.get("width"))
    if found.columns:
        columns = [words.period(one) for one in found.columns]
        return drawing(charts.series(title, notes(found, words), found.lines, columns, unit, width), found)

    def behind(line: Line) -> str:
        return ", ".join(map(page.participant, page.by_name(line.reporters)))

    states = page.say(N_("Reported by"))
    return drawing(charts.bars(title, notes(found, words), found.lines, unit, width, states, behind), found)


@router.get("/search/map.json")
async def on_a_map(request: Request, page: SignedIn) -> JSONResponse:
    """The map of a search by countries, routes or corridors."""
    found, words = await _found(request, page), Words(page)
    if not mapped(found.search):
        raise Problem(422, "This is not divided by countries.")
    paint = maps.amounts if catalogue.of_countries(words.template, found.search.dimension) else maps.flows
    unit = words.unit(found.search.indicator)
    return drawing(paint(sheet(request, page, words.title(found.search), unit, found), found.lines), found)


def sheet(request: Request, page: SignedInPage, title: str, unit: str, found: Found) -> maps.Sheet:
    """What a map of the answer is drawn on, as wide as the page asks."""
    words = Words(page)
    width = maps.width_of(request.query_params.get("width"))
    said = notes(found, words, on_a_map=True)
    return maps.Sheet(title, said, unit, page.portal.frame.static(WORLD), words, width)


def drawing(spec: Spec, found: Found) -> JSONResponse:
    """A specification as JSON; marked where there is nothing to draw."""
    spec["usermeta"]["empty"] = not found.lines
    return JSONResponse(spec)


def mapped(search: Search) -> bool:
    """Whether its members have places, and its figures may be drawn as amounts."""
    ways = (catalogue.ROUTE, catalogue.CORRIDOR)
    placed = search.dimension in ways or catalogue.of_countries(templates.load(), search.dimension)
    return placed and catalogue.adds_up(search.indicator)


async def _asked(request: Request, page: SignedInPage) -> tuple[Search, list[Wrong]]:
    await page.gateway.view.freshen(FRESH_SECONDS)
    search, wrong = read(request.query_params)
    more = [mistaken(search, Words(page)), unknown_reporter(search, page)]
    wrong += [one for one in more if one]
    return (search if wrong else await settled(search, page)), wrong


async def _found(request: Request, page: SignedInPage) -> Found:
    search, wrong = await _asked(request, page)
    if wrong or not search.period:
        raise Problem(422, "The address of the search cannot be read.")
    return await find(search, page)


def file(content: bytes, kind: str, name: str) -> Response:
    """A file to take away."""
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
