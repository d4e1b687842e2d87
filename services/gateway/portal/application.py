"""The portal as an application of its own, on given ports. Opens nothing."""

from functools import cache

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from services.gateway.api.watching import Watching
from services.gateway.portal import problems, statics
from services.gateway.portal.accounts.store import Accounts
from services.gateway.portal.frame import Frame
from services.gateway.portal.headers import Guarding
from services.gateway.portal.pipeline import Pipeline
from services.gateway.portal.portal import Portal
from services.gateway.portal.returns.drafts import Drafts, MemoryDrafts
from services.gateway.portal.sets import SETS
from services.gateway.portal.settings import PortalSettings
from services.gateway.ports import Gateway


def build_portal(
    settings: PortalSettings,
    gateway: Gateway,
    accounts: Accounts,
    pipeline: Pipeline,
    drafts: Drafts | None = None,
) -> ASGIApp:
    """Every page set's routes, the frame around them, and how every error looks. Without ``drafts``: in memory."""
    app = FastAPI(title="VRS-MSRC portal", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    entries = [entry for one in SETS for entry in one.menu]
    app.state.portal = Portal(settings, gateway, accounts, pipeline, _frame(), entries, drafts or MemoryDrafts())
    app.state.gateway = gateway
    problems.install(app)
    app.include_router(statics.router)
    for one in SETS:
        app.include_router(one.router)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    app.add_middleware(Watching)
    # Outermost, so that the page of an unexpected error has the headers too.
    return Guarding(app)


@cache
def _frame() -> Frame:
    """Compiled templates are the same for every application of a process."""
    return Frame(SETS)
