"""`make bench-small`: the four ratios that guard the speed, beside what was kept of an earlier run.

Ratios of CPU seconds, since other work on the machine stretches times and hardly CPU seconds; each is the best of some
rounds, taken in turns, since noise only ever adds. Where one has fallen by more than a third all are measured once
more: what has become slow falls again. If it does, it ends with 1.
`python -m bench small --keep` writes the ratios down as the ones to compare with.
"""

import asyncio
import json
import sys

from bench import gateway, read_api, validation
from bench.aggregation import compared
from bench.drain import ROOT
from bench.feed import Feed
from bench.sections import fresh

KEPT = ROOT / "bench" / "results" / "small.json"
LEAST = 2 / 3
MESSAGES = 400
"""600,000 figures: a drain is long enough for its CPU time to be told in hundredths of a second."""


async def measure() -> dict[str, float]:
    """By name, how much of the CPU time the bare minimum of the same work takes: 1 is as fast as can be."""
    async with fresh() as rig:
        (side,) = await compared(rig, Feed(1, MESSAGES), rounds=2)
        pairs = zip(side.drained, side.ceilings, strict=True)
        found = {
            "aggregation ÷ ceiling": max(top.cpu_per_million / one.cpu_per_million.service for one, top in pairs),
            "gateway ÷ bare route": max(turn.cpu_ratio for turn in await gateway.compared(rig, 2, 2)),
            "read API ÷ find": max(turn.cpu_ratio(turn.still) for turn in await read_api.compared(rig, 2, 2)),
        }
    found["validation ÷ decode"] = max(turn.ratio for turn in await validation.compared(40, 3))
    return found


def fallen(found: dict[str, float], kept: dict[str, float]) -> list[str]:
    """The names of what has fallen by more than a third."""
    return [name for name, value in found.items() if value < LEAST * kept.get(name, 0)]


def best(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """The better of two measurements, ratio by ratio."""
    return {name: max(value, other[name]) for name, value in one.items()}


def main(*, keep: bool) -> None:
    found = asyncio.run(measure())
    kept: dict[str, float] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    if not keep and (worse := fallen(found, kept)):
        print(f"measured once more: {', '.join(worse)}")
        found = best(found, asyncio.run(measure()))
    for name, value in found.items():
        print(f"{name:24} {value:.3f}   kept {kept.get(name, 0):.3f}")
    if keep:
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps({name: round(value, 4) for name, value in found.items()}, indent=1) + "\n", "utf-8")
    elif worse := fallen(found, kept):
        sys.exit(f"fallen by more than a third: {', '.join(worse)}")
