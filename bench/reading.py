"""Reading: what a search of the portal and a call of the interface take, and against the bare find of their documents.

``python -m bench.reading``: a mongod of its own, 200 participants × 20 half-years × every table; each page and call
through the whole application, in one process. Times are of the wall and of this process's CPU; the ratio of
requests per second is interleaved, A-B-A-B. ``--most 500`` ends with 1 where a search's median takes longer.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvloop

from bench import reading_world
from contracts import template as templates
from deploy.local import mongo as local_mongo
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from runtime import mongo
from runtime.process import space_out_the_collector
from services.gateway import dimensions
from services.gateway.api import build_app
from services.gateway.keys.keyring import Keyring
from services.gateway.keys.store import MemoryKeys
from services.gateway.portal.accounts.passwords import digest_now
from services.gateway.portal.accounts.store import MemoryAccounts
from services.gateway.portal.accounts.user import User
from services.gateway.portal.application import build_portal
from services.gateway.portal.pipeline import MemoryPipeline
from services.gateway.portal.search import catalogue
from services.gateway.portal.settings import PortalSettings
from services.gateway.ports import Gateway
from services.gateway.rate import Rate
from services.gateway.settings import GatewaySettings
from services.gateway.store import MongoReads
from services.gateway.tokens import mint
from services.gateway.view import PatientView

KEY = b"k" * 32
SPAN = "2004-H1..2013-H2"
PASSWORD = "four plain words here"
Call = Callable[[], Awaitable[Any]]


class Still:
    """Cycles and participants that do not change."""

    def __init__(self, world: reading_world.World) -> None:
        self.directory = world.directory

    async def refresh(self) -> None:
        """Nothing comes."""


def now() -> datetime:
    return datetime.now(UTC)


async def measured(call: Call, times: int) -> tuple[list[float], float]:
    """Milliseconds of each call, and of CPU per call."""
    await call()
    taken, cpu = [], time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        await call()
        taken.append(1000 * (time.perf_counter() - began))
    return taken, 1000 * (time.process_time() - cpu) / times


async def signed_in(client: httpx.AsyncClient, login: str) -> None:
    page = (await client.get("/sign-in")).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = await client.post("/sign-in", data={"csrf_token": token, "login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text


async def bench(url: str, times: int, only: str) -> float:
    """Prints a table; gives the largest median of a search."""
    database = mongo.connect(GatewaySettings(mongo_url=url, mongo_database="bench_reading"))
    world = reading_world.made()
    await world.put_into(database)
    print(f"{world.figures:,} figures, {len(world.aggregates):,} aggregates, {len(world.contributions):,} returns")
    view = PatientView(Still(world), 5.0)
    nobody: Any = None  # nothing is sent
    keys = Keyring(MemoryKeys(), view, now)
    gateway = Gateway(GatewaySettings(), MongoReads(database), view, nobody, nobody, nobody, KEY, now, Rate(0), keys)
    then = now() - timedelta(days=1)
    state = world.contributions[0]["participant"]
    analyst = User("analyst", digest_now(PASSWORD), "analyst", state, None, None, True, 1, then, then)
    portal = build_portal(PortalSettings(), gateway, MemoryAccounts(analyst), MemoryPipeline())
    worst = 0.0
    print(f"{'':58}{'median':>8}{'p95':>8}{'cpu ms':>8}")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal),
        base_url="https://portal.example",
        headers={"Origin": "https://portal.example"},
    ) as client:
        await signed_in(client, "analyst")
        for path in searches():
            if only not in path:
                continue

            async def page(path: str = path) -> None:
                answer = await client.get(path)
                assert answer.status_code == 200, (path, answer.status_code)

            taken, cpu = await measured(page, times)
            worst = max(worst, statistics.median(taken))
            row(path, taken, cpu)
    token = {"Authorization": f"Bearer {mint('bench', 'analyst', state, None, timedelta(hours=1), KEY)}"}
    member = "AF"
    names = sorted({one["cycle"] for one in world.contributions})
    reads = MongoReads(database)
    indicators = dimensions.indicators(templates.load())

    async def bare() -> None:
        assert await reads.aggregates("citizenship", names, indicators, member)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(build_app(gateway, {})), base_url="http://api.example/api/v1", headers=token
    ) as client:
        for extra in ({}, {"indicator": "illegal_entries"}):

            async def call(extra: dict[str, str] = extra) -> None:
                answer = await client.get("/aggregates/citizenship", params={"period": SPAN, "member": member, **extra})
                assert answer.status_code == 200, answer.text
                assert answer.json()["rows"]

            rounds = [(await measured(bare, times * 4), await measured(call, times * 4)) for _ in range(3)]
            finds = [one for (taken, _), _ in rounds for one in taken]
            calls = [one for _, (taken, _) in rounds for one in taken]
            row("bare find of a citizenship", finds, statistics.mean(cpu for (_, cpu), _ in rounds))
            row(f"GET /aggregates/citizenship {extra}", calls, statistics.mean(cpu for _, (_, cpu) in rounds))
            print(f"requests/s against the bare find: {statistics.median(finds) / statistics.median(calls):.2f}")
    database.client.close()
    return worst


def searches() -> list[str]:
    """A search for every dimension over all periods, one over time, and the pages of a citizenship and a route."""
    first, last = SPAN.split("..")
    span = f"from={first}&to={last}"
    indicator_of: dict[str, str] = {}
    for indicator, divided in catalogue.tables().items():
        for dimension in divided:
            indicator_of.setdefault(dimension, indicator)
    found = [f"/search?indicator={indicator}&by={by}&{span}" for by, indicator in indicator_of.items()]
    return [*found, f"/search?{span}&view=series", f"/search/citizenship/AF?{span}"]


def row(name: str, taken: list[float], cpu: float) -> None:
    quantile = statistics.quantiles(taken, n=20)[-1]
    print(f"{name[:57]:58}{statistics.median(taken):8.1f}{quantile:8.1f}{cpu:8.1f}", flush=True)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=5)
    asked.add_argument("--only", default="", help="searches whose address holds this")
    asked.add_argument("--most", type=float, default=float("inf"), help="milliseconds that a search may take")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), Ports.free()) as stack:
        stack.start_backbone(("mongo",))
        space_out_the_collector()  # as every service's process does
        worst = uvloop.run(bench(local_mongo.url(stack.ports.mongo), told.times, told.only))
    print(f"slowest search: {worst:.0f} ms")
    return int(worst > told.most)


if __name__ == "__main__":
    raise SystemExit(main())
