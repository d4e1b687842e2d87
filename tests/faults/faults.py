"""The faults: each hurts something, holds, heals. Drawn from a seed; a printed line is enough to know it again."""

import asyncio
import math
import random
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tests.broker import until
from tests.faults.proxy import MODES, Mode
from tests.faults.rig import Rig, neighbours
from tests.faults.traces import read_topic

WORKERS = tuple(
    f"{service}{number}"
    for service in ("gateway", "ingest", "validation", "aggregation", "notification")
    for number in ("", "-2")
)
FAILPOINTS = {
    "gateway": ("gateway.publish", "publish"),
    "ingest": ("ingest.revision", "ingest.submission", "ingest.state", "ingest.status", "publish", "commit"),
    "validation": ("validation.judged", "publish"),
    "aggregation": ("aggregation.flush", "aggregation.aggregates", "aggregation.contributions", "publish"),
    "notification": (
        "notification.return", "notification.notice", "notification.claim", "notification.handing_off",
        "notification.mail", "notification.mark", "notification.told", "publish", "commit",
    ),
}  # fmt: skip
"""Both sides of every effect of a service; ``.before`` and ``.after`` are added."""
SINK_MODES = ("refuse", "hang", "cut", "swallow", "reject")
TARGET = {"service": 15.0, "mongod": 30.0, "link": 30.0, "broker": 45.0, "replay": math.inf, "restore": math.inf}
"""Seconds from healing until all is well again, 95th percentile (docs/faults.md). Reading everything again from the
first message takes as long as there are messages, and so does a restore: they are measured, and have no target."""
AWAY_SECONDS = 120.0
"""How long the broker may be away while something is to be done to it: a sleep of a minute, and its start."""
ENDED_SECONDS = 60.0
"""How long a process may live on with a disk that is full."""
BACK_SECONDS = AWAY_SECONDS + 30.0
"""How long a worker may take to end when it is asked to, and to be back: what it needs may be away meanwhile."""


@dataclass(frozen=True)
class Fault:
    """One drawn fault. ``hold``: seconds between hurting and healing."""

    kind: str
    target: str
    hold: float
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.target} {self.detail} {self.hold:.1f}s".replace("  ", " ")

    @property
    def family(self) -> str:
        """Whose recovery this measures: service, broker, mongod, link, replay or restore."""
        if self.kind in ("rewind", "restore"):
            return {"rewind": "replay"}.get(self.kind, self.kind)
        if self.kind.startswith("link"):
            return "link"
        return {"kafka": "broker", "mongo": "mongod"}.get(self.target, "service")


KINDS: tuple[tuple[str, int], ...] = (
    ("kill", 8), ("term", 3), ("stop", 4), ("failpoint", 6), ("add_remove", 2), ("rewind", 1), ("echo", 3),
    ("link", 6), ("sink", 3), ("disk_full", 1),
)  # fmt: skip
"""Kind and weight."""


DEALT = (
    "kill worker", "kill kafka", "kill mongo", "stop", "failpoint", "link", "echo", "rewind", "sink", "term", "restore",
)  # fmt: skip
SLOW = ("sleep worker", "sleep worker", "sleep kafka", "sleep mongo", "disk_full kafka", "disk_full mongo", "restore")
"""What is dealt besides in a long run only: long sleeps, and disks that are full until the process has ended."""


def draw(seed: int, count: int, workers: Sequence[str] = WORKERS, *, slow: bool = False) -> list[Fault]:
    """The faults of a seed. Some are dealt, so that also a short run meets every family; ``slow``: and SLOW."""
    rng = random.Random(seed)
    dealt = [*DEALT, *(SLOW if slow else ())]
    rng.shuffle(dealt)
    faults: list[Fault] = []
    for number in range(count):
        if number < len(dealt):
            kind, _, target = dealt[number].partition(" ")
        else:
            kind, target = rng.choices([one for one, _ in KINDS], [weight for _, weight in KINDS])[0], ""
        faults.append(_one(rng, kind, target, workers))
    rng.shuffle(faults)
    return faults


BESIDE = 0.8
"""How many of the faults that could begin beside the one before do so; the others show how soon one alone heals."""


def side_by_side(faults: Sequence[Fault], seed: int, most: int = 2) -> list[list[Fault]]:
    """The same faults, up to ``most`` at a time: never two of one target, and a restore alone, as it would be."""
    rng, found = random.Random(seed + 1), list[list[Fault]]()
    for fault in faults:
        beside = found[-1] if found else []
        apart = fault.target not in {one.target for one in beside}
        alone = "restore" in {fault.kind, *(one.kind for one in beside)}
        if 0 < len(beside) < most and apart and not alone and rng.random() < BESIDE:
            found[-1].append(fault)
        else:
            found.append([fault])
    return found


