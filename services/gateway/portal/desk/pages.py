"""The pages of desk."""

from fastapi import APIRouter, Response

from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn

router = APIRouter(route_class=PortalRoute)


@router.get("/desk")
async def first_page(page: SignedIn) -> Response:
    return page.show("desk/page.html")
