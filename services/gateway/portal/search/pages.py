"""All pages of the output part."""

from fastapi import APIRouter

from services.gateway.portal.search import flow_map, profile_files, profiles, questions, routines

router = APIRouter()
for part in (routines, flow_map, questions, profiles, profile_files):
    router.include_router(part.router)
