"""The page at "/": one for each role."""

from typing import assert_never

from fastapi import APIRouter, Response

from services.gateway.portal.dashboard.analyst import analyst_dashboard
from services.gateway.portal.dashboard.centre import centre_dashboard
from services.gateway.portal.dashboard.operator import operator_dashboard
from services.gateway.portal.dashboard.state import state_dashboard
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn

router = APIRouter(route_class=PortalRoute)


@router.get("/")
async def dashboard(page: SignedIn) -> Response:
    """What this role looks at first."""
    role = page.subject.role
    match role:
        case "focal-point" | "agency":
            return page.show("dashboard/state.html", found=await state_dashboard(page))
        case "centre":
            return page.show("dashboard/centre.html", found=await centre_dashboard(page))
        case "analyst":
            return page.show("dashboard/analyst.html", found=await analyst_dashboard(page))
        case "operator":
            return page.show("dashboard/operator.html", found=await operator_dashboard(page))
        case _:
            assert_never(role)
