"""The loop of a service that consumes: read, do, commit; retry what fails; set aside what is invalid."""

import asyncio
import re
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from contracts.events import DeadLettered
from contracts.identity import event_id
from contracts.topics import DEADLETTERS, IN_PREFIX
from contracts.wire import MAX_EVENT_BYTES, Headers, value_hash
from runtime.closing import ended
from runtime.failpoints import passing
from runtime.lag import LagWatch
from runtime.logs import logger
from runtime.metrics import counter, histogram
from runtime.outcome import Done, Halted, Invalid, NotNow, Outcome
from runtime.publisher import Publisher
from runtime.retry import retrying
from runtime.settings import ServiceSettings

log = logger(__name__)


@dataclass(frozen=True)
class Message:
    """One record of a topic. ``topic`` is the name without the broker's prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


Handler = Callable[[Message], Awaitable[Outcome]]


def foreign(topic: str) -> bool:
    """Whether others than our own services write the topic: nothing that stands there may stop us."""
    return topic.startswith(IN_PREFIX)


async def handled(message: Message, work: Awaitable[Outcome]) -> Outcome:
    """What the handler makes of it. What fails over another's message is set aside; over ours, it ends us."""
    try:
        return await work
    except (NotNow, Halted):
        raise
    except Exception as error:
        if not foreign(message.topic):
            raise
        # Where it failed, without the error's text: that may quote the message.
        frames = "".join(traceback.format_tb(error.__traceback__))
        place = f"{message.topic}:{message.partition}:{message.offset}"
        log.error("the handler failed", place=place, error=type(error).__name__, traceback=frames)
        return Invalid("handler_failed", type(error).__name__)


class SetAside:
    """Writes dead letters, and halts when too many messages of our own in a row are invalid."""

    def __init__(self, settings: ServiceSettings, service: str, publisher: Publisher) -> None:
        self._settings = settings
        self._service = service
        self._publisher = publisher
        self._in_a_row = 0

    def good(self) -> None:
        self._in_a_row = 0

    async def put(self, message: Message, invalid: Invalid) -> None:
        """Publish where the message stands and why; returns once that is durable. Raises Halted, NotNow."""
        self._in_a_row += not foreign(message.topic)
        if not foreign(message.topic) and self._in_a_row > self._settings.halt_after_invalid:
            raise Halted(f"{self._in_a_row} messages in a row are invalid, the last: {invalid.reason}")
        place = f"{message.topic}:{message.partition}:{message.offset}"
        now = datetime.now(UTC)
        letter = DeadLettered(
            service=self._service,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            reason=invalid.reason,
            detail=invalid.detail,
            hash=value_hash(message.value),
            at=now,
        )
        event = self._publisher.event(event_id(place, f"{self._service}.dead"), letter, None, now)
        await self._publisher.publish(DEADLETTERS, place, event)
        counter("vrs_dead_letters_total").labels(self._service, message.topic, invalid.reason).inc()
        log.warning("set aside", place=place, reason=invalid.reason, detail=invalid.detail)


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped here
    """A member of a consumer group. Offsets are committed after the effect; partitions are worked side by side."""

    def __init__(
        self,
        settings: ServiceSettings,
        service: str,
        group: str,
        topics: Sequence[str],
        handle: Handler,
        publisher: Publisher,
        *,
        patterns: Sequence[str] = (),
        before_batch: Callable[[], Awaitable[None]] | None = None,
        max_records: int = 100,
    ) -> None:
        """``topics``: names; ``patterns``: regular expressions; both without the broker's prefix."""
        self._settings, self._service, self._handle = settings, service, handle
        self._before_batch, self._max_records = before_batch, max_records
        self._publisher = publisher
        self._set_aside = SetAside(settings, service, publisher)
        prefix = re.escape(settings.topic_prefix)
        self._pattern = "^" + prefix + "(?:" + "|".join([*map(re.escape, topics), *patterns]) + ")$"
        self._joined = False
        self._lag = LagWatch(settings, service, group, lambda: set(self._consumer.assignment()))
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap,
            group_id=settings.group(group),
            # aiokafka's defaults ("latest", auto-commit) lose messages.
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=settings.kafka_session_timeout_ms // 3,
            max_partition_fetch_bytes=MAX_EVENT_BYTES,
            # How soon a new agency's topic is found.
            metadata_max_age_ms=3_000,
        )

    async def on_partitions_revoked(self, _revoked: set[TopicPartition]) -> None:
        self._joined = False

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._joined = True
        log.info("partitions assigned", count=len(assigned))

    async def joined(self) -> bool:
        """Whether the group has given this member its share and a broker answers."""
        return self._joined and await self._publisher.reachable()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until ``stop`` is set. Raises NotNow or Halted when the process should end and be restarted."""
        await self._consumer.start()
        try:
            self._consumer.subscribe(pattern=self._pattern, listener=self)
            async with self._lag.running():
                while not stop.is_set():
                    batch = await self._consumer.getmany(timeout_ms=200, max_records=self._max_records)
                    if batch:
                        await self._work(batch, stop)
        finally:
            self._joined = False
            await ended(self._consumer)

    async def _work(self, batch: dict[TopicPartition, list[ConsumerRecord]], stop: asyncio.Event) -> None:
        if self._before_batch is not None:
            await retrying(self._settings, "reference", self._before_batch)
        async with asyncio.TaskGroup() as group:
            work = {tp: group.create_task(self._partition(records, stop)) for tp, records in batch.items()}
        await passing("commit.before")
        done = {tp: offset for tp, task in work.items() if (offset := task.result()) is not None}
        await self._commit(done)
        await passing("commit.after")

    async def _partition(self, records: list[ConsumerRecord], stop: asyncio.Event) -> int | None:
        """Work off one partition's records in order; gives the offset to commit."""
        done: int | None = None
        for record in records:
            if stop.is_set():
                break
            message = Message(
                self._bare(record.topic), record.partition, record.offset, record.key, record.value, record.headers
            )
            await self._one(message)
            done = record.offset + 1
        return done

    async def _one(self, message: Message) -> None:
        started = time.perf_counter()
        effect = f"{self._service}.{message.topic}"
        outcome = await handled(message, retrying(self._settings, effect, lambda: self._handle(message)))
        if isinstance(outcome, Invalid):
            invalid = outcome
            await retrying(self._settings, "deadletter", lambda: self._set_aside.put(message, invalid))
        else:
            self._set_aside.good()
        name = outcome.what if isinstance(outcome, Done) else "invalid"
        counter("vrs_events_processed_total").labels(self._service, message.topic, name).inc()
        histogram("vrs_processing_seconds").labels(self._service, message.topic).observe(time.perf_counter() - started)

    async def _commit(self, offsets: dict[TopicPartition, int]) -> None:
        if not offsets:
            return
        try:
            await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # The partitions have a new owner, who does the same again; every effect is idempotent.
            log.warning("partitions were taken over before the commit", error=repr(error))
        except KafkaError as error:
            log.warning("commit failed, the next one covers it", error=repr(error))

    def _bare(self, topic: str) -> str:
        return topic.removeprefix(self._settings.topic_prefix)
