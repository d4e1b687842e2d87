"""What an agency's producer does that sends in transactions: markers take offsets, and open ones hold back the end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from prometheus_client import REGISTRY

from contracts.topics import agency_in
from runtime.consumer import Consumer
from runtime.message import Message
from runtime.outcome import Done, Outcome
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from tests.broker import make_topics, until
from tests.conftest import Backbone

INWARD = agency_in("TH-IMM")
STANDS_SECONDS = 2.0


@pytest.fixture
async def settings(backbone: Backbone, topic_prefix: str) -> ServiceSettings:
    settings = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(settings, INWARD)
    return settings


@pytest.fixture
async def agency(settings: ServiceSettings, topic_prefix: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        transactional_id=topic_prefix,
        transaction_timeout_ms=300_000,  # one stays open while a worker begins and works
    )
    await producer.start()
    yield producer
    await producer.stop()


async def send(settings: ServiceSettings, agency: AIOKafkaProducer, value: bytes) -> None:
    await agency.send_and_wait(settings.topic(INWARD), value, key=b"TH", partition=0)


async def committed(settings: ServiceSettings) -> int | None:
    client = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, group_id=settings.group("test"), enable_auto_commit=False
    )
    await client.start()
    try:
        place = TopicPartition(settings.topic(INWARD), 0)
        client.assign([place])
        at: int | None = await client.committed(place)
        return at
    finally:
        await client.stop()


def lag() -> float | None:
    return REGISTRY.get_sample_value(
        "vrs_consumer_lag_records", {"service": "transacting", "topic": INWARD.name, "partition": "0"}
    )


async def test_a_worker_that_has_done_all_that_transactions_sent_does_not_stand_still(
    settings: ServiceSettings, agency: AIOKafkaProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.lag.EVERY_SECONDS", 1.0)
    seen: list[bytes | None] = []

    async def handle(message: Message) -> Outcome:
        seen.append(message.value)
        return Done()

    async def works(expected: list[bytes], stands_at: int) -> None:
        """A worker does what is there, commits past what is no message, and lives on."""
        stop = asyncio.Event()
        running = asyncio.create_task(
            Consumer(settings, "transacting", "test", [], handle, publisher, patterns=[r"vrs\.in\..+"]).run(stop)
        )
        await until("what was sent to be done", lambda: running.done() or seen == expected)

        async def stands() -> bool:
            return running.done() or (await committed(settings) == stands_at and lag() == 0)

        await until(f"{stands_at} to be committed and no lag to be shown", stands)
        # From here on there is nothing to do: some looks, and longer than it may have messages and do nothing.
        with monkeypatch.context() as soon:
            soon.setattr("runtime.standstill.STANDS_SECONDS", STANDS_SECONDS)
            await asyncio.wait({running}, timeout=2 * STANDS_SECONDS)
        assert not running.done()
        # None where the last look took too long.
        assert lag() in (0, None)
        stop.set()
        await running

    publisher = await Publisher(settings, "vrs/test").start()
    async with agency.transaction():
        await send(settings, agency, b"one")
    await works([b"one"], 2)
    # Taken back: two offsets, no message.
    await agency.begin_transaction()
    await send(settings, agency, b"taken back")
    await agency.abort_transaction()
    await works([b"one"], 4)
    # Not sent as long as the transaction is open.
    await agency.begin_transaction()
    await send(settings, agency, b"two")
    await works([b"one"], 4)
    await agency.commit_transaction()
    await works([b"one", b"two"], 6)
    await publisher.stop()
