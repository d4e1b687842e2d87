"""Removing a cycle that was opened by mistake: what stands in the way, and the question whether it is meant."""

from fastapi import APIRouter, Response

from contracts.records import Cycle
from services.gateway.api import cycles
from services.gateway.api.permission import demand
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.problems import Problem
from services.gateway.rules import Target

router = APIRouter(route_class=PortalRoute)


@router.get("/cycles/{cycle}/remove")
async def removal_page(cycle: str, page: SignedIn) -> Response:
    """Asks whether it is meant; where the cycle cannot be removed, says why."""
    demand(page.subject, "write_cycles", Target())
    return await _asked(page, await page.ask(cycles.cycle, cycle=cycle))


@router.post("/cycles/{cycle}/remove")
async def remove(cycle: str, page: SignedIn) -> Response:
    """Removes it. What has come meanwhile is told, and nothing is removed then."""
    demand(page.subject, "write_cycles", Target())
    there = await page.ask(cycles.cycle, cycle=cycle)
    try:
        await page.ask(cycles.remove_cycle, cycle=there.id)
    except Problem as problem:
        if problem.status_code != 409:
            raise
        return await _asked(page, there, 409)
    return page.go("/cycles", page.say("The cycle %(cycle)s is removed.", cycle=page.period(there.id)))


async def _asked(page: SignedInPage, cycle: Cycle, status: int = 200) -> Response:
    return page.show(
        "centre/removal.html",
        status,
        cycle=cycle,
        held=await cycles.in_the_way(cycle, page.gateway),
        extensions=page.gateway.view.directory.extensions(cycle.id),
    )
