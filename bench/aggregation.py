"""The aggregation service and its peers on one filled topic, in turns: A-B-C-A-B-C, each round beside the ceiling."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from bench.contestant import Contestant, product
from bench.drain import ROOT, Cpu, Drained, drain
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


@dataclass
class Side:
    """All drains of one contestant, and the ceiling of each round."""

    contestant: Contestant
    drained: list[Drained] = field(default_factory=list)
    ceilings: list[Ceiling] = field(default_factory=list)
    failed: str = ""
    """Why a peer has no result: it did not get to the end, or its figures were not the oracle's."""

    @property
    def name(self) -> str:
        return self.contestant.name

    @property
    def of_ceiling(self) -> list[float]:
        """Figures a second, of what reading and decoding alone gives."""
        pairs = zip(self.drained, self.ceilings, strict=True)
        return [one.figures_per_second / top.figures_per_second for one, top in pairs]

    def told(self) -> dict[str, float | str | int]:
        """Medians, for the page and the JSON."""
        each = self.drained
        parts = Cpu._fields
        return {
            "who": self.name,
            "figures": each[0].figures,
            "figures_per_second": median(one.figures_per_second for one in each),
            **{f"cpu_per_million_{part}": median(getattr(one.cpu_per_million, part) for one in each) for part in parts},
            "operations_and_messages_per_figure": median((a.operations + a.messages) / a.figures for a in each),
            "longest_gap": max(one.longest_gap for one in each),
            "memory_mib": max(one.memory for one in each) / 2**20,
            "seconds_from_start": median(one.seconds_from_start for one in each),
        }

    def line(self) -> str:
        """For people."""
        if self.failed:
            return f"{self.name}: {self.failed}"
        numbers = (f"{key} {short(value)}" for key, value in self.told().items() if not isinstance(value, str))
        return f"{self.name}: ÷ ceiling {Spread.of(self.of_ceiling)}, {', '.join(numbers)}"


async def compared(rig: Rig, work: Work, peers: Sequence[Contestant] = (), rounds: int = 3) -> list[Side]:
    """The product first, then its peers. ValueError where the product's figures are not the oracle's."""
    full, expected = await filled(rig, work), truth(work)
    own, *others = sides = [Side(one) for one in (product(full), *peers)]
    await ceiling(rig, full)  # the first reader finds the broker cold
    for _ in range(rounds):
        top = await ceiling(rig, full)
        for side in (own, *(other for other in others if not other.failed)):
            try:
                one = await drain(rig, full, side.contestant, expected)
            except (RuntimeError, OSError) as error:  # it ended, is too slow, or is not installed
                if side is own:
                    raise
                print(f"{side.name}: {error}", flush=True)
                side.failed = f"{error}".partition("\n")[0]
                continue
            if one.wrong and side is own:
                raise ValueError(f"{one.name}: " + "; ".join(one.wrong))
            if one.wrong:
                side.failed = "; ".join(one.wrong)
                continue
            side.drained.append(one)
            side.ceilings.append(top)
    return sides
