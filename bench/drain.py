"""One drain: a program is started on a filled topic and watched from outside until all of it is in the database.

Times and costs are told twice. *From the start*: since the process was started, its loading included. *Running*:
between the first commit that is seen and the last, over the figures between the two; that is what a long-running
service does, and a program with a slow start is not blamed for it. Where the first commit comes after half of
the time, both are the same.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from aiokafka.admin import AIOKafkaAdminClient

from bench.contestant import Contestant, environment
from bench.oracle import Expected
from bench.rig import Filled, Rig
from bench.usage import cpu_seconds, resident_bytes

LOOK_SECONDS = 0.05
GRACE_SECONDS = 30.0
STILL_SECONDS = 1.5
"""Six times the interval of the writes: after so long without one the work is done."""
ROOT = Path(__file__).resolve().parents[1]


class Cpu(NamedTuple):
    """CPU seconds."""

    service: float
    kafka: float
    mongo: float

    @property
    def together(self) -> float:
        return sum(self)

    def less(self, other: "Cpu") -> "Cpu":
        return Cpu(self.service - other.service, self.kafka - other.kafka, self.mongo - other.mongo)

    def per_million(self, figures: int) -> "Cpu":
        return Cpu(*(one * 1e6 / figures for one in self))


@dataclass
class Drained:
    """What was seen of one drain."""

    name: str
    figures: int
    seconds_from_start: float
    figures_per_second: float
    """Running."""
    cpu_per_million: Cpu
    """Running."""
    cpu_per_million_from_start: Cpu
    operations: int
    messages: int
    memory: int
    """The most bytes that were in use."""
    longest_gap: float
    """Seconds between two commits that moved."""
    wrong: list[str] = field(default_factory=list)


class _Look(NamedTuple):
    at: float
    figures: int
    cpu: Cpu


async def drain(
    rig: Rig, filled: Filled, contestant: Contestant, expected: Expected, seconds: float = 300.0
) -> Drained:
    """Run a contestant once. TimeoutError where it does not get to the end; ``wrong`` where its figures are."""
    database = f"drain{secrets.token_hex(4)}"
    state = rig.stack.var / "state" / database
    state.mkdir(parents=True)
    told = {"VRS_BENCH_STATE": str(state), **environment(rig, filled, contestant, database)}
    await rig.make("", told["VRS_BENCH_OUT"])
    await rig.begin_again(told["VRS_BENCH_GROUP"], filled)
    before, operations = await rig.ends(), rig.operations()
    log = rig.log(f"{contestant.name.replace(' ', '-')}-{database}")
    try:
        async with started(contestant.command, told, log) as process, rig.admin() as admin:
            looks, memory = await _watched(rig, admin, filled, told["VRS_BENCH_GROUP"], process, seconds, log)
            looks += await _ended(rig, filled, process)
            wrong = contestant.check(rig.client[database], expected)
            late = time.perf_counter() + GRACE_SECONDS
            while wrong and time.perf_counter() < late:
                looks += await _ended(rig, filled, process)
                wrong = contestant.check(rig.client[database], expected)
            operations = rig.operations() - operations
            after = await rig.ends()
        return _summed(contestant.name, looks, memory, operations, sum(after.values()) - sum(before.values()), wrong)
    finally:
        rig.client.drop_database(database)
        shutil.rmtree(state)
        await rig.forget(database)


@contextlib.asynccontextmanager
async def started(command: tuple[str, ...], told: dict[str, str], log: Path) -> AsyncIterator[Process]:
    """A program while inside, then SIGTERM, and SIGKILL to one that does not end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env={**os.environ, **told}, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _watched(
    rig: Rig,
    admin: AIOKafkaAdminClient,
    filled: Filled,
    group: str,
    process: Process,
    seconds: float,
    log: Path,
) -> tuple[list[_Look], int]:
    """Look until the group has committed everything: a look at the start, then one for each commit that moved."""
    looks, memory = [_Look(time.perf_counter(), 0, _cpu(rig, process))], 0
    while True:
        offsets = await committed(admin, group, filled.topic)
        now, figures = time.perf_counter(), filled.done(offsets)
        if figures > looks[-1].figures or filled.ended(offsets):
            looks.append(_Look(now, figures, _cpu(rig, process)))
        if filled.ended(offsets):
            return looks, max(memory, resident_bytes(process.pid))
        if process.returncode is not None:
            raise RuntimeError(f"{group} ended with {process.returncode}\n{_last(log)}")
        if now - looks[0].at > seconds:
            raise TimeoutError(f"{group}: {figures} of {filled.total} figures after {seconds:g} s\n{_last(log)}")
        memory = max(memory, resident_bytes(process.pid))
        await asyncio.sleep(LOOK_SECONDS)


async def _ended(rig: Rig, filled: Filled, process: Process) -> list[_Look]:
    """The last look at which the database was still written to; none where it is still already.

    Who works in two steps has read everything before it has written everything.
    """
    look: list[_Look] = []
    writes, still_at = rig.writes(), time.perf_counter()
    while time.perf_counter() - still_at < STILL_SECONDS:
        await asyncio.sleep(LOOK_SECONDS)
        now = rig.writes()
        if now != writes:
            writes, still_at = now, time.perf_counter()
            look = [_Look(still_at, filled.total, _cpu(rig, process))]
    return look


def _cpu(rig: Rig, process: Process) -> Cpu:
    pids = rig.pids
    return Cpu(*map(cpu_seconds, (process.pid, pids["kafka"], pids["mongo"])))


def _last(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-30:])


async def committed(admin: AIOKafkaAdminClient, group: str, topic: str) -> dict[int, int]:
    """The offsets that a group has committed, by partition."""
    found = await admin.list_consumer_group_offsets(group)
    return {place.partition: one.offset for place, one in found.items() if place.topic == topic and one.offset > 0}


def _summed(name: str, looks: list[_Look], memory: int, operations: int, messages: int, wrong: list[str]) -> Drained:
    start, first, last = looks[0], looks[1], looks[-1]
    # Whoever commits nothing until most of the time is over: there is no running to be told apart from the start.
    since = first if first.at - start.at < (last.at - start.at) / 2 else start
    figures = last.figures - since.figures
    moves = [look.at for look in looks[1:]]
    return Drained(
        name=name,
        figures=last.figures,
        seconds_from_start=last.at - start.at,
        figures_per_second=figures / (last.at - since.at),
        cpu_per_million=last.cpu.less(since.cpu).per_million(figures),
        cpu_per_million_from_start=last.cpu.less(start.cpu).per_million(last.figures),
        operations=operations,
        messages=messages,
        memory=memory,
        longest_gap=max((later - earlier for earlier, later in pairwise(moves)), default=0.0),
        wrong=wrong,
    )
