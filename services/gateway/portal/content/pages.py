"""The pages of content."""

from fastapi import APIRouter, Response

from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn

router = APIRouter(route_class=PortalRoute)


@router.get("/content/definitions")
async def first_page(page: SignedIn) -> Response:
    return page.show("content/page.html")
