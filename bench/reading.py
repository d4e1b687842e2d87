"""Reading: what a search of the portal and a call of the interface take, and against the bare find of their documents.

``python -m bench.reading``: a mongod of its own, 200 participants × 20 half-years × every table; each page and call
through the whole application, in one process. Times are of the wall and of this process's CPU. A search is timed after
a return has changed, again while none has, and the very first time, when nothing of it is held. The ratio of requests
per second is interleaved, A-B-A-B. ``--most 500`` ends with 1 where a search takes longer in the median or in one of
twenty after a change; the first time is shown beside it.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx

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
from services.gateway.store import REMEMBERED_SECONDS, MongoReads
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


class Times(NamedTuple):
    """Of calls, in milliseconds: of the wall each, of this process's CPU on average."""

    first: float
    """The one before, which may be the first of its kind."""
    wall: list[float]
    cpu: float

    @property
    def median(self) -> float:
        return statistics.median(self.wall)

    @property
    def slow(self) -> float:
        """What 19 of 20 do not take; of fewer calls the slowest."""
        return sorted(self.wall)[-1 - len(self.wall) // 20]


async def measured(call: Call, times: int, before: Call | None = None) -> Times:
    """Calls after a first one; ``before`` each, what does not count."""
    began = time.perf_counter()
    await call()
    first = 1000 * (time.perf_counter() - began)
    wall: list[float] = []
    cpu = 0.0
    for _ in range(times):
        if before is not None:
            await before()
        began, used = time.perf_counter(), time.process_time()
        await call()
        wall.append(1000 * (time.perf_counter() - began))
        cpu += time.process_time() - used
    return Times(first, wall, 1000 * cpu / times)


async def signed_in(client: httpx.AsyncClient, login: str) -> None:
    page = (await client.get("/sign-in")).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = await client.post("/sign-in", data={"csrf_token": token, "login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text


async def bench(url: str, times: int, only: str) -> float:
    """Prints a table; gives what the slowest search takes after a change, in the median or in one of twenty."""
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

    async def change() -> None:
        """A return is recorded, and nobody has read so yet."""
        await database.contributions.update_one({}, {"$inc": {"order": 1}})
        await asyncio.sleep(REMEMBERED_SECONDS)

    print(f"{'':58}{'median':>8}{'p95':>8}{'cpu ms':>8}{'again':>8}{'first':>8}")
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

            taken = await measured(page, times, change)
            worst = max(worst, taken.median, taken.slow)
            row(path, taken, await measured(page, times))
    token = {"Authorization": f"Bearer {mint('bench', 'analyst', state, None, timedelta(hours=1), KEY)}"}
    member = "AF"
    names = sorted({one["cycle"] for one in world.contributions})
    reads = MongoReads(database)
    indicators = dimensions.indicators(templates.load())

    async def bare() -> None:
        assert [one async for some in reads.aggregates("citizenship", names, indicators, member) for one in some]

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(build_app(gateway, {})), base_url="http://api.example/api/v1", headers=token
    ) as client:
        for extra in ({}, {"indicator": "illegal_entries"}):

            async def call(extra: dict[str, str] = extra) -> None:
                answer = await client.get("/aggregates/citizenship", params={"period": SPAN, "member": member, **extra})
                assert answer.status_code == 200, answer.text
                assert answer.json()["rows"]

            for name, before in (("after a change", change), ("again and again", None)):
                rounds = [
                    (await measured(bare, times * 4, before), await measured(call, times * 4, before)) for _ in range(3)
                ]
                found, called = (together(each) for each in zip(*rounds, strict=True))
                row("bare find of a citizenship", found)
                row(f"GET /aggregates/citizenship {extra}", called)
                print(f"requests/s against the bare find, {name}: {found.median / called.median:.2f}")
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


def together(rounds: Iterable[Times]) -> Times:
    held = list(rounds)
    wall = [one for taken in held for one in taken.wall]
    return Times(held[0].first, wall, statistics.mean(taken.cpu for taken in held))


def row(name: str, taken: Times, again: Times | None = None) -> None:
    more = f"{again.median:8.1f}{taken.first:8.1f}" if again else ""
    print(f"{name[:57]:58}{taken.median:8.1f}{taken.slow:8.1f}{taken.cpu:8.1f}{more}", flush=True)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=5)
    asked.add_argument("--only", default="", help="searches whose address holds this")
    asked.add_argument("--most", type=float, default=float("inf"), help="milliseconds that a search may take")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), Ports.free()) as stack:
        stack.start_backbone(("mongo",))
        space_out_the_collector()  # as every service's process does
        worst = asyncio.run(bench(local_mongo.url(stack.ports.mongo), told.times, told.only))
    print(f"slowest search: {worst:.0f} ms")
    return int(worst > told.most)


if __name__ == "__main__":
    raise SystemExit(main())
