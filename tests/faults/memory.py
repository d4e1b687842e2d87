"""Does memory stay flat while a consumer is slow? `python -m tests.faults.memory`.

Every way of the aggregation workers to MongoDB is delayed and their writes are made small, so that they fall behind
while large returns keep coming. The memory of each worker is sampled meanwhile and while they catch up: what it holds
may not grow with what waits. Ends with 1 where a worker's memory left its band, the backlog was none, or a figure is
wrong afterwards.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from tests.faults import bodies, world
from tests.faults.journal import Journal, read
from tests.faults.load import Load, set_up
from tests.faults.oracle import Oracle
from tests.faults.quiet import Broker, Store, wait_quiet
from tests.faults.rig import Rig
from tests.faults.script import Action
from tests.faults.sender import Sender

BAND = 0.20
LOOKS, BETWEEN_SECONDS, STEADY, REST_SECONDS = 5, 1.0, 0.03, 60.0
"""A level is so many looks that differ by so little, beside a band of 20 %; it comes soon after all is quiet."""
SLOWED = ("aggregation", "aggregation-2")
SETTINGS = {"VRS_AGGREGATION_OPERATIONS_PER_CALL": "50", "VRS_AGGREGATION_FIGURES_PER_FLUSH": "800"}
"""Small writes: each call then costs a slow way there and back."""
WARM_UP, LEAST_BACKLOG = 400, 300
QUIET_SECONDS = 600.0
MEBIBYTE = 2**20
Say = Callable[[str], None]


class Memory:
    """Samples the resident memory of every worker."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self.samples: defaultdict[str, list[int]] = defaultdict(list)

    def look(self) -> None:
        for name, pid in self._rig.stack.pids().items():
            if name in self._rig.stack.workers():
                self.samples[name].append(resident(pid))


def resident(pid: int) -> int:
    """Bytes of a process that are in memory (proc(5))."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def large_returns(of: world.World, seed: int, count: int) -> list[Action]:
    """Whole returns of many rows, to every cycle that takes them."""
    rng = random.Random(seed)
    places = [
        (one.code, cycle) for one in world.NATIONAL for cycle in of.reporting if one.code in of.cycle(cycle).expected
    ]
    actions = []
    for number in range(count):
        code, cycle = places[number % len(places)]
        body = bodies.large(rng, code, cycle)
        actions.append(
            Action(f"large-{seed}-{number}", "report", "accept", f"focal-point:{code}", code, cycle, body=body)
        )
    return actions


async def measured(folder: Path, seed: int, count: int, say: Say) -> list[str]:
    """The whole measurement on a system of its own; what is wrong."""
    of = world.build(datetime.now(UTC))
    journal = Journal(folder / "journal.jsonl")
    rig = Rig(folder / "var", seed, settings=SETTINGS)
    try:
        await asyncio.to_thread(rig.__enter__)
        sender = Sender(rig.gateways, rig.bootstrap, rig.stack.var / "token.key", journal, seed)
        try:
            await set_up(sender, of)
            return await _on(rig, sender, folder / "journal.jsonl", large_returns(of, seed, WARM_UP + count), say)
        finally:
            await sender.close()
    finally:
        await asyncio.to_thread(rig.__exit__, None, None, None)
        journal.close()


async def _on(rig: Rig, sender: Sender, journal: Path, actions: list[Action], say: Say) -> list[str]:
    memory, backlog = Memory(rig), [0]
    load = Load(sender, actions)
    try:
        await load.release(WARM_UP, 0.0)
        await load.rest(QUIET_SECONDS)
        await wait_quiet(rig, QUIET_SECONDS)
        before = await level(memory)
        memory.samples.clear()
        say(f"{WARM_UP} returns are in; now aggregation is slowed down")
        for name in SLOWED:
            await asyncio.to_thread(rig.proxies.mode, f"{name}>mongo", "delay")
        sending = asyncio.create_task(load.finish(QUIET_SECONDS))
        began = time.monotonic()
        while not sending.done():
            await _sample(rig, memory, backlog, sending)
        await sending
        say(f"fed in {time.monotonic() - began:.0f} s; aggregation is {backlog[-1]} messages behind")
        _out_of_band(before, memory, say)
        for name in SLOWED:
            await asyncio.to_thread(rig.proxies.mode, f"{name}>mongo", "pass")
        catching_up = asyncio.create_task(wait_quiet(rig, QUIET_SECONDS))
        while not catching_up.done():
            await _sample(rig, memory, backlog, catching_up)
        await catching_up
    finally:
        await load.stop()
    return [*_out_of_band(before, memory, say), *_too_little(max(backlog), say), *_wrong_cells(rig, journal)]


async def level(memory: Memory) -> dict[str, int]:
    """What each worker holds at rest: once its last LOOKS looks agree. Raises TimeoutError."""
    begun = time.monotonic()
    while True:
        memory.look()
        latest = {name: found[-LOOKS:] for name, found in memory.samples.items()}
        moving = sorted(name for name, found in latest.items() if len(found) < LOOKS or not steady(found))
        if not moving:
            return {name: int(median(found)) for name, found in latest.items()}
        if time.monotonic() - begun > REST_SECONDS:
            raise TimeoutError(f"waited {REST_SECONDS:g} s for the memory to stand still; still moving: {moving}")
        await asyncio.sleep(BETWEEN_SECONDS)


def steady(found: Sequence[int]) -> bool:
    """Whether the samples differ by no more than STEADY of the largest."""
    return max(found) - min(found) <= STEADY * max(found)


async def _sample(rig: Rig, memory: Memory, backlog: list[int], until: asyncio.Task[Any]) -> None:
    """One sample, and the second until the next one; no longer than ``until`` takes."""
    memory.look()
    behind = await Broker(rig.bootstrap).lag()
    backlog.append(behind.get("vrs.aggregation vrs.reports.judged", 0))
    await asyncio.wait({until}, timeout=1.0)


def _out_of_band(before: dict[str, int], memory: Memory, say: Say) -> list[str]:
    say("| worker | before MiB | median MiB | highest MiB | highest of before |")
    say("| --- | --- | --- | --- | --- |")
    wrong = []
    for name, found in sorted(memory.samples.items()):
        most, level = max(found), before[name]
        shown = " | ".join(f"{one / MEBIBYTE:.0f}" for one in (level, median(found), most))
        say(f"| {name} | {shown} | {most / level:.0%} |")
        if most > level * (1 + BAND):
            wrong.append(f"the memory of {name} went from {level // MEBIBYTE} to {most // MEBIBYTE} MiB")
    return wrong


def _too_little(most: int, say: Say) -> list[str]:
    say(f"longest backlog: {most} messages")
    return [] if most >= LEAST_BACKLOG else [f"the backlog was {most} messages: nothing was slow"]


def _wrong_cells(rig: Rig, journal: Path) -> list[str]:
    store = Store(rig.mongo_url)
    try:
        return Oracle(read(journal), store.database).findings()
    finally:
        store.close()


def main() -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(description="Sample the workers' memory while aggregation is slow.")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=1_200)
    asked = parser.parse_args()

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="vrs-memory-") as folder:
        wrong = asyncio.run(measured(Path(folder), asked.seed, asked.submissions, say))
    for one in wrong[:40]:
        say(f"FINDING {one}")
    say(f"{len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
