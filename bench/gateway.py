"""The gateway beside a bare route: submissions a second, and CPU seconds of the serving process for each."""

import asyncio
import sys
from typing import NamedTuple

from bench.drain import started
from bench.feed import Feed
from bench.rig import Rig
from bench.sending import Load, flood, request, token
from bench.usage import cpu_seconds
from contracts.topics import SUBMISSIONS
from deploy.local.ports import free_port, not_listening
from deploy.local.waiting import wait_for

BARE_TOPIC = "bench.bare"
BODIES = 40


class Served(NamedTuple):
    """What a server did in a turn."""

    per_second: float
    cpu: float
    """Seconds a request."""


class Turn(NamedTuple):
    """Gateway and bare route, one after the other."""

    gateway: Served
    bare: Served

    @property
    def ratio(self) -> float:
        return self.gateway.per_second / self.bare.per_second

    @property
    def cpu_ratio(self) -> float:
        """How much of the gateway's time the bare route needs as well."""
        return self.bare.cpu / self.gateway.cpu


async def compared(rig: Rig, seconds: float, rounds: int) -> list[Turn]:
    """Both under the same load of returns of 300 to 3,000 figures, in turns."""
    await rig.services("gateway")
    port = free_port(set())
    await rig.make("", BARE_TOPIC, like=SUBMISSIONS)
    told = {"VRS_BENCH_KAFKA": rig.kafka, "VRS_BENCH_TOPIC": BARE_TOPIC, "VRS_BENCH_PORT": str(port)}
    feed = Feed(1, BODIES, participants=20)
    reports = [feed.report(sent) for sent in feed.order if not sent.withdrawn]
    to_gateway = [
        request("POST", "/api/v1/submissions", token(rig.key, "focal-point", one["reporter"]), one) for one in reports
    ]
    to_bare = [request("POST", "/submissions", "none", one) for one in reports]
    async with started((sys.executable, "-m", "bench.bare"), told, rig.log("bare")) as bare:
        await asyncio.to_thread(wait_for, "the bare route", lambda: not_listening(port), seconds=20)
        turns = []
        for number in range(rounds + 1):
            one = Turn(
                await _turn(rig.stack.ports.gateway, to_gateway, rig.stack.pid("gateway"), seconds),
                await _turn(port, to_bare, bare.pid, seconds),
            )
            if number:  # the first turn warms both
                turns.append(one)
    await rig.end("gateway")
    return turns


async def _turn(port: int, requests: list[bytes], pid: int, seconds: float) -> Served:
    before = cpu_seconds(pid)
    load: Load = await flood(port, requests, seconds, 202)
    return Served(load.per_second, (cpu_seconds(pid) - before) / load.count)
