"""The pages of centre."""

from fastapi import APIRouter, Response

from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn

router = APIRouter(route_class=PortalRoute)


@router.get("/cycles")
async def first_page(page: SignedIn) -> Response:
    return page.show("centre/page.html")