def _one(rng: random.Random, kind: str, target: str, workers: Sequence[str]) -> Fault:
    worker = rng.choice(workers)
    anything = rng.choices([worker, "kafka", "mongo"], [6, 1, 1])[0]
    match kind:
        case "kill" | "term":
            return Fault(kind, worker if target == "worker" else target or anything, 0.0)
        case "stop":
            # Longer than a session for some, so that a partition changes hands and its sleeper wakes up a stranger.
            return Fault(kind, anything, rng.choice((rng.uniform(2, 6), rng.uniform(11, 15))))
        case "failpoint":
            service = worker.partition("-")[0]
            point = f"{rng.choice(FAILPOINTS[service])}.{rng.choice(('before', 'after'))}"
            return Fault(kind, worker, rng.uniform(4, 8), f"{point}:{rng.choice((0.05, 0.2))}")
        case "sleep":
            return Fault("stop", worker if target == "worker" else target, rng.uniform(30, 60))
        case "restore":
            return Fault(kind, "mongo", rng.uniform(8, 15))
        case "add_remove":
            return Fault(kind, rng.choice([one for one in workers if "gateway" not in one]), rng.uniform(3, 6))
        case "rewind":
            return Fault(kind, rng.choice(("ingest", "validation", "aggregation", "notification")), 0.0)
        case "echo":
            topic = rng.choice(("vrs.submissions", "vrs.reports.recorded", "vrs.reports.judged"))
            return Fault(kind, topic, 0.0, str(rng.randrange(2**32)))
        case "link":
            end = rng.choice(("kafka", "mongo", "mail" if worker.startswith("notification") else "kafka"))
            end = end if end in neighbours(worker) else "kafka"
            return Fault(f"link_{rng.choice(MODES)}", f"{worker}>{end}", rng.uniform(3, 9))
        case "sink":
            return Fault(kind, "mail", rng.uniform(3, 7), rng.choice(SINK_MODES))
        case _:
            return Fault("disk_full", target or rng.choice(("kafka", "mongo")), rng.uniform(2, 4))


async def inflict(rig: Rig, fault: Fault) -> None:
    """Hurt, hold, heal. Returns when everything has been healed that the fault itself must heal."""
    await _DEEDS[fault.kind.partition("_")[0] if fault.kind.startswith("link") else fault.kind](rig, fault)


async def _kill(rig: Rig, fault: Fault) -> None:
    # Beside another fault, a kill may come in the middle of it.
    await asyncio.sleep(fault.hold)
    rig.signal(fault.target, signal.SIGKILL)


async def _term(rig: Rig, fault: Fault) -> None:
    """Ask it to end, and wait until it has: it answers for as long as it brings its work to an end."""
    before = _pid(rig, fault.target)
    rig.signal(fault.target, signal.SIGTERM)
    await _ended(rig, fault.target, before, BACK_SECONDS, "it was asked to")


def _pid(rig: Rig, name: str) -> int | None:
    return rig.stack.pids().get(name)


async def _ended(rig: Rig, name: str, before: int | None, seconds: float, why: str) -> None:
    """Wait until the process with the id ``before`` has ended, whoever else may have ended it. Raises TimeoutError."""
    if before is not None:
        await until(f"{name} to end: {why}", lambda: _pid(rig, name) != before, seconds)


async def _stop(rig: Rig, fault: Fault) -> None:
    rig.signal(fault.target, signal.SIGSTOP)
    try:
        await asyncio.sleep(fault.hold)
    finally:
        rig.signal(fault.target, signal.SIGCONT)


async def _failpoint(rig: Rig, fault: Fault) -> None:
    """Start the worker again with a place in it that ends the process, for a while, then without."""
    rig.environment(fault.target, VRS_FAILPOINTS=fault.detail)
    before, exits = _pid(rig, fault.target), rig.exits_of(fault.target)
    rig.signal(fault.target, signal.SIGTERM)
    try:
        await _back(rig, fault.target, before, exits)
        await asyncio.sleep(fault.hold)
    finally:
        rig.environment(fault.target, VRS_FAILPOINTS="")
        rig.signal(fault.target, signal.SIGKILL)


async def _back(rig: Rig, worker: str, before: int | None, exits: int) -> None:
    """Wait until a worker that was asked to end is at work again, or has met its fail point on the way there.

    ``before``: its process until then, if it had one; ``exits``: how often it had ended. Raises TimeoutError, which
    names the worker and says what it lacks.
    """
    begun = time.monotonic()
    while rig.exits_of(worker) - exits < 2:
        old = before is not None and _pid(rig, worker) == before
        why = "it has not ended" if old else await asyncio.to_thread(rig.stack.missing, worker)
        if why is None:
            return
        if time.monotonic() - begun > BACK_SECONDS:
            last = rig.stack.last_lines(worker, 30)
            raise TimeoutError(f"waited {BACK_SECONDS:g} s for {worker} to be at work again: {why}\n{last}")
        await asyncio.sleep(0.2)


