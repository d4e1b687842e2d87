"""What a number of States needs, calculated from what was measured; and how keys fall on partitions, simulated.

`python -m bench capacity` reads bench/results/bench.json and writes the tables of docs/capacity.md.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from aiokafka.partitioner import murmur2

from bench.drain import ROOT
from bench.feed import reporters
from bench.run import RESULTS, replace_between
from contracts.topics import PARTITIONS

PAGE = ROOT / "docs" / "capacity.md"
DAY = 86_400
BUSY = 0.5
"""Of a core's time at the peak; the other half is for bursts and for the worker whose partitions another takes over."""
CONSUMERS = ("ingest", "validation", "aggregation")
"""Services whose work is spread by partitions: twelve workers of each at most."""


@dataclass(frozen=True)
class Load:
    """``daily`` submissions of ``figures`` figures of all participants together, the mean over a year; ``peak``: how
    many times as much in the busiest hour."""

    name: str
    participants: int
    figures: int
    daily: float
    peak: float

    @property
    def usual(self) -> float:
        """Figures a second."""
        return self.daily * self.figures / DAY

    @property
    def at_peak(self) -> float:
        return self.usual * self.peak


LOADS = (
    # Two returns a year, each revised once. A quarter of a cycle's messages come in the eight hours before it is due.
    Load("45 members of the Bali Process, half-yearly returns", 45, 1_500, 45 * 2 * 2 / 365, 365 / 2 / 4 * 3),
    # Five agencies of each State, every day, within the eight working hours of its time zone.
    Load("200 States, five agencies each, daily", 200, 300, 200 * 5, 3),
    Load("a hundred times that", 200, 300, 100 * 200 * 5, 3),
)


@dataclass(frozen=True)
class Costs:
    """Measured. ``cpu``: seconds a million figures, by process; ``kept``: bytes a figure on disk, by store."""

    cpu: dict[str, float]
    kept: dict[str, float]
    memory: float
    """Bytes a live cell, in aggregation's workers together."""

    @classmethod
    def read(cls, file: Path = RESULTS) -> "Costs":
        sections = json.loads(file.read_text("utf-8"))["sections"].values() if file.exists() else ()
        results = {one["goal"]: one for section in sections for one in section["results"]}
        if missing := {"pipeline_one", "memory"} - results.keys():
            sys.exit(f"not measured yet: {', '.join(sorted(missing))} (`make bench BENCH='pipeline state'`)")
        told: dict[str, Any] = results["pipeline_one"]["detail"]
        return cls(
            {name[16:]: float(value) for name, value in told.items() if name.startswith("cpu_per_million_")},
            {name[:-17]: float(value) for name, value in told.items() if name.endswith("_bytes_per_figure")},
            float(results["memory"]["value"]["median"]),
        )


def busiest(keys: Sequence[str], weights: Sequence[float]) -> float:
    """The busiest partition's share of the whole, one key being heavier than another; a twelfth is even.

    A key's partition is what Kafka's clients make of it: murmur2 without its sign, modulo the partitions.
    """
    held = Counter[int]()
    for key, weight in zip(keys, weights, strict=True):
        held[(murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS] += round(weight * 1e6)
    return max(held.values()) / held.total()


def skew(participants: int, draws: int = 500) -> tuple[float, float]:
    """The busiest partition's share in simulated loads, median and the worst of a hundred.

    The keys are real codes. How much a State sends is drawn from a Pareto distribution (shape 1.5): the heaviest tenth
    of the States sends a little under half of everything.
    """
    keys = reporters(participants)
    shares = sorted(
        busiest(keys, [draw.paretovariate(1.5) for _ in keys]) for draw in (Random(seed) for seed in range(draws))
    )
    return shares[draws // 2], shares[draws * 99 // 100]


def costs_table(costs: Costs) -> str:
    """What a million figures costs, from HTTP to the visible aggregate, and how many a core takes in a second."""
    lines = ["| process | CPU seconds a million figures | figures/s of one core |", "| --- | --- | --- |"]
    for name, seconds in [*costs.cpu.items(), ("all together", sum(costs.cpu.values()))]:
        lines.append(f"| {name} | {seconds:.3g} | {1e6 / seconds:,.0f} |")
    return "\n".join(lines)


def needs_table(costs: Costs) -> str:
    """A column for each load."""
    rows: dict[str, list[str]] = {}
    for load in LOADS:
        share, worst = skew(load.participants)
        rows.setdefault("submissions a day", []).append(_count(load.daily))
        rows.setdefault("figures/s: mean · busiest hour", []).append(f"{_count(load.usual)} · {_count(load.at_peak)}")
        rows.setdefault("busiest partition: median · one in a hundred", []).append(f"{share:.0%} · {worst:.0%}")
        for name, seconds in costs.cpu.items():
            cores = load.at_peak * seconds / 1e6
            spread = workers(cores, worst) if name in CONSUMERS else _many(math.ceil(cores / BUSY), "core")
            rows.setdefault(f"{name}: busy cores · needed", []).append(f"{_count(cores)} · {spread}")
        for name, size in costs.kept.items():
            rows.setdefault(f"{name}, a year, one copy", []).append(_size(load.daily * 365 * load.figures * size))
    head = [
        "| | " + " | ".join(load.name for load in LOADS) + " |",
        "| --- | " + " | ".join("---" for _ in LOADS) + " |",
    ]
    return "\n".join([*head, *(f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows.items())])


def workers(cores: float, share: float) -> str:
    """How many of a service, or that twelve partitions are too few: whoever has the busiest one has its share at least,
    however many workers there are."""
    if cores * share > BUSY:
        return f"more than {PARTITIONS} workers"
    return _many(math.ceil(cores / BUSY), "worker")


def limits_table(costs: Costs) -> str:
    """Up to how many figures a second each part goes, and what then."""
    _, worst = skew(200)
    lines = ["| part | reaches its limit at | why |", "| --- | --- | --- |"]
    for name, seconds in costs.cpu.items():
        if name in CONSUMERS:
            most, why = BUSY / worst / seconds * 1e6, f"one worker's core has the busiest of {PARTITIONS} partitions"
        elif name == "gateway":
            continue
        else:
            most, why = BUSY / seconds * 1e6, "each core; a node has several, and there are three nodes"
        lines.append(f"| {name} | {most:,.0f} figures/s | {why} |")
    return "\n".join(lines)


def main() -> None:
    costs = Costs.read()
    tables = "\n\n".join((costs_table(costs), needs_table(costs), limits_table(costs)))
    print(tables)
    replace_between(PAGE, tables)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}"


def _count(number: float) -> str:
    """To two digits where it is small."""
    if number >= 10:
        return f"{number:,.0f}"
    return f"{number:.2g}" if number >= 0.001 else "under 0.001"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:.3g} {unit}"
        count /= 1_000
    return f"{count:.3g} TB"
