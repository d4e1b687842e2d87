"""The consuming loop on a real broker: the three fates of a message."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import REGISTRY

from contracts.events import DeadLettered, Sender, SubmissionReceived
from contracts.identity import event_id
from contracts.topics import DEADLETTERS, PARTITIONS, SUBMISSIONS
from contracts.wire import Event, decode
from runtime.consumer import Consumer
from runtime.message import Message
from runtime.outcome import Done, Halted, Invalid, NotNow, Outcome
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from tests.broker import commit, make_topics, read_all, until
from tests.conftest import Backbone

NOW = datetime(2013, 7, 1, tzinfo=UTC)


@pytest.fixture
async def settings(backbone: Backbone, topic_prefix: str) -> ServiceSettings:
    settings = ServiceSettings(
        kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix, retry_seconds=2, halt_after_invalid=3
    )
    await make_topics(settings)
    return settings


@asynccontextmanager
async def published(settings: ServiceSettings, *bodies: str) -> AsyncIterator[Publisher]:
    publisher = await Publisher(settings, "vrs/test").start()
    for body in bodies:
        data = SubmissionReceived(
            submission_id=body, body_hash=body, sender=Sender(role="centre"), report={"n": body}, received_at=NOW
        )
        await publisher.publish(SUBMISSIONS, "TH", Event(event_id(body, "sent"), "vrs/test", NOW, data, body))
    try:
        yield publisher
    finally:
        await publisher.stop()


class Doing:
    """A handler that keeps what it saw and answers as it is told."""

    def __init__(self, answer: Outcome | Exception = Done()) -> None:  # noqa: B008 - Done is frozen
        self.answer = answer
        self.seen: list[str] = []

    async def __call__(self, message: Message) -> Outcome:
        self.seen.append(message.value.decode() if message.value else "")
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def consumer(settings: ServiceSettings, handle: Doing, publisher: Publisher) -> Consumer:
    return Consumer(settings, "test", "test", [SUBMISSIONS.name], handle, publisher)


async def committed(settings: ServiceSettings) -> int:
    client = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=settings.group("test"),
        enable_auto_commit=False,  # of whoever looks: it would soon commit the end of the topic
    )
    await client.start()
    try:
        places = [TopicPartition(settings.topic(SUBMISSIONS), number) for number in range(PARTITIONS)]
        client.assign(places)
        return sum([await client.committed(place) or 0 for place in places])
    finally:
        await client.stop()


async def test_a_partition_that_ends_before_what_is_committed_is_read_from_its_beginning(
    settings: ServiceSettings,
) -> None:
    await commit(settings, "test", SUBMISSIONS, 1_000)
    async with published(settings, "one", "two") as publisher:
        handle, stop = Doing(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(consumer(settings, handle, publisher).run(stop))
            await until("both messages", lambda: len(handle.seen) == 2)
            stop.set()


async def test_what_is_done_is_committed_and_not_read_again(settings: ServiceSettings) -> None:
    async with published(settings, "one", "two") as publisher:
        first, second, stop = Doing(), Doing(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(consumer(settings, first, publisher).run(stop))
            await until("two messages", lambda: len(first.seen) == 2)
            stop.set()
        assert await committed(settings) == 2
        again = asyncio.Event()
        worker = consumer(settings, second, publisher)
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run(again))
            await until("the second worker to join", worker.joined)
            again.set()
        assert second.seen == []


async def test_an_effect_that_fails_is_tried_again_and_then_ends_the_run_uncommitted(
    settings: ServiceSettings,
) -> None:
    async with published(settings, "one") as publisher:
        handle = Doing(NotNow("the database is away"))
        with pytest.RaisesGroup(NotNow):
            await asyncio.wait_for(consumer(settings, handle, publisher).run(asyncio.Event()), 60)
        assert len(handle.seen) > 1
        assert await committed(settings) == 0


async def test_a_dead_letter_says_where_and_why_and_nothing_of_what_stood_there(settings: ServiceSettings) -> None:
    async with published(settings, "one") as publisher:
        handle, stop = Doing(Invalid("shape", "report: missing")), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(consumer(settings, handle, publisher).run(stop))

            async def letters() -> bool:
                return len(await read_all(settings, DEADLETTERS)) == 1

            await until("a dead letter", letters)
            stop.set()
        (record,) = await read_all(settings, DEADLETTERS)
        letter = decode(record.value, record.headers, [DeadLettered])
        assert isinstance(letter, Event)
        assert (letter.data.topic, letter.data.offset) == (SUBMISSIONS.name, 0)
        assert (letter.data.reason, letter.data.detail) == ("shape", "report: missing")
        assert b"submission_id" not in record.value
        assert await committed(settings) == 1


async def test_too_many_invalid_messages_in_a_row_halt_the_consumer(settings: ServiceSettings) -> None:
    async with published(settings, *"abcdefgh") as publisher:
        handle = Doing(Invalid("shape", "wrong"))
        with pytest.RaisesGroup(Halted):
            await asyncio.wait_for(consumer(settings, handle, publisher).run(asyncio.Event()), 60)
        assert len(await read_all(settings, DEADLETTERS)) == 3


async def test_a_consumer_that_is_stuck_shows_its_lag(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Also how long one look may take. The worker must not give up its effect before that.
    monkeypatch.setattr("runtime.lag.EVERY_SECONDS", 2.0)
    patient = settings.model_copy(update={"retry_seconds": 600})
    async with published(settings, "one", "two", "three") as publisher:
        handle = Doing(NotNow("the database is away"))
        stuck = Consumer(patient, "stuck", "test", [SUBMISSIONS.name], handle, publisher)
        running = asyncio.create_task(stuck.run(asyncio.Event()))

        def lag() -> float:
            return sum(
                sample.value
                for metric in REGISTRY.collect()
                for sample in metric.samples
                if sample.name == "vrs_consumer_lag_records" and sample.labels["service"] == "stuck"
            )

        await until("a lag of three", lambda: running.done() or lag() == 3)
        assert not running.done()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
