"""The whole service on a real Kafka and MongoDB, with a mail server of the test's own."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.directory import Record, key_of
from contracts.events import (
    AgencyChanged,
    CycleChanged,
    ExtensionGranted,
    FocalPointChanged,
    NotificationFailed,
    NotificationSent,
    ParticipantChanged,
    Payload,
)
from contracts.identity import event_id
from contracts.records import Agency, Cycle, Extension, FocalPoint, Participant
from contracts.topics import CYCLES, JUDGED, NOTIFICATIONS, PARTICIPANTS, PARTITIONS, RECORDED, Topic
from contracts.wire import Event, decode
from runtime.mongo import connect
from runtime.publisher import Publisher
from runtime.retry import retrying
from services.notification.app import main
from services.notification.settings import NotificationSettings
from services.notification.store import MongoStore
from tests.broker import read_all
from tests.unit.notification.mail_server import MailServer

PASSED_ON = (
    *("kafka_bootstrap", "topic_prefix", "mongo_url", "mongo_database", "notification_port"),
    *("notification_tick_seconds", "smtp_port", "mail_timeout_seconds", "mail_answer_seconds"),
    *("mail_lease_seconds", "mail_at_once", "kafka_session_timeout_ms"),
)
NOW = datetime.now(UTC).replace(microsecond=0)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def around_today(*expected: str, due_in: int = 3, name: str = "2013-H1") -> Cycle:
    """A cycle that opened ten days ago and is due in some days, everywhere in UTC."""
    today = NOW.date()
    due = today + days(due_in)
    return Cycle(id=name, opens=today - days(10), due=due, closes=max(due, today) + days(60), expected=list(expected))


class Bureau:
    """What a test does from outside: tells the topics, looks into the database, starts and stops workers."""

    def __init__(self, settings: NotificationSettings, publisher: Publisher, server: MailServer) -> None:
        self.settings, self.publisher, self.server = settings, publisher, server
        self.database = connect(settings)
        self.store = MongoStore(self.database)

    async def put(self, *records: Record | Sequence[Record]) -> None:
        for entry in records:
            for record in entry if isinstance(entry, Sequence) else [entry]:
                await self._put(record)

    async def _put(self, record: Record) -> None:
        topic, data = changed(record)
        event = self.publisher.event(event_id(key_of(record), str(datetime.now(UTC))), data, None, NOW)
        await self._publish(topic, key_of(record), event)

    async def tell(self, topic: Topic, participant: str, data: Payload, at: datetime = NOW, step: str = "") -> None:
        event = self.publisher.event(event_id(participant, f"{data.type}{at}{step}"), data, None, at)
        await self._publish(topic, participant, event)

    async def _publish(self, topic: Topic, key: str, event: Event[Payload]) -> None:
        # A broker that shares its disk with everything else may take longer than one try allows.
        await retrying(self.settings, "test.publish", lambda: self.publisher.publish(topic, key, event))

    async def notices(self) -> dict[str, dict[str, Any]]:
        """The rows by ``participant|focal point|kind``."""
        rows = await self.database["notices"].find().to_list(None)
        return {row["_id"].partition("|")[2]: row for row in rows}

    async def returns(self) -> dict[str, dict[str, Any]]:
        return {one["_id"]: one for one in await self.database["returns"].find().to_list(None)}

    async def events(self) -> list[Event[NotificationSent]]:
        """What others have heard, repeats included."""
        found = []
        for record in await read_all(self.settings, NOTIFICATIONS):
            event = decode(record.value, record.headers, (NotificationSent, NotificationFailed))
            assert isinstance(event, Event)
            found.append(event)
        return found

    async def begin_anew(self) -> None:
        """Set the group, which nobody is in, back to the beginning of its topics."""
        async with self._member() as (consumer, partitions):
            await consumer.commit(dict.fromkeys(partitions, 0))

    async def has_read_all(self) -> bool:
        """Whether the group has committed everything that there is."""
        async with self._member() as (consumer, partitions):
            ends = await consumer.end_offsets(partitions)
            return all([(await consumer.committed(one) or 0) >= ends[one] for one in partitions])

    @contextlib.asynccontextmanager
    async def _member(self) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka_bootstrap,
            group_id=self.settings.group("notification"),
            enable_auto_commit=False,
        )
        partitions = [TopicPartition(self.settings.topic(t), n) for t in (RECORDED, JUDGED) for n in range(PARTITIONS)]
        await consumer.start()
        try:
            consumer.assign(partitions)
            yield consumer, partitions
        finally:
            await consumer.stop()

    async def states(self, channel: str = "email") -> dict[str, str]:
        rows = await self.notices()
        return {key: one["state"] for key, row in rows.items() for one in row["channels"] if one["kind"] == channel}

    async def start_process(self, failpoint: str = "") -> asyncio.subprocess.Process:
        """A worker of its own, which writes its log to a pipe."""
        told = {f"VRS_{name.upper()}": str(getattr(self.settings, name)) for name in PASSED_ON}
        gaps = ",".join(str(one) for one in self.settings.mail_retry_seconds)
        environment = {**os.environ, **told, "VRS_MAIL_RETRY_SECONDS": f"[{gaps}]", "VRS_FAILPOINTS": failpoint}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.notification", env=environment, stdout=asyncio.subprocess.PIPE
        )

    async def process(self, failpoint: str) -> int:
        """Run a worker until it ends, as by kill -9, at a named place; gives its exit code."""
        worker = await self.start_process(failpoint)
        try:
            async with asyncio.timeout(60):
                await worker.communicate()
        finally:
            if worker.returncode is None:
                worker.kill()
        assert worker.returncode is not None
        return worker.returncode

    @contextlib.asynccontextmanager
    async def workers(self, *skews: timedelta) -> AsyncIterator[None]:
        """Workers with clocks that are wrong by so much; all are gone afterwards."""
        stop = asyncio.Event()

        def clock_of(skew: timedelta) -> Any:
            async def clock() -> datetime:
                return await self.store.server_time() + skew

            return clock

        running = [asyncio.create_task(main(self.settings, stop, clock_of(skew))) for skew in skews]
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(60):
                await asyncio.gather(*running)


def changed(record: Record) -> tuple[Topic, Payload]:
    match record:
        case Cycle():
            return CYCLES, CycleChanged(record=record, changed_at=NOW)
        case Extension():
            return CYCLES, ExtensionGranted(record=record, changed_at=NOW)
        case Participant():
            return PARTICIPANTS, ParticipantChanged(record=record, changed_at=NOW)
        case FocalPoint():
            return PARTICIPANTS, FocalPointChanged(record=record, changed_at=NOW)
        case Agency():
            return PARTICIPANTS, AgencyChanged(record=record, changed_at=NOW)
