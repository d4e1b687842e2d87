"""An agency's batch that a broker takes, and that unpacks to more than a worker should hold, or cannot be read."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.producer import message_accumulator
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from cli.kafka_reading import read_one
from cli.settings import CliSettings
from contracts.events import DeadLettered
from contracts.topics import DEADLETTERS, agency_in
from contracts.wire import Event, decode
from runtime.consumer import Consumer
from runtime.message import Message
from runtime.outcome import Done, Outcome
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from runtime.unpacking import MAX_UNPACKED_BYTES, REASON
from tests.broker import make_topics, read_all, until
from tests.conftest import Backbone

INWARD = agency_in("TH-IMM")


async def send(settings: ServiceSettings, codec: str | None, value: bytes) -> int:
    """As a producer does that knows no limit; gives the offset, once the broker has it."""
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, compression_type=codec, max_request_size=10**9, max_batch_size=10**9
    ) as producer:
        offset: int = (await producer.send_and_wait(settings.topic(INWARD), value, partition=0)).offset
        return offset


class InLatin1(DefaultRecordBatchBuilder):  # type: ignore[misc]  # aiokafka is untyped here
    """Writes the name of a header as a client may that takes bytes for it."""

    def build(self) -> bytes:
        packed = bytes(super().build()).replace(b"ce_id", b"ce_\xefd")
        return packed[:17] + int(calc_crc32c(packed[21:])).to_bytes(4, "big") + packed[21:]


async def send_unreadable(settings: ServiceSettings) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(message_accumulator, "DefaultRecordBatchBuilder", InLatin1)
        async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
            headers = [("ce_id", b"1")]
            sent = await producer.send_and_wait(settings.topic(INWARD), b"unread", partition=0, headers=headers)
            offset: int = sent.offset
            return offset


async def test_a_batch_that_unpacks_to_too_much_or_cannot_be_read_is_set_aside_and_what_follows_is_done(
    backbone: Backbone, topic_prefix: str
) -> None:
    settings = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(settings, INWARD)
    seen: list[tuple[int, bytes | None]] = []

    async def handle(message: Message) -> Outcome:
        seen.append((message.offset, message.value))
        return Done()

    first = await send(settings, "zstd", b"before")
    large = [await send(settings, codec, bytes(4 * MAX_UNPACKED_BYTES)) for codec in ("zstd", "gzip")]
    unread = await send_unreadable(settings)
    last = await send(settings, "gzip", b"after")
    publisher, stop = await Publisher(settings, "vrs/test").start(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(
            Consumer(settings, "test", "test", [], handle, publisher, patterns=[r"vrs\.in\..+"]).run(stop)
        )
        await until("what is behind it to be done", lambda: len(seen) == 2)
        stop.set()
    await publisher.stop()
    assert seen == [(first, b"before"), (last, b"after")]
    letters = [decode(one.value, one.headers, (DeadLettered,)) for one in await read_all(settings, DEADLETTERS)]
    places = sorted((one.data.offset, one.data.reason) for one in letters if isinstance(one, Event))
    assert places == [(offset, REASON) for offset in (*large, unread)]
    # To publish again what stands in its place would be to publish nothing.
    told = CliSettings(kafka_bootstrap=settings.kafka_bootstrap, topic_prefix=topic_prefix)
    assert await read_one(told, TopicPartition(settings.topic(INWARD), 0), large[0]) is None
