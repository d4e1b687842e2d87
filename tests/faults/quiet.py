"""When is it over? No lag in any group, no claim open, nothing unjudged: looked at from outside, with a deadline.

Everything here talks to Kafka and MongoDB directly, never by a proxy.
"""

import asyncio
import signal
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from contracts.topics import PARTITIONS
from deploy.local.waiting import StackError, wait_for
from runtime.closing import connected
from runtime.process import ALL_TASKS_SHOWN
from tests.faults.rig import Rig

GROUPS = {
    "vrs.ingest": ("vrs.submissions", "vrs.in."),
    "vrs.ingest.judged": ("vrs.reports.judged",),
    "vrs.validation": ("vrs.reports.recorded",),
    "vrs.aggregation": ("vrs.reports.judged",),
    "vrs.notification": ("vrs.reports.recorded", "vrs.reports.judged"),
}
"""What each group reads; a name that ends with a dot stands for every topic that begins so."""
CALENDAR = "vrs_schedule_looked_at_seconds"
STUCK_SECONDS = 90.0
"""What has not changed for so long will not: a worker ends itself after a minute of trying, and is back by then."""
DUMP_SECONDS = 20.0
"""A loop that stands still never comes to showing its tasks: what its threads do is shown then."""
OPEN_CHANNELS = ("planned", "claimed", "handing_off")
Document = dict[str, Any]


class NotQuietError(AssertionError):
    """The system did not come to rest in time; says what still moved, and where each process stood."""


