"""What tests do with a real broker besides running the services: make topics, read a topic to its end."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.topics import PARTITIONS, TOPICS, Topic
from runtime.settings import ServiceSettings

PATIENCE_SECONDS = 60.0
"""How long anything may take that tests wait for: a busy machine is slow, not wrong."""


async def make_topics(settings: ServiceSettings, *more: Topic) -> None:
    """Create every topic of the registry, and ``more``, under the settings' prefix."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        await admin.create_topics(
            [NewTopic(settings.topic(one), PARTITIONS, 1, topic_configs=one.config) for one in (*TOPICS, *more)]
        )
    finally:
        await admin.close()


async def read_all(settings: ServiceSettings, topic: Topic | str) -> list[ConsumerRecord]:
    """Every record of a topic up to its end now, by partition and offset."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(settings.topic(topic), number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[ConsumerRecord] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any([await consumer.position(tp) < ends[tp] for tp in partitions]):
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {PATIENCE_SECONDS:g} s to read {topic} to its end")
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
        return sorted(found, key=lambda one: (one.partition, one.offset))
    finally:
        await consumer.stop()


async def commit(settings: ServiceSettings, group: str, topic: Topic, offset: int) -> None:
    """Let a group without members stand at an offset in every partition of a topic, wherever that ends."""
    client = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, group_id=settings.group(group), enable_auto_commit=False
    )
    await client.start()
    try:
        places = [TopicPartition(settings.topic(topic), number) for number in range(PARTITIONS)]
        client.assign(places)
        await client.commit(dict.fromkeys(places, offset))
    finally:
        await client.stop()


async def until(
    what: str, condition: Callable[[], Awaitable[object] | object], seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until ``condition()`` (plain or awaitable) is true; a TimeoutError says what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        await asyncio.sleep(0.05)
