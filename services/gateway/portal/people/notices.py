"""The notices and mails that went out: to one's own focal points, or to the centre; to operators how many stand how."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.gateway.api import notifications
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn
from services.gateway.portal.people.wording import CHANNELS

router = APIRouter(route_class=PortalRoute)


@router.get("/notices")
async def notices(
    page: SignedIn,
    cycle: Annotated[str, Query(max_length=10)] = "",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Newest first."""
    found = await page.ask(notifications.notifications, cycle=cycle or None, cursor=cursor, limit=50)
    return page.show(
        "people/notices.html",
        found=found,
        cycle=cycle,
        cycles=[one.id for one in reversed(page.gateway.view.directory.cycles())],
        channels=CHANNELS,
    )
