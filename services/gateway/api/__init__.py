"""The HTTP application: its routers under /api/v1, the machine descriptions, health, and how every error looks."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from runtime import health
from services.gateway import problems
from services.gateway.api import (
    aggregates,
    commands,
    contacts,
    cycles,
    keys,
    notifications,
    participants,
    reports,
    submissions,
    template,
)
from services.gateway.api.watching import Watching
from services.gateway.asyncapi import asyncapi
from services.gateway.ports import Gateway

PREFIX = "/api/v1"
ROUTERS = (submissions, reports, commands, aggregates, cycles, participants, contacts, keys, notifications, template)


def build_app(gateway: Gateway, checks: Mapping[str, health.Check]) -> FastAPI:
    """The application on the given ports. Opens nothing."""
    app = FastAPI(
        title="VRS-MSRC",
        version="1",
        summary="Voluntary Reporting System on Migrant Smuggling and Related Conduct",
        # The documentation pages of FastAPI load their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.gateway = gateway
    problems.install(app)
    api = APIRouter(prefix=PREFIX)
    for one in ROUTERS:
        api.include_router(one.router)
    app.include_router(api)
    app.include_router(health.routes(checks))
    described = asyncapi()

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi_document() -> JSONResponse:
        return JSONResponse(described)

    app.add_middleware(Watching)
    problems.describe(app)
    return app
