"""The Faust worker on a real broker: nothing is acknowledged before its effect stands."""

import asyncio
import contextlib
import itertools
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from structlog.testing import capture_logs

from contracts.events import Sender, SubmissionReceived
from contracts.topics import SUBMISSIONS
from contracts.wire import Event
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from runtime.faust_app import Ack, FaustWorker
from runtime.message import Message
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from tests.broker import commit, make_topics, until
from tests.conftest import Backbone
from tests.integration.runtime.storm import Storm

NOW = datetime(2013, 7, 1, tzinfo=UTC)


@pytest.fixture
async def settings(backbone: Backbone, topic_prefix: str) -> ServiceSettings:
    settings = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(settings)
    for body in ("one", "two"):
        await publish(settings, body)
    return settings


async def publish(settings: ServiceSettings, body: str) -> None:
    publisher = await Publisher(settings, "vrs/test").start()
    data = SubmissionReceived(
        submission_id=body, body_hash=body, sender=Sender(role="centre"), report={}, received_at=NOW
    )
    await publisher.publish(SUBMISSIONS, "TH", Event(body, "vrs/test", NOW, data, body))
    await publisher.stop()


class Reader:
    """Keeps the offsets it saw; acknowledges all but one, at which it fails, waits for ever, or is cancelled once."""

    def __init__(self, stumbles_at: int | None = None, how: str = "raise") -> None:
        self.seen: list[int] = []
        self._at, self._how = stumbles_at, how

    async def __call__(self, message: Message, ack: Ack) -> None:
        self.seen.append(message.offset)
        if message.offset == self._at:
            if self._how == "raise":
                raise ValueError("cannot")
            if self._how == "cancelled":
                self._at = None
                raise asyncio.CancelledError
            await asyncio.Event().wait()
        await ack()


def worker(settings: ServiceSettings, reader: Reader, state: Path) -> FaustWorker:
    one = FaustWorker(settings, "test", SUBMISSIONS, state)
    one.each(reader)
    return one


