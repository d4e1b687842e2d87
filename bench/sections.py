"""The measurements one after the other, each on a broker and a database of its own, and what they come to."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from bench import gateway, pipeline, read_api, state, stored, validation
from bench.aggregation import Side, compared
from bench.contestant import chosen
from bench.feed import LONG, Feed
from bench.goals import Result, one, rounded
from bench.real import RealDetections, file
from bench.rig import Rig, running
from bench.spread import ratios

PEERS = {"quix": "quix", "per figure": "streams_figure", "streams": "streams_tuned", "faust": "faust"}
"""A word of a peer's name to the beginning of its goals; the first word that fits."""
SHORT = 200
"""Messages for a contestant that would take too long over the long feed."""


@asynccontextmanager
async def fresh(workers: int = 1) -> AsyncIterator[Rig]:
    """A rig whose data go when it ends."""
    with tempfile.TemporaryDirectory(prefix="vrs-bench-") as var:
        async with running(Path(var), workers) as rig:
            yield rig


async def aggregation() -> list[Result]:
    """Drains of the long feed, the real detections, and for slow peers a short one."""
    async with fresh() as rig:
        if file().exists():
            await compared(rig, RealDetections(), rounds=1)  # it has no speed; its figures have to be right
        own, *quick = await compared(rig, Feed(1, LONG), chosen("quick"), rounds=2)
        slow: list[Side] = []
        results = _beside(own, quick)
        if peers := chosen("slow"):
            beside, *slow = await compared(rig, Feed(1, SHORT), peers, rounds=1)
            told = {**beside.told(), "who": f"{beside.name}, short feed"}
            results += [one("short_feed", *[a.figures_per_second for a in beside.drained], **told)]
            results += _beside(beside, slow)
    for side in (own, *quick, *slow):
        print(side.line(), flush=True)
    # Of several variants of a peer the best one counts.
    best = {one.goal: one for one in sorted(results, key=lambda one: one.value.median, reverse=True)}
    failed = {side.name: side.failed for side in (*quick, *slow) if side.failed}
    return [*_own(own, failed), *best.values()]


def _own(side: Side, failed: dict[str, str]) -> list[Result]:
    each, tops = side.drained, side.ceilings
    ceiling = {
        "ceiling_per_second": median(top.figures_per_second for top in tops),
        "ceiling_cpu_per_million": median(top.cpu_per_million for top in tops),
    }
    return [
        one("aggregation_of_ceiling", *side.of_ceiling, **side.told(), **ceiling, without_result=failed),
        one("operations_per_figure", *[(a.operations + a.messages) / a.figures for a in each]),
        one("longest_gap", *[a.longest_gap for a in each]),
    ]


def _beside(own: Side, peers: list[Side]) -> list[Result]:
    """How many times as long each peer takes, as much CPU time of its own process, and as much of all together."""
    results = []
    for peer in peers:
        goal = next((name for word, name in PEERS.items() if word in peer.name.lower()), None)
        if goal is None or peer.failed:
            continue
        theirs, ours = peer.drained, own.drained
        wall = ratios([a.figures_per_second for a in ours], [a.figures_per_second for a in theirs])
        cpu = ratios([a.cpu_per_million.service for a in theirs], [a.cpu_per_million.service for a in ours])
        together = ratios([a.cpu_per_million.together for a in theirs], [a.cpu_per_million.together for a in ours])
        told = rounded(peer.told())
        measured = {"wall": wall, "cpu": cpu, "cpu_together": together}
        results += [Result(f"{goal}_{name}", value, told) for name, value in measured.items()]
    return results


async def memory_and_recovery() -> list[Result]:
    """Starts of a worker beside ever more cells."""
    async with fresh() as rig:
        none, *some = await state.recovery(rig, (0.1, 1.0, 5.0))
    each = {f"{one.cells / 1e6:.1f} million": f"{one.seconds:.2f} s, {one.memory / 2**20:.0f} MiB" for one in some}
    _, middle, most = some
    further = (most.seconds - middle.seconds) / (most.cells - middle.cells) * 1e6
    return [
        one("recovery", (most.seconds - none.seconds) / most.cells * 1e6, without_cells=none.seconds, **each),
        one("recovery_further", further),
        one("memory", (most.memory - none.memory) / most.cells, without_cells_mib=none.memory / 2**20),
    ]


async def reading() -> list[Result]:
    async with fresh() as rig:
        turns = await read_api.compared(rig, seconds=3, rounds=2)
    first = turns[0]
    finds = first.find.per_second
    return [
        one(
            "read",
            *[turn.ratio(turn.changing) for turn in turns],
            requests_per_second=first.changing.per_second,
            finds_per_second=finds,
        ),
        one(
            "read_still",
            *[turn.ratio(turn.still) for turn in turns],
            requests_per_second=first.still.per_second,
            finds_per_second=finds,
        ),
    ]


async def gateway_route() -> list[Result]:
    async with fresh() as rig:
        turns = await gateway.compared(rig, seconds=3, rounds=3)
    own, bare = turns[0].gateway, turns[0].bare
    return [
        one(
            "gateway",
            *[turn.ratio for turn in turns],
            submissions_per_second=own.per_second,
            bare_per_second=bare.per_second,
            cpu_ms=own.cpu * 1e3,
            bare_cpu_ms=bare.cpu * 1e3,
        ),
        one("gateway_cpu", *[turn.cpu_ratio for turn in turns]),
    ]


async def judging() -> list[Result]:
    turns = await validation.compared(60, rounds=3)
    per_second = median(turn.figures / turn.judging for turn in turns)
    return [one("validation", *[turn.ratio for turn in turns], figures_per_cpu_second=per_second)]


async def whole_pipeline() -> list[Result]:
    results = []
    for goal, workers in (("pipeline_one", 1), ("pipeline_two", 2)):
        async with fresh(workers) as rig:
            run = await pipeline.whole(rig, 400, workers)
        results.append(
            one(
                goal,
                run.figures_per_second,
                figures=run.figures,
                seconds=run.seconds,
                taken_in_seconds=run.taken_in,
                **{f"cpu_per_million_{name}": seconds / run.figures * 1e6 for name, seconds in run.cpu.items()},
                **{f"{name}_bytes_per_figure": size / run.figures for name, size in run.kept.items()},
            )
        )
    return results


async def versions() -> list[Result]:
    async with fresh() as rig:
        found = await pipeline.versions(rig, 60)
    parts = found._asdict()
    return [
        one("second_version", found.second / found.first, **parts),
        one("resend", found.again / found.first, **parts),
    ]


async def visibility() -> list[Result]:
    async with fresh() as rig:
        run = await pipeline.whole(rig, 60, 1)
    saturation = 60 / run.seconds
    async with fresh() as rig:
        seen = await pipeline.visible(rig, saturation, 30)
    return [one("visible_p99", seen.p99, probes=len(seen.seconds), median=seen.spread.median, rate=seen.rate)]


async def many_stored() -> list[Result]:
    async with fresh() as rig:
        few, many = await stored.replacements(rig, (10_000, 1_000_000), 3)
    return [
        one("replacement_stored", many.seconds / few.seconds, few=few.seconds, many=many.seconds),
        one("replacement_stored_cpu", many.cpu / few.cpu, few=few.cpu, many=many.cpu),
    ]


SECTIONS: dict[str, Callable[[], Awaitable[list[Result]]]] = {
    "aggregation": aggregation,
    "state": memory_and_recovery,
    "read": reading,
    "gateway": gateway_route,
    "validation": judging,
    "pipeline": whole_pipeline,
    "versions": versions,
    "visible": visibility,
    "stored": many_stored,
}