@dataclass
class Broker:
    """Looks at topics and groups."""

    bootstrap: str

    async def ends(self, topics: Iterable[str] | None = None) -> dict[TopicPartition, int]:
        """Where every partition of the topics (default: all of ours) ends now."""
        client = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        async with connected(client) as consumer:
            names = sorted(topics if topics is not None else await consumer.topics())
            wanted = [TopicPartition(n, p) for n in names if n.startswith("vrs.") for p in range(PARTITIONS)]
            return dict(await consumer.end_offsets(wanted))

    async def lag(self) -> dict[str, int]:
        """How far each group is behind, in messages; only those that are."""
        return await self.behind(await self.ends())

    async def behind(self, ends: dict[TopicPartition, int]) -> dict[str, int]:
        """Likewise, where the topics end at ``ends``."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        found: dict[str, int] = {}
        try:
            for group, reads in GROUPS.items():
                offsets = await admin.list_consumer_group_offsets(group)
                for place, end in ends.items():
                    if any(place.topic == one or (one.endswith(".") and place.topic.startswith(one)) for one in reads):
                        known = offsets.get(place)
                        behind = end - (known.offset if known and known.offset > 0 else 0)
                        if behind > 0:
                            found[f"{group} {place.topic}"] = found.get(f"{group} {place.topic}", 0) + behind
        finally:
            await admin.close()
        return found


class Store:
    """Looks at the database."""

    def __init__(self, url: str) -> None:
        self.client: MongoClient[Document] = MongoClient(url, serverSelectionTimeoutMS=3_000, socketTimeoutMS=20_000)
        self.database = self.client.get_database("vrs")

    def unfinished(self, ids: Iterable[str]) -> set[str]:
        """Which of these submissions are not recorded, or wait for their judgement."""
        wanted = set(ids)
        found = self.database["submissions"].find({"_id": {"$in": list(wanted)}}, {"state": 1})
        return wanted - {one["_id"] for one in found if one["state"] not in ("received", "recorded")}

    def moving(self) -> dict[str, int]:
        """What is on its way to some other state."""
        unjudged = {"state": {"$in": ["received", "recorded"]}}
        mails = {"channels": {"$elemMatch": {"$or": [{"state": {"$in": OPEN_CHANNELS}}, {"wake_at": {"$ne": None}}]}}}
        counts = {
            "submissions unjudged": self.database["submissions"].count_documents(unjudged),
            "reports unjudged": self.database["reports"].count_documents({"state": "recorded"}),
            "notices open": self.database["notices"].count_documents(mails),
        }
        return {name: count for name, count in counts.items() if count}

    def close(self) -> None:
        self.client.close()


class Calm:
    """Nothing has moved since it began, and every notification worker has gone through its calendar since then.

    What comes due moves nothing before somebody has looked. A worker notes the moment (by its own clock, which may be
    wrong) at the end of each look: the first new one may be of a look that began before the calm, the second is not.
    """

    def __init__(self, workers: Collection[str]) -> None:
        self.since = time.monotonic()
        self._noted: dict[str, set[str]] = {name: set() for name in workers}

    def note(self, moments: Mapping[str, str]) -> str | None:
        """``moments``: when each worker has looked last. Whose next look is still wanted; None: all have looked."""
        for name, moment in moments.items():
            self._noted[name].add(moment)
        left = sorted(name for name, noted in self._noted.items() if len(noted) < 3)
        return f"{', '.join(left)} to look at the calendar" if left else None


def _calendars(rig: Rig) -> dict[str, str]:
    found = {}
    for name in sorted(rig.stack.wanted):
        if name.partition("-")[0] == "notification":
            with urlopen(f"{rig.stack.url(name)}/metrics", timeout=5) as answer:
                lines = answer.read().decode().splitlines()
            found[name] = next((line for line in lines if line.startswith(f"{CALENDAR} ")), "")
    return found


async def wait_quiet(rig: Rig, seconds: float) -> float:
    """Wait until nothing moves and nothing comes due (Calm); the time it took. Raises NotQuietError."""
    broker, begun, calm = Broker(rig.bootstrap), time.monotonic(), None
    store = Store(rig.mongo_url)
    last: object = None
    same_since, before = begun, last
    unseen: str | None = None
    ends: dict[TopicPartition, int] = {}
    moments: dict[str, str] = {}
    try:
        while time.monotonic() - begun < seconds:
            try:
                not_ready = await asyncio.to_thread(rig.ready)
                last = not_ready or await asyncio.to_thread(store.moving)
                now = await broker.ends() if not last else {}
                last = last or await broker.behind(now)
                moments = {} if last else await asyncio.to_thread(_calendars, rig)
            except (PyMongoError, OSError) as error:
                last, now = repr(error), {}
            if last != before:
                same_since, before = time.monotonic(), last
            if last and time.monotonic() - same_since > STUCK_SECONDS:
                raise NotQuietError(f"nothing has changed for {STUCK_SECONDS:g} s; still: {last}\n{stacks(rig)}")
            if last or now != ends:
                calm, ends = None, now
            else:
                calm = calm or Calm(moments)
                unseen = calm.note(moments)
                if unseen is None:
                    return calm.since - begun
            await asyncio.sleep(0.5)
    finally:
        store.close()
    raise NotQuietError(f"waited {seconds:g} s for rest; still: {last or unseen}\n{stacks(rig)}")


def stacks(rig: Rig) -> str:
    """Where every worker stands: its last log lines, and then the stack of each of its threads and tasks."""
    workers, running = rig.stack.workers(), rig.stack.pids()
    parts = [rig.stack.last_lines(name, 8) for name in workers]
    logs = {name: rig.stack.log(name) for name in workers if name in running}
    begun = {name: log.stat().st_size for name, log in logs.items()}
    for name in workers:
        rig.signal(name, signal.SIGUSR1)

    def untold() -> str | None:
        left = [name for name, log in logs.items() if ALL_TASKS_SHOWN.encode() not in log.read_bytes()[begun[name] :]]
        return ", ".join(left) or None

    try:
        wait_for("every worker to show where it stands", untold, seconds=DUMP_SECONDS)
    except StackError as error:
        parts.append(str(error))
    return "\n".join([*parts, *(rig.stack.last_lines(name, 150) for name in workers)])