async def reads(settings: ServiceSettings, state: Path, expected: list[int]) -> None:
    """A fresh worker of the same group reads exactly the offsets expected."""
    reader, stop = Reader(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        one = worker(settings, reader, state)
        group.create_task(one.run(stop))
        await until("the group to be joined", one.joined)
        await until(f"offsets {expected}", lambda: len(reader.seen) >= len(expected))
        stop.set()
    assert reader.seen == expected


async def test_a_message_whose_body_fails_ends_the_run_and_is_read_again(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    with capture_logs() as logs, pytest.raises(ValueError, match="cannot"):
        await asyncio.wait_for(worker(settings, Reader(stumbles_at=1), tmp_path).run(asyncio.Event()), 60)
    [place] = [one["place"] for one in logs if one["event"] == "ends over a message"]
    assert re.fullmatch(rf"{SUBMISSIONS.name}:\d+:1", place)
    await reads(settings, tmp_path, [1])


async def test_a_message_that_a_stop_finds_half_done_is_read_again(settings: ServiceSettings, tmp_path: Path) -> None:
    reader, stop = Reader(stumbles_at=0, how="wait"), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(settings, reader, tmp_path).run(stop))
        await until("the first message", lambda: reader.seen == [0])
        stop.set()
    await reads(settings, tmp_path, [0, 1])


async def test_a_message_whose_body_is_cancelled_is_done_before_those_behind_it(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    reader, stop = Reader(stumbles_at=0, how="cancelled"), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker(settings, reader, tmp_path).run(stop))
        await until("both messages, the first of them again", lambda: reader.seen == [0, 0, 1])
        stop.set()
    await reads(settings, tmp_path, [])


async def test_what_was_acknowledged_is_not_read_again(settings: ServiceSettings, tmp_path: Path) -> None:
    await reads(settings, tmp_path, [0, 1])
    await reads(settings, tmp_path, [])


async def test_what_a_rebalance_finds_unread_is_not_committed(settings: ServiceSettings, tmp_path: Path) -> None:
    reader, stop = Reader(stumbles_at=0, how="wait"), asyncio.Event()
    first = worker(settings, reader, tmp_path / "first")
    running = asyncio.create_task(first.run(stop))
    await until("the first message, with the second behind it", lambda: reader.seen == [0])
    joins, others = asyncio.Event(), Reader(stumbles_at=0, how="wait")
    second = worker(settings, others, tmp_path / "second")
    joining = asyncio.create_task(second.run(joins))
    await until("the second worker to join", second.joined)
    await until("the first worker to be back", first.joined)
    for event, task in ((stop, running), (joins, joining)):
        event.set()
        await task
    await reads(settings, tmp_path / "third", [0, 1])


async def test_a_partition_that_ends_before_what_is_committed_is_read_from_its_beginning(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    await commit(settings, "test", SUBMISSIONS, 1_000)
    await reads(settings, tmp_path, [0, 1])
    await reads(settings, tmp_path, [])


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path / "var", Ports.free()) as stack:
        stack.start_one("kafka")
        yield stack


async def test_what_comes_after_the_broker_has_lost_messages_is_worked_on(own_broker: Stack, tmp_path: Path) -> None:
    """It gets offsets that the worker has seen before, whether the worker is still in its group or begins anew."""
    settings = ServiceSettings(kafka_bootstrap=f"127.0.0.1:{own_broker.ports.kafka}")
    await make_topics(settings)
    for body in ("one", "two"):
        await publish(settings, body)
    reader, stop = Reader(), asyncio.Event()

    async def kept_alive() -> None:
        for number in itertools.count():
            with contextlib.suppress(NotNow, KafkaError):
                await worker(settings, reader, tmp_path / f"state{number}").run(stop)
            if stop.is_set():
                return

    running = asyncio.create_task(kept_alive())
    await until("both messages", lambda: reader.seen == [0, 1])
    await until("both to be committed", lambda: committed(settings))
    own_broker.kill("kafka")
    for partition in (tmp_path / "var" / "kafka" / "data").glob(f"{SUBMISSIONS.name}-*"):
        shutil.rmtree(partition)
    own_broker.start_one("kafka")
    await publish(settings, "three")
    await until("the third message, at the offset of the first", lambda: reader.seen == [0, 1, 0], 90)
    stop.set()
    await running


async def committed(settings: ServiceSettings) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        return any(at.offset == 2 for at in (await admin.list_consumer_group_offsets(settings.group("test"))).values())
    finally:
        await admin.close()


async def storm(backbone: Backbone, prefix: str, state: Path) -> Storm:
    # The shortest session that a broker takes: a third of it passes before the others hear of a rebalance.
    settings = ServiceSettings(
        kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=prefix, kafka_session_timeout_ms=6_000
    )
    await make_topics(settings)
    made = itertools.count()

    def one() -> FaustWorker:
        worker = FaustWorker(settings, "test", SUBMISSIONS, state / f"{prefix}{next(made)}")
        worker.each(handle)
        return worker

    async def handle(message: Message, ack: Ack) -> None:
        await asyncio.sleep(0)
        blowing.handled(message.partition, message.offset)
        await ack()

    blowing = Storm(settings, settings.group("test"), SUBMISSIONS, one)
    return blowing


@pytest.mark.slow
async def test_rebalances_pass_over_no_message_and_end_no_worker(
    backbone: Backbone, topic_prefix: str, tmp_path: Path
) -> None:
    await (await storm(backbone, topic_prefix, tmp_path)).blow(8)


@pytest.mark.slow
async def test_the_first_messages_of_partitions_are_not_lost_in_a_rebalance(
    backbone: Backbone, topic_prefix: str, tmp_path: Path
) -> None:
    # Nothing is committed of a partition before its first messages: each time takes topics and a group of its own.
    for number in range(6):
        await (await storm(backbone, f"{topic_prefix}{number}.", tmp_path)).blow_over_the_first_messages()
