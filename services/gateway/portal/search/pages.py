"""All pages of the output part."""

from fastapi import APIRouter

from services.gateway.portal.search import flow_map, profiles, questions, routines

router = APIRouter()
for part in (routines, flow_map, questions, profiles):
    router.include_router(part.router)
