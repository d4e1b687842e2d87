"""The aggregation service and its peers on one filled topic, in turns: A-B-C-A-B-C, each round beside the ceiling."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from bench.contestant import Contestant, product
from bench.drain import ROOT, Drained, drain
from bench.feed import Work
from bench.judged import records, truth
from bench.rig import Filled, Rig
from bench.spread import Spread, short
from contracts.topics import AGGREGATES, DEADLETTERS, JUDGED


class Ceiling(NamedTuple):
    """What reading and decoding alone comes to."""

    figures: int
    figures_per_second: float
    cpu_per_million: float


async def filled(rig: Rig, work: Work) -> Filled:
    """The feed on a topic of its own, as the product reads it."""
    prefix = f"{work.name}."
    await rig.make(prefix, JUDGED, AGGREGATES, DEADLETTERS)
    found = await rig.fill(f"{prefix}{JUDGED.name}", records(work))
    found.name = work.name
    return found


async def ceiling(rig: Rig, full: Filled) -> Ceiling:
    """Read the topic once in a process of its own."""
    told = {"VRS_BENCH_KAFKA": rig.kafka, "VRS_BENCH_TOPIC": full.topic}
    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.ceiling", cwd=ROOT, env={**os.environ, **told}, stdout=asyncio.subprocess.PIPE
    )
    said = json.loads((await reader.communicate())[0])
    if said["figures"] != full.total:
        raise ValueError(f"the ceiling read {said['figures']} figures of {full.total}")
    return Ceiling(said["figures"], said["figures"] / said["seconds"], said["cpu"] * 1e6 / said["figures"])


class Side(NamedTuple):
    """All drains of one contestant, and the ceiling of each round."""

    name: str
    drained: list[Drained]
    ceilings: list[Ceiling]

    @property
    def of_ceiling(self) -> Spread:
        """Figures a second, of what reading and decoding alone gives."""
        pairs = zip(self.drained, self.ceilings, strict=True)
        return Spread.of([one.figures_per_second / top.figures_per_second for one, top in pairs])

    def line(self) -> str:
        """For people."""
        each = self.drained
        cpu = [
            Spread.of([getattr(one.cpu_per_million, part) for one in each]) for part in ("service", "kafka", "mongo")
        ]
        return (
            f"{self.name:28} {Spread.of([one.figures_per_second for one in each])!s:>28} figures/s"
            f"  ÷ ceiling {self.of_ceiling!s:>20}  CPU s/million: service {cpu[0]}, kafka {cpu[1]}, mongo {cpu[2]}"
            f"  per figure: {short(Spread.of([(one.operations + one.messages) / one.figures for one in each]).median)}"
            f"  gap {Spread.of([one.longest_gap for one in each])} s"
            f"  memory {max(one.memory for one in each) / 2**20:.0f} MiB"
            f"  from start {Spread.of([one.seconds_from_start for one in each])} s"
        )


async def compared(rig: Rig, work: Work, peers: Sequence[Contestant] = (), rounds: int = 3) -> list[Side]:
    """The product first, then its peers. ValueError where somebody's figures are not the oracle's."""
    full, expected = await filled(rig, work), truth(work)
    sides = [Side(one.name, [], []) for one in (product(full), *peers)]
    await ceiling(rig, full)  # the first reader finds the broker cold
    for _ in range(rounds):
        top = await ceiling(rig, full)
        for side, contestant in zip(sides, (product(full), *peers), strict=True):
            one = await drain(rig, full, contestant, expected)
            if one.wrong:
                raise ValueError(f"{one.name}: " + "; ".join(one.wrong))
            side.drained.append(one)
            side.ceilings.append(top)
    return sides
