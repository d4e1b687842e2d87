"""Reading topics from the outside: no group, no commit, nothing changes for the services."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from cli.settings import CliSettings, Refused
from contracts.topics import PARTITIONS
from contracts.wire import MAX_EVENT_BYTES
from runtime.closing import C, connected, ended
from runtime.kafka import brokers
from runtime.unpacking import bound, stands_in

ANSWER_SECONDS = 30.0


@asynccontextmanager
async def reading(told: CliSettings, partitions: Sequence[TopicPartition] = ()) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of its own over the partitions. Raises Refused when the broker does not answer."""
    bound()
    consumer = AIOKafkaConsumer(
        **brokers(told),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MAX_EVENT_BYTES,
    )
    try:
        async with answering():
            await consumer.start()
        consumer.assign(list(partitions))
        yield consumer
    except KafkaError as error:
        raise Refused(f"Kafka at {told.kafka_bootstrap}: {error!r}") from None
    except TimeoutError:
        raise silent(told) from None
    finally:
        await ended(consumer)


@asynccontextmanager
async def asking(told: CliSettings, client: C) -> AsyncIterator[C]:
    """A client, connected for a few questions. Raises Refused when the broker does not answer all of them in time."""
    try:
        async with answering(), connected(client):
            yield client
    except KafkaError as error:
        raise Refused(f"Kafka at {told.kafka_bootstrap}: {error!r}") from None
    except TimeoutError:
        raise silent(told) from None


def answering() -> asyncio.Timeout:
    """The time for one question; reading a long topic is many of them."""
    return asyncio.timeout(ANSWER_SECONDS)


def silent(told: CliSettings) -> Refused:
    """What to say when that time is over."""
    return Refused(f"Kafka at {told.kafka_bootstrap} did not answer within {ANSWER_SECONDS:g} s")


async def partitions_of(told: CliSettings, topic: str) -> list[TopicPartition]:
    """The topic's partitions (``topic``: without the broker's prefix). Raises Refused where there is no such topic."""
    async with reading(told) as consumer, answering():
        known = await consumer.topics()
        name = told.topic(topic)
        if name not in known:
            raise Refused(f"no topic {name}: run `vrs topics apply`")
        return [TopicPartition(name, number) for number in range(PARTITIONS)]


async def earliest_and_latest(
    told: CliSettings, partitions: Sequence[TopicPartition]
) -> dict[TopicPartition, tuple[int, int]]:
    """Per partition the first offset it still holds and the one after its last."""
    async with reading(told, partitions) as consumer, answering():
        first, last = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        return {one: (first[one], last[one]) for one in partitions}


async def read_all(told: CliSettings, topic: str) -> AsyncIterator[ConsumerRecord]:
    """Every record that the topic holds at this moment, in the order of each partition, one after the other.

    However long the topic is: a batch is held at a time, and only a broker that gives nothing for a while is Refused.
    """
    partitions = await partitions_of(told, topic)
    async with reading(told, partitions) as consumer:
        async with answering():
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
        behind = set(partitions)
        while behind := {one for one in behind if await consumer.position(one) < ends[one]}:
            for place, records in (await _some(consumer, behind)).items():
                for record in records:
                    if record.offset < ends[place]:
                        yield record


async def _some(consumer: AIOKafkaConsumer, behind: set[TopicPartition]) -> dict[TopicPartition, list[ConsumerRecord]]:
    """The next records; none where the rest was compacted away meanwhile. Raises TimeoutError."""
    before = {one: await consumer.position(one) for one in behind}
    async with answering():
        while True:
            found: dict[TopicPartition, list[ConsumerRecord]] = await consumer.getmany(*behind, timeout_ms=200)
            if found or before != {one: await consumer.position(one) for one in behind}:
                return found


async def read_one(told: CliSettings, partition: TopicPartition, offset: int) -> ConsumerRecord | None:
    """The record at the offset; None where it is compacted away, not there yet, or cannot be unpacked."""
    _, end = (await earliest_and_latest(told, [partition]))[partition]
    if offset >= end:
        return None
    async with reading(told, [partition]) as consumer, answering():
        consumer.seek(partition, offset)
        record = await consumer.getone(partition)
        return record if record.offset == offset and not stands_in(record.headers) else None
