"""The pages of content, made from the template, the registry of findings and the table of access."""

from fastapi import APIRouter, Response

from contracts import template as templates
from services.gateway.portal.content.access import lines
from services.gateway.portal.content.findings import by_severity, without_gaps
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn
from services.gateway.portal.wording import ROLES, STATES

router = APIRouter(prefix="/content", route_class=PortalRoute)


@router.get("/help")
async def help_page(page: SignedIn) -> Response:
    """What there is to read, and whom to ask."""
    return page.show("content/help.html")


@router.get("/guide")
async def guide(page: SignedIn) -> Response:
    """How a return is made, from the first question to the receipt, and what the template asks."""
    return page.show("content/guide.html", sections=templates.load().sections, states=STATES)


@router.get("/definitions")
async def definitions(page: SignedIn) -> Response:
    """Every defined term, and what each breakdown goes by."""
    whole = templates.load()
    terms = sorted(whole.terms, key=lambda one: page.say(one.label).casefold())
    return page.show("content/definitions.html", terms=terms, dimensions=whole.dimensions)


@router.get("/findings")
async def findings(page: SignedIn) -> Response:
    """What each finding means, the gravest first."""
    return page.show("content/findings.html", groups=by_severity(), without_gaps=without_gaps)


@router.get("/access")
async def access(page: SignedIn) -> Response:
    """Who may see what, asked of the very rules that decide it."""
    return page.show("content/access.html", lines=lines(), roles=ROLES)
