"""A broker and a database of one's own for measurements, and a topic filled with a feed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from bench.judged import Record
from contracts.topics import PARTITIONS, TOPICS, Topic
from deploy.local import mongo
from deploy.local.ports import HOST, Ports
from deploy.local.stack import Stack

OPERATIONS = ("insert", "query", "update", "delete", "getmore")
"""What counts as a database operation; "command" does not: drivers ask for the server's state by it all the time."""


@dataclass
class Filled:
    """A topic that holds a feed. ``figures``: by partition, how many figures stand before each offset."""

    name: str
    topic: str
    figures: dict[int, list[int]] = field(default_factory=dict)
    size: int = 0
    """Bytes of all values."""

    @property
    def total(self) -> int:
        return sum(before[-1] for before in self.figures.values())

    @property
    def messages(self) -> int:
        return sum(len(before) - 1 for before in self.figures.values())

    def done(self, offsets: dict[int, int]) -> int:
        """How many figures stand before the offsets."""
        return sum(self.figures[partition][offset] for partition, offset in offsets.items() if offset > 0)

    def ended(self, offsets: dict[int, int]) -> bool:
        return all(offsets.get(partition, 0) == len(before) - 1 for partition, before in self.figures.items())


class Rig:
    """A running Kafka and mongod."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.kafka = f"{HOST}:{stack.ports.kafka}"
        self.mongo = mongo.url(stack.ports.mongo)
        self.client: MongoClient[dict[str, Any]] = MongoClient(self.mongo)

    @property
    def pids(self) -> dict[str, int]:
        return {name: self.stack.pid(name) for name in ("kafka", "mongo")}

    @property
    def key(self) -> bytes:
        """What signs tokens."""
        return (self.stack.var / "token.key").read_bytes().strip()

    def log(self, name: str) -> Path:
        """The file for what a program says."""
        return self.stack.log(name)

    async def services(self, *names: str) -> None:
        """Start services of the product, ``ingest-2`` being a second worker; returns when they are ready."""
        await self.make("", *TOPICS)
        for name in names:
            await asyncio.to_thread(self.stack.launch, name)
        await asyncio.to_thread(self.stack.wait_ready, names)

    async def end(self, *names: str) -> None:
        for name in names:
            await asyncio.to_thread(self.stack.stop, name)

    # --- MongoDB

    def operations(self) -> int:
        """How many operations the database has done since it started."""
        counters = self.client.admin.command("serverStatus")["opcounters"]
        return sum(int(counters[name]) for name in OPERATIONS)

    def writes(self) -> int:
        """How many documents have been written since it started."""
        counters = self.client.admin.command("serverStatus")["opcounters"]
        return sum(int(counters[name]) for name in ("insert", "update", "delete"))

    # --- Kafka

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    async def make(self, prefix: str, *topics: Topic | str, like: Topic | None = None) -> None:
        """Make topics that are not there: with the settings of the registry, or those of ``like`` for a mere name."""
        async with self.admin() as admin:
            there = set(await admin.list_topics())
            wanted = [(prefix + (one if isinstance(one, str) else one.name), one) for one in topics]
            await admin.create_topics(
                [
                    NewTopic(name, PARTITIONS, 1, topic_configs=_config(one, like))
                    for name, one in wanted
                    if name not in there
                ]
            )

    async def fill(self, topic: str, records: Iterator[Record]) -> Filled:
        """Publish a feed in its order, as the product does: keyed by participant, not compressed."""
        filled = Filled(topic, topic)
        producer = AIOKafkaProducer(
            bootstrap_servers=self.kafka,
            acks="all",
            enable_idempotence=True,
            max_request_size=8 * 2**20,
            max_batch_size=2**20,
            linger_ms=5,
        )
        await producer.start()
        try:
            sent = []
            for one in records:
                sent.append((await producer.send(topic, one.value, one.key, headers=one.headers), one.figures))
                filled.size += len(one.value)
            placed = sorted([((await future), figures) for future, figures in sent], key=lambda one: one[0].offset)
        finally:
            await producer.stop()
        counts: dict[int, list[int]] = {}
        for place, figures in placed:
            counts.setdefault(place.partition, []).append(figures)
        filled.figures = {partition: [0, *accumulate(each)] for partition, each in counts.items()}
        return filled

    async def ends(self, topics: list[str] | None = None) -> dict[str, int]:
        """How many messages each topic has ever got; of every topic but the broker's own where none are named."""
        async with self.admin() as admin:
            named = topics if topics is not None else await admin.list_topics()
            chosen = [name for name in named if not name.startswith("__")]
            described = await admin.describe_topics(chosen) if chosen else []
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [
                TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]
            ]
            ends: dict[str, int] = {}
            for place, end in (await consumer.end_offsets(places)).items() if places else ():
                ends[place.topic] = ends.get(place.topic, 0) + end
            return ends
        finally:
            await consumer.stop()

    async def forget(self, database: str) -> None:
        """Remove the topics that a program made for itself; all of them name its group, and so its database."""
        async with self.admin() as admin:
            await admin.delete_topics([name for name in await admin.list_topics() if database in name])

    async def begin_again(self, group: str, filled: Filled) -> None:
        """Set a group, which must have no members, before the first message."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=group, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition(filled.topic, number) for number in range(PARTITIONS)]
            consumer.assign(places)
            await consumer.commit(dict.fromkeys(places, 0))
        finally:
            await consumer.stop()


def _config(topic: Topic | str, like: Topic | None) -> dict[str, str]:
    registered = like if isinstance(topic, str) else topic
    return registered.config if registered else {}


@asynccontextmanager
async def running(var: Path, workers: int = 1) -> AsyncIterator[Rig]:
    """A rig with its data under ``var``, and so many workers of each service known to it."""
    counts = dict.fromkeys(("ingest", "validation", "aggregation"), workers)
    stack = Stack(var, Ports.free(), workers=counts)
    try:
        await asyncio.to_thread(stack.start_backbone, ("mongo", "kafka"))
        rig = Rig(stack)
        yield rig
        rig.client.close()
    finally:
        await asyncio.to_thread(stack.close)
