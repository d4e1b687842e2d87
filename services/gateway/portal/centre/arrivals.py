"""What arrived: every submission, newest first, for those who may see them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.states import STATES
from services.gateway.api import submissions
from services.gateway.api.permission import demand
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn
from services.gateway.rules import Target

router = APIRouter(route_class=PortalRoute)
ON_A_PAGE = 50


@router.get("/arrivals")
async def arrivals(
    page: SignedIn,
    state: Annotated[str, Query(max_length=30)] = "",
    cycle: Annotated[str, Query(max_length=10)] = "",
    reporter: Annotated[str, Query(max_length=10)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Filtered by what stands in the address."""
    demand(page.subject, "review", Target())
    wanted = {"state": state if state in STATES else None, "cycle": cycle or None, "reporter": reporter or None}
    found = await page.ask(submissions.submissions, **wanted, cursor=cursor, limit=ON_A_PAGE)
    directory = page.gateway.view.directory
    return page.show(
        "centre/arrivals.html",
        found=found,
        wanted=wanted,
        states=STATES,
        cycles=[one.id for one in reversed(directory.cycles())],
        participants=[one.code for one in directory.participants()],
    )
