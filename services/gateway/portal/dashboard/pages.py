"""The page at "/"."""

from fastapi import APIRouter, Response

from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn

router = APIRouter(route_class=PortalRoute)


@router.get("/")
async def dashboard(page: SignedIn) -> Response:
    """What this role looks at first."""
    return page.show("dashboard/page.html")
