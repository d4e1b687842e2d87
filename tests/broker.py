"""What tests do with a real broker besides running the services: make topics, read a topic to its end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.topics import PARTITIONS, TOPICS, Topic
from runtime.settings import ServiceSettings

PATIENCE_SECONDS = 60.0
"""How long anything may take that tests wait for: a busy machine is slow, not wrong."""


async def make_topics(settings: ServiceSettings, *more: Topic, registry: Sequence[Topic] = TOPICS) -> None:
    """Create the topics of the registry, or some of them, and ``more``, under the settings' prefix.

    Returns once every partition has its leader: a broker says that it has made a topic a moment before it knows of it.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    topics = {settings.topic(one): one for one in (*registry, *more)}

    async def led() -> bool:
        described = await admin.describe_topics(list(topics))
        leaders = [place["leader"] for one in described for place in one["partitions"] if not place["error_code"]]
        return len(leaders) == len(topics) * PARTITIONS and min(leaders) >= 0

    await admin.start()
    try:
        await admin.create_topics(
            [NewTopic(name, PARTITIONS, 1, topic_configs=one.config) for name, one in topics.items()]
        )
        await until("the broker to know its new topics", led)
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
