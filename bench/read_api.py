"""The read API beside the bare find: one citizenship over twenty half-years and two hundred participants."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from bench.feed import reporters
from bench.rig import Rig
from bench.sending import flood, request, token
from bench.usage import cpu_seconds
from contracts.geography import countries
from contracts.identity import aggregate_id, series_id
from contracts.period import Period, rolling
from runtime.mongo import Database, connect
from runtime.settings import ServiceSettings

PARTICIPANTS, HALF_YEARS, MEMBERS, MEMBER = 200, 20, 60, "AF"
INDICATORS = ("illegal_entries", "refused_entries", "illegal_residences", "illegal_exits", "smuggled_migrants",
              "users_of_fraudulent_documents", "migrant_smugglers", "convicted_smugglers")  # fmt: skip
TABLES = [f"{indicator}|{dimension}" for indicator in INDICATORS for dimension in ("total", "citizenship", "last_exit")]
CONNECTIONS = 4
CHANGE_SECONDS = 0.25
"""As often as the gateway reads anew which returns are in force: more changes would be seen together."""
LAST = Period.parse("2021-H2")


class Served(NamedTuple):
    """Of a turn."""

    per_second: float
    cpu: float
    """Seconds of the reading process for each request or find."""


class Turn(NamedTuple):
    """``still``: while no return changes; ``changing``: while one does every ``CHANGE_SECONDS``."""

    still: Served
    changing: Served
    find: Served

    def ratio(self, api: Served) -> float:
        return api.per_second / self.find.per_second

    def cpu_ratio(self, api: Served) -> float:
        return self.find.cpu / api.cpu


async def compared(rig: Rig, seconds: float, rounds: int) -> list[Turn]:
    """The API as the centre asks it, and a find of the very documents it answers from, in turns."""
    cycles = [str(one) for one in rolling(LAST, HALF_YEARS)]
    _fill(rig, cycles)
    await rig.services("gateway")
    path = f"/api/v1/aggregates/citizenship?member={MEMBER}&period={cycles[0]}..{cycles[-1]}"
    asked = [request("GET", path, token(rig.key, "centre"))]
    database = connect(ServiceSettings(mongo_url=rig.mongo))
    turns = []
    for number in range(rounds + 1):
        still = await _api(rig, asked, seconds)
        async with _changes(database, cycles):
            changing = await _api(rig, asked, seconds)
        one = Turn(still, changing, await _find(database, cycles, seconds))
        if number:  # the first turn warms both
            turns.append(one)
    await rig.end("gateway")
    database.client.close()
    rig.client.drop_database("vrs")
    return turns


async def _api(rig: Rig, asked: list[bytes], seconds: float) -> Served:
    pid = rig.stack.pid("gateway")
    before = cpu_seconds(pid)
    load = await flood(rig.stack.ports.gateway, asked, seconds, 200, CONNECTIONS)
    return Served(load.per_second, (cpu_seconds(pid) - before) / load.count)


@asynccontextmanager
async def _changes(database: Database, cycles: list[str]) -> AsyncIterator[None]:
    """Returns that are judged again, one after the other in any cycle, with the figures they had."""
    draw, participants = Random(2), reporters(PARTICIPANTS)

    async def change() -> None:
        while True:
            series = series_id(draw.choice(participants), draw.choice(cycles))
            await database.contributions.update_one({"_id": series}, {"$inc": {"judgement": 1, "order": 1}})
            await asyncio.sleep(CHANGE_SECONDS)

    task = asyncio.create_task(change())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _find(database: Database, cycles: list[str], seconds: float) -> Served:
    where = {"dimension": "citizenship", "period": {"$in": cycles}}
    fields = ["period", "participant", "revision", *(f"cells.{indicator}.{MEMBER}" for indicator in INDICATORS)]
    count, began, cpu = 0, time.perf_counter(), time.process_time()

    async def one() -> None:
        nonlocal count
        while time.perf_counter() - began < seconds:
            found = await database.aggregates.find(where, fields).to_list(None)
            if len(found) != len(cycles) * PARTICIPANTS:
                raise RuntimeError(f"{len(found)} documents of {len(cycles) * PARTICIPANTS}")
            count += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(one())
    return Served(count / (time.perf_counter() - began), (time.process_time() - cpu) / count)


def _fill(rig: Rig, cycles: list[str]) -> None:
    """Documents as aggregation keeps them: a return of every participant for every cycle, and their citizenship."""
    draw, participants = Random(1), reporters(PARTICIPANTS)
    members = [MEMBER, *draw.sample([one.alpha2 for one in countries() if one.alpha2 != MEMBER], MEMBERS - 1)]
    database = rig.client["vrs"]
    database["aggregates"].create_index([("dimension", 1), ("period", 1)])
    for cycle in cycles:
        database["aggregates"].insert_many(
            {
                "_id": aggregate_id(cycle, "citizenship", participant),
                "period": cycle,
                "dimension": "citizenship",
                "participant": participant,
                "order": 1_000_000,
                "revision": 1,
                "cells": {
                    indicator: {member: draw.randint(1, 9_999) for member in members} for indicator in INDICATORS
                },
            }
            for participant in participants
        )
        database["contributions"].insert_many(
            {
                "_id": series_id(participant, cycle),
                "participant": participant,
                "cycle": cycle,
                "partition": 0,
                "offset": 0,
                "revision": 1,
                "judgement": 0,
                "order": 1_000_000,
                "dimensions": ["citizenship"],
                "cells": len(INDICATORS) * MEMBERS,
                "answered": TABLES,
                "centre_only": [],
                "withdrawn": False,
                "at": datetime.now(UTC),
            }
            for participant in participants
        )
