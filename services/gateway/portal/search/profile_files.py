"""The figures of one citizenship or one route to take away, as they stand on its page."""

from fastapi import APIRouter, Request, Response

from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.search.basis import notes
from services.gateway.portal.search.downloads import Cell, Table, as_csv, as_xlsx
from services.gateway.portal.search.profiles import Indicator, Profile, member_of, one_period, profile, way_of
from services.gateway.portal.search.routines import CSV, SHEET, file
from services.gateway.portal.search.wording import Words
from services.gateway.problems import not_found

router = APIRouter(route_class=PortalRoute)


@router.get("/search/citizenship/{code}/table.{kind}")
async def citizenship_file(code: str, kind: str, request: Request, page: SignedIn) -> Response:
    """A citizenship's figures."""
    return await _file("citizenship", member_of(Words(page), "citizenship", code), kind, request, page)


@router.get("/search/route/{route}/table.{kind}")
async def route_file(route: str, kind: str, request: Request, page: SignedIn) -> Response:
    """A route's figures."""
    dimension, member = way_of(Words(page), route)
    return await _file(dimension, member, kind, request, page)


async def _file(dimension: str, member: str, kind: str, request: Request, page: SignedInPage) -> Response:
    asked = await one_period(request, page)
    if kind not in ("csv", "xlsx") or asked.wrong or not asked.search.period:
        raise not_found()
    one = await profile(asked, dimension, member, page)
    name = f"{dimension}-{member.replace('>', '-')}-{asked.search.period}.{kind}"
    made = table(one)
    return file(as_csv(made), CSV, name) if kind == "csv" else file(as_xlsx(made), SHEET, name)


def table(one: Profile) -> Table:
    """A line for each indicator: the period, the one before, the States, the half-years with the newest first."""
    words = one.asked.words
    say = words.say
    now = words.period(one.asked.search.period)
    halves = map(words.period, reversed(one.halves))
    header = [say(N_("Figures")), now, words.period(one.before), say(N_("Change")), say(N_("Number of States")),
              say(N_("States")), say(N_("Covers the whole period")), *halves]  # fmt: skip
    said = [*notes(one.found, words), say(N_("Made on %(day)s (UTC)."), day=f"{one.found.as_of:%Y-%m-%d %H:%M}")]
    return Table(f"{one.name} ({now})", header, [_line(found, words) for found in one.indicators], said)


def _line(found: Indicator, words: Words) -> list[Cell]:
    behind = found.now or found.before
    states = behind.reporters if behind else ()
    complete = words.say(N_("yes")) if behind and behind.complete else words.say(N_("no"))
    return [
        found.title,
        found.now.value if found.now else None,
        found.before.value if found.before else None,
        found.change.difference if found.change else None,
        len(states),
        ", ".join(map(words.page.participant, states)),
        complete if behind else "",
        *(half.value if half else None for half in reversed(found.halves)),
    ]
