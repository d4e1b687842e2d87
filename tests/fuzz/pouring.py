"""Many messages onto every topic of a running stack, and what is asked of it afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.events import DeadLettered
from contracts.topics import DEADLETTERS, PARTITIONS, Topic
from contracts.wire import MAX_EVENT_BYTES, Event, Unreadable, decode
from tests.e2e.outside import Outside
from tests.fuzz.messages import thrown

SHARES = {
    "vrs.submissions": 20, "vrs.reports.recorded": 10, "vrs.reports.judged": 10, "vrs.cycles": 8,
    "vrs.participants": 8, "vrs.in.TH-IMM": 30, "vrs.deadletters": 5,
}  # fmt: skip
"""How much of what is thrown goes where, by weight; 3 for topics that no service reads."""
UNDER_WAY = 2_000
STUCK_SECONDS = 90.0
OF_SOME = ("shape", "event_not_expected", "not_json")
"""Reasons that are not every reader's: one needs less of an event's data and passes over a number too large for any
other, or takes the event on the topic beside as well."""
Place = tuple[str, int, int]


@dataclass
class Poured:
    """What was put where."""

    by_topic: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    unreadable: dict[str, set[Place]] = field(default_factory=dict)
    """By topic that services read: where messages stand that are no event of it."""
    misshapen: dict[str, set[Place]] = field(default_factory=dict)
    """The same for events that some reader may find good: ``OF_SOME``."""

    @property
    def messages(self) -> int:
        return self.by_topic.total()


async def pour(bootstrap: str, random: Random, messages: int, poured: Poured, onto: Sequence[Topic]) -> None:
    """Put ``messages`` on the topics, and return when the broker has all of them."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        max_request_size=MAX_EVENT_BYTES * 2,
        linger_ms=5,
        max_batch_size=256 * 1024,
    )
    await producer.start()
    weights = [SHARES.get(topic.name, 3) for topic in onto]
    waiting: list[tuple[Topic, str | None, Awaitable[Any]]] = []
    try:
        for number in range(messages):
            topic = random.choices(onto, weights)[0]
            one = thrown(topic, random)
            found = decode(one.value, one.headers, topic.payloads)
            bad = found.reason if isinstance(found, Unreadable) else None
            sent = await producer.send(topic.name, value=one.value, key=one.key, headers=one.headers)
            waiting.append((topic, bad, sent))
            poured.by_topic[topic.name] += 1
            poured.by_kind[one.kind] += 1
            if len(waiting) == UNDER_WAY or number == messages - 1:
                await settle(waiting, poured)
                waiting = []
    finally:
        await producer.stop()


async def settle(waiting: list[tuple[Topic, str | None, Awaitable[Any]]], poured: Poured) -> None:
    for topic, bad, sent in waiting:
        there = await sent
        if bad and set(topic.readers) - {"agency"} and not topic.compacted:
            held = poured.misshapen if bad in OF_SOME else poured.unreadable
            held.setdefault(topic.name, set()).add((topic.name, there.partition, there.offset))


async def lags(bootstrap: str) -> dict[str, int]:
    """By consumer group: how many messages of what it reads are not done yet."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await admin.start()
    await consumer.start()
    try:
        found: dict[str, int] = {}
        for group, *_ in await admin.list_consumer_groups():
            offsets = await admin.list_consumer_group_offsets(group)
            # Also where it has committed nothing yet: what stands there is still before it.
            topics = {place.topic for place in offsets}
            places = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
            ends = await consumer.end_offsets(places) if places else {}
            done = {place: max(0, one.offset) for place, one in offsets.items()}
            found[group] = sum(max(0, end - done.get(place, 0)) for place, end in ends.items())
        return found
    finally:
        await admin.close()
        await consumer.stop()


def drained(outside: Outside, seconds: float) -> float:
    """Wait until no group is behind; the seconds that took. Fails where nothing moves for a while, and names it."""
    bootstrap = outside.told.kafka_bootstrap
    begun = moved = time.monotonic()
    last: dict[str, int] = {}
    while True:
        now = asyncio.run(lags(bootstrap))
        if not any(now.values()) and len(now) >= 4:
            return time.monotonic() - begun
        if now != last:
            last, moved = now, time.monotonic()
        assert time.monotonic() - moved < STUCK_SECONDS, f"stuck: {now}"
        assert time.monotonic() - begun < seconds, f"still behind after {seconds:g} s: {now}"
        time.sleep(1)


async def dead_letters(bootstrap: str) -> tuple[dict[str, set[Place]], Counter[tuple[str, str]]]:
    """By service: the places that it has set aside; and how many of each (service, reason)."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=2**23)
    await consumer.start()
    found: dict[str, set[Place]] = {}
    reasons: Counter[tuple[str, str]] = Counter()
    try:
        places = [TopicPartition(DEADLETTERS.name, number) for number in range(PARTITIONS)]
        ends = await consumer.end_offsets(places)
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        while behind := [place for place in places if await consumer.position(place) < ends[place]]:
            for records in (await consumer.getmany(*behind, timeout_ms=500)).values():
                for record in records:
                    event = decode(record.value, record.headers, (DeadLettered,))
                    if isinstance(event, Event) and event.source != "fuzz/elsewhere":
                        letter = event.data
                        found.setdefault(letter.service, set()).add((letter.topic, letter.partition, letter.offset))
                        reasons[letter.service, letter.reason] += 1
        return found, reasons
    finally:
        await consumer.stop()
