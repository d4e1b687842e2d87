"""The portal's wiring, and the only file of it that sees Kafka."""

from fastapi import FastAPI

from runtime.mongo import Database
from services.gateway.portal.accounts.store import MongoAccounts
from services.gateway.portal.application import build_portal
from services.gateway.portal.beside import Beside
from services.gateway.portal.pipeline import MemoryPipeline
from services.gateway.portal.settings import PortalSettings
from services.gateway.ports import Gateway


async def put_beside(interface: FastAPI, gateway: Gateway, database: Database) -> None:
    """Serve the portal on the interface's port. Raises NotNow."""
    accounts = MongoAccounts(database)
    await accounts.prepare()
    portal = build_portal(PortalSettings(), gateway, accounts, MemoryPipeline())
    interface.add_middleware(Beside, portal=portal)
