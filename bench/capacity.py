"""`python -m bench capacity`: what a number of States needs, calculated from what was measured, and how keys fall.

Costs come from bench/results/bench.json; a load is what States send. A partition's share of it is simulated: real
codes are put on twelve partitions as Kafka's clients put them (murmur2 of the key).
"""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from aiokafka.partitioner import murmur2

from bench.run import RESULTS
from contracts.geography import countries
from contracts.topics import PARTITIONS

DAY = 86_400
BUSY = 0.5
"""Of a core's time; the other half is for what comes at once and for the worker whose work another takes over."""


@dataclass(frozen=True)
class Load:
    """What participants send: ``figures`` in a submission, ``daily`` submissions of all together on a usual day, and
    how many times as much on the busiest hour of the busiest day (the due date)."""

    name: str
    participants: int
    figures: int
    daily: float
    peak: float

    @property
    def peak_figures_per_second(self) -> float:
        return self.daily * self.figures * self.peak / DAY

    @property
    def usual_figures_per_second(self) -> float:
        return self.daily * self.figures / DAY


LOADS = (
    # Half-yearly returns of 1,500 figures, all within the last week, each corrected once, half of that on the last day.
    Load("45 members of the Bali Process, half-yearly", 45, 1_500, 45 * 2 * 2 / 365, 365 / 2 / 2 * 8),
    # Five agencies of each State send 300 figures a day, mostly in office hours of their own time zone.
    Load("200 States, five agencies each, daily", 200, 300, 200 * 5, 4),
    Load("100 times that", 200, 300, 100 * 200 * 5, 4),
)


@dataclass(frozen=True)
class Costs:
    """CPU seconds a million figures, by process; bytes a figure."""

    pipeline: dict[str, float]
    aggregation: float
    bytes_in_kafka: float
    bytes_in_mongo: float
    memory_per_million: float

    @classmethod
    def read(cls, file: Path = RESULTS) -> "Costs":
        held = json.loads(file.read_text("utf-8"))["sections"]
        whole = _details(held, "pipeline_one")
        return cls(
            pipeline={name.removeprefix("cpu_"): float(v) for name, v in whole.items() if name.startswith("cpu_")},
            aggregation=float(_details(held, "aggregation_of_ceiling")["cpu_per_million_service"]),
            bytes_in_kafka=float(whole["kafka_bytes_per_figure"]),
            bytes_in_mongo=float(whole["mongo_bytes_per_figure"]),
            memory_per_million=_value(held, "memory"),
        )


def cores(load: Load, cost: float) -> float:
    """Cores that are busy at the peak, for a cost in CPU seconds a million figures."""
    return load.peak_figures_per_second * cost / 1e6


def busiest(codes: Sequence[str], weights: Sequence[float]) -> float:
    """The share of the busiest partition, where each key brings its weight; one twelfth is even."""
    held: Counter[int] = Counter()
    for code, weight in zip(codes, weights, strict=True):
        # As Kafka's default partitioner: the hash without its sign, modulo the partitions.
        held[(murmur2(code.encode()) & 0x7FFFFFFF) % PARTITIONS] += weight  # type: ignore[assignment]
    return max(held.values()) / sum(held.values())


def skew(participants: int, seeds: int = 200) -> tuple[float, float]:
    """The busiest partition's share: median and worst of simulated loads, some States sending far more than others."""
    codes = [one.alpha2 for one in sorted(countries(), key=lambda one: (not one.bali_process, one.alpha2))]
    shares = []
    for seed in range(seeds):
        draw = Random(seed)
        weights = [draw.paretovariate(1.2) for _ in range(participants)]
        shares.append(busiest(codes[:participants], weights))
    shares.sort()
    return shares[len(shares) // 2], shares[-1]


def table(costs: Costs) -> str:
    """Markdown: a row for each load."""
    names = list(costs.pipeline)
    head = ["load", "figures/s: usual", "at the peak", *(f"cores: {name}" for name in names), "workers of each service",
            "busiest partition", "Kafka a year", "MongoDB a year"]  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    for load in LOADS:
        share, worst = skew(load.participants)
        busy = [cores(load, cost) for cost in costs.pipeline.values()]
        # The service's work can only be spread over workers as its partitions are.
        workers = math.ceil(max(1.0, busy[0] / BUSY))
        yearly = load.daily * load.figures * 365
        cells = [
            load.name,
            f"{load.usual_figures_per_second:,.2g}",
            f"{load.peak_figures_per_second:,.3g}",
            *(f"{one:.2g}" for one in busy),
            f"{workers}",
            f"{share:.0%} (worst {worst:.0%})",
            _size(yearly * costs.bytes_in_kafka),
            _size(yearly * costs.bytes_in_mongo),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1_000:
            return f"{count:.3g} {unit}"
        count /= 1_000
    return f"{count:.3g} PB"


def _details(held: dict[str, Any], goal: str) -> dict[str, Any]:
    found: dict[str, Any] = _result(held, goal)["detail"]
    return found


def _value(held: dict[str, Any], goal: str) -> float:
    return float(_result(held, goal)["value"]["median"])


def _result(held: dict[str, Any], goal: str) -> dict[str, Any]:
    results: list[dict[str, Any]] = [one for section in held.values() for one in section["results"]]
    return next(one for one in results if one["goal"] == goal)
