"""The whole pipeline: from HTTP to the visible aggregate, by one worker of each service and by two."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.contestant import aggregates_differ
from bench.feed import Feed, Sent
from bench.oracle import Expected, expected, figures_of
from bench.rig import Rig
from bench.sending import connected, request
from bench.spread import Spread
from bench.world import World

PARTICIPANTS = 20
DATABASE = "vrs"


class Run(NamedTuple):
    """Returns sent as fast as the gateway takes them, until all their figures are right."""

    figures: int
    seconds: float
    taken_in: float
    """Seconds until the gateway had all of them."""
    cpu: dict[str, float]
    """Seconds, by service."""
    kept: dict[str, int]
    """Bytes on disk."""

    @property
    def figures_per_second(self) -> float:
        return self.figures / self.seconds


class Versions(NamedTuple):
    """The same States' first versions, second versions and the second once more, each one after the other."""

    first: float
    """CPU seconds of everything together."""
    second: float
    again: float


class Visible(NamedTuple):
    """How long a return takes to be seen, while others come at half the rate that the system can take."""

    rate: float
    """Submissions a second that came meanwhile."""
    seconds: list[float]

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(0.99 * len(self.seconds)))]

    @property
    def spread(self) -> Spread:
        return Spread.of(self.seconds)


async def whole(rig: Rig, messages: int, workers: int) -> Run:
    """ValueError where the figures are not the oracle's in the end."""
    work = Feed(11, messages, PARTICIPANTS)
    order = [sent for sent in work.order if not sent.withdrawn]
    world = World(rig, workers)
    await world.start(work.participants, sorted({sent.cycle for sent in order}))
    await world.through()
    before, empty, began = world.cpu(), world.kept(), time.perf_counter()
    taken_in = await world.submit(work, order)
    await world.through()
    seconds, cpu = time.perf_counter() - began, world.cpu(before)
    wrong = aggregates_differ(rig.client[DATABASE], _truth(work, order))
    if wrong:
        raise ValueError("the pipeline's figures: " + "; ".join(wrong))
    kept = {name: size - empty[name] for name, size in world.kept().items()}
    await world.end()
    return Run(sum(len(figures_of(work.report(sent))) for sent in set(order)), seconds, taken_in, cpu, kept)


async def versions(rig: Rig, returns: int) -> Versions:
    """CPU seconds of everything together for as many returns each time."""
    work = Feed(12, 4 * returns, PARTICIPANTS)
    # Some come twice in a feed.
    first = list(dict.fromkeys(sent for sent in work.order if sent.revision == 1))[:returns]
    second = [Sent(sent.participant, sent.cycle, 2) for sent in first]
    world = World(rig, 1)
    await world.start(work.participants, sorted({sent.cycle for sent in first}))
    used = []
    for order in (first, second, second):
        await world.through()
        before = world.cpu()
        await world.submit(work, order)
        await world.through()
        used.append(sum(world.cpu(before).values()))
    if world.accepted() != 2 * returns:
        raise ValueError(f"{world.accepted()} revisions are accepted, not {2 * returns}")
    await world.end()
    return Versions(*used)


async def visible(rig: Rig, saturation: float, seconds: float) -> Visible:
    """``saturation``: submissions a second that the system can take."""
    work = Feed(13, 400, PARTICIPANTS)
    crowd, probe = work.participants[1:], work.participants[0]
    first = [sent for sent in work.order if sent.revision == 1]
    load = [sent for sent in first if sent.participant in crowd]
    world = World(rig, 1)
    await world.start(work.participants, sorted({sent.cycle for sent in first}))
    waiting = [
        world.submission(work.report(Sent(load[place].participant, load[place].cycle, 1 + turn)))
        for turn, place in (divmod(number, len(load)) for number in range(int(saturation / 2 * seconds)))
    ]
    found: list[float] = []
    sending = asyncio.create_task(_steady(world, waiting, seconds))
    while not sending.done():
        found.append(await _seen(world, work.report(Sent(probe, first[0].cycle, len(found) + 1))))
    await sending
    await world.through()
    await world.end()
    return Visible(len(waiting) / seconds, found)


async def _steady(world: World, waiting: Sequence[bytes], seconds: float) -> None:
    """Send at a steady rate, whether answers come or not."""

    async def one(submission: bytes) -> None:
        async with connected(world.rig.stack.ports.gateway) as connection:
            answer = await connection.send(submission)
            if answer.status != 202:
                raise RuntimeError(f"{answer.status}: {answer.body[:500]!r}")

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, submission in enumerate(waiting):
            await asyncio.sleep(max(0.0, began + number * seconds / len(waiting) - time.perf_counter()))
            group.create_task(one(submission))


async def _seen(world: World, report: dict[str, Any], seconds: float = 30.0) -> float:
    """Seconds from the submission to the read API's showing its total."""
    total = report["answers"]["illegal_entries.total"]["value"]
    query = f"indicator=illegal_entries&period={report['cycle']}&reporter={report['reporter']}"
    asked = request("GET", f"/api/v1/aggregates/total?{query}", world.bearer(None))
    sent = world.submission(report)
    async with connected(world.rig.stack.ports.gateway) as connection:
        began = time.perf_counter()
        answer = await connection.send(sent)
        if answer.status != 202:
            raise RuntimeError(f"{answer.status}: {answer.body[:500]!r}")
        while time.perf_counter() - began < seconds:
            rows = (await connection.send(asked)).json()["rows"]
            if rows and rows[0]["value"] == total:
                return time.perf_counter() - began
            await asyncio.sleep(0.01)
    raise TimeoutError(f"a return was not to be seen after {seconds:g} s")


def _truth(work: Feed, order: Sequence[Sent]) -> Expected:
    final = {(sent.cycle, sent.participant): sent for sent in sorted(order)}
    return expected((sent.participant, sent.cycle, work.report(sent)) for _, sent in sorted(final.items()))