async def _add_remove(rig: Rig, fault: Fault) -> None:
    """A worker goes, and comes back with nothing of what it had kept."""
    await asyncio.to_thread(rig.take_away, fault.target)
    await asyncio.to_thread(shutil.rmtree, rig.stack.var / "services" / fault.target, ignore_errors=True)
    try:
        await asyncio.sleep(fault.hold)
    finally:
        await asyncio.to_thread(rig.bring_back, fault.target)


async def _rewind(rig: Rig, fault: Fault) -> None:
    """End the workers of a group, set its offsets back to the beginning, and start them again."""
    from tests.faults.replay import rewind

    workers = [name for name in rig.stack.workers() if name.partition("-")[0] == fault.target]
    await asyncio.to_thread(rig.take_all_away, workers)
    try:
        await _once_kafka_answers(lambda: rewind(rig.bootstrap, fault.target))
    finally:
        for name in workers:
            await asyncio.to_thread(rig.bring_back, name)


async def _once_kafka_answers(work: Callable[[], Awaitable[None]]) -> None:
    """Do it again while the broker is away: what happens beside may be just that. Raises TimeoutError in the end."""
    begun = time.monotonic()
    while True:
        try:
            return await work()
        except KafkaError as error:
            if time.monotonic() - begun > AWAY_SECONDS:
                raise TimeoutError(f"waited {AWAY_SECONDS:g} s for a broker that answers: {error!r}") from error
            await asyncio.sleep(0.5)


async def _echo(rig: Rig, fault: Fault) -> None:
    await _once_kafka_answers(lambda: _publish_again(rig, fault))


async def _publish_again(rig: Rig, fault: Fault) -> None:
    """Publish old messages once more, late and out of order, as a writer that did not hear its answer may."""
    rng = random.Random(int(fault.detail))
    producer = AIOKafkaProducer(bootstrap_servers=rig.bootstrap, acks="all", enable_idempotence=True)
    try:
        await producer.start()
        records = await read_topic(rig.bootstrap, fault.target)
        # What a service wrote; garbage that the run has put there itself is none of it.
        ours = [one for one in records if any(n == "ce_source" and v.startswith(b"vrs/") for n, v in one.headers)]
        for one in rng.sample(ours, min(len(ours), 40)):
            await producer.send_and_wait(one.topic, value=one.value, key=one.key, headers=list(one.headers))
    finally:
        await producer.stop()


async def _link(rig: Rig, fault: Fault) -> None:
    mode: Mode = next(one for one in MODES if fault.kind == f"link_{one}")
    await asyncio.to_thread(rig.proxies.mode, fault.target, mode)
    try:
        await asyncio.sleep(fault.hold)
    finally:
        await asyncio.to_thread(rig.proxies.mode, fault.target, "pass")


async def _sink(rig: Rig, fault: Fault) -> None:
    rig.mail_mode(fault.detail)
    try:
        await asyncio.sleep(fault.hold)
    finally:
        rig.mail_mode("accept")


async def _disk_full(rig: Rig, fault: Fault) -> None:
    """No room, also for those that are started in its place, until a while after the process has ended by that."""
    before = _pid(rig, fault.target)
    rig.full_disk(fault.target)
    try:
        await _ended(rig, fault.target, before, ENDED_SECONDS, "its disk is full")
        await asyncio.sleep(fault.hold)
    finally:
        rig.room_again(fault.target)


async def _restore(rig: Rig, fault: Fault) -> None:
    """A backup while all are at work; some time later the database is lost, and comes back from the backup.

    The gateways are away meanwhile and their senders try again; agencies go on publishing straight to Kafka.
    """
    folder = rig.stack.var / f"backup-{time.monotonic_ns()}"
    await asyncio.to_thread(rig.command, "backup", str(folder))
    await asyncio.sleep(fault.hold)
    workers = [name for name in rig.stack.workers() if name in rig.stack.wanted]
    await asyncio.to_thread(rig.take_all_away, workers)
    try:
        await asyncio.to_thread(rig.lose_database)
        # A member that did not leave still counts as one until its session is over.
        await asyncio.to_thread(rig.command, "restore", str(folder), tries=20)
    finally:
        for name in workers:
            await asyncio.to_thread(rig.bring_back, name)


_DEEDS: dict[str, Callable[[Rig, Fault], Awaitable[None]]] = {
    "kill": _kill,
    "term": _term,
    "stop": _stop,
    "failpoint": _failpoint,
    "add_remove": _add_remove,
    "rewind": _rewind,
    "echo": _echo,
    "link": _link,
    "sink": _sink,
    "disk_full": _disk_full,
    "restore": _restore,
}
