"""The pages of cycles: who has reported when, and one cycle with its dates, extensions and returns."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.gateway.api import cycles, submissions
from services.gateway.portal.centre import arrivals, forms, removing, review
from services.gateway.portal.centre.matrix import Matrix
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn
from services.gateway.portal.stretch import Stretch
from services.gateway.rules import Target, may

router = APIRouter(route_class=PortalRoute)
router.include_router(forms.router)
router.include_router(removing.router)
COLUMNS = 6
"""Cycles side by side: three years of half-years, and still readable on a laptop."""


@router.get("/cycles")
async def all_cycles(page: SignedIn, before: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Participants by cycles; ``before`` shows the cycles that lie before the one of that name."""
    stretch = Stretch.of(await page.ask_all(cycles.cycles), before, COLUMNS)
    shown = stretch.cycles[::-1]
    views = [await page.ask(cycles.standing, cycle=one.id) for one in shown]
    return page.show(
        "centre/cycles.html",
        matrix=Matrix.of(views),
        cycles=shown,
        stretch=stretch,
        writes=may(page.subject, "write_cycles", Target()),
        reads=may(page.subject, "review", Target()),
    )


@router.get("/cycles/{cycle}")
async def one_cycle(cycle: str, page: SignedIn) -> Response:
    """One cycle: its dates, where each expected participant stands, and who has more time."""
    there = await page.ask(cycles.cycle, cycle=cycle)
    reads = may(page.subject, "review", Target())
    arrived = (await page.ask(submissions.submissions, cycle=there.id, limit=20)).items if reads else []
    return page.show(
        "centre/cycle.html",
        cycle=there,
        standing=await page.ask(cycles.standing, cycle=cycle),
        extensions=page.gateway.view.directory.extensions(there.id),
        arrived=arrived,
        writes=may(page.subject, "write_cycles", Target()),
        reads=reads,
    )


router.include_router(review.router)
router.include_router(arrivals.router)
