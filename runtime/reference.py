"""A service's view of the cycles and participants: the two compacted topics, read to their end on demand."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from contracts.directory import Directory
from contracts.events import (
    AgencyChanged,
    CycleChanged,
    ExtensionGranted,
    FocalPointChanged,
    ParticipantChanged,
    RecordChanged,
)
from contracts.topics import CYCLES, PARTICIPANTS, PARTITIONS
from contracts.wire import Unreadable, decode
from runtime.closing import ended
from runtime.kafka import brokers
from runtime.logs import logger
from runtime.metrics import counter
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings

log = logger(__name__)
READING = "reading cycles and participants"
ACCEPTS: tuple[type[RecordChanged], ...] = (
    CycleChanged,
    ExtensionGranted,
    ParticipantChanged,
    FocalPointChanged,
    AgencyChanged,
)
AT_ONCE = 500
"""Records that are taken in before others get their turn."""


class ReferenceView:
    """``directory`` as of the last ``refresh``.

    Refresh before a decision that depends on it: whoever wrote a cycle before sending a report then finds that
    cycle known, however the topics' readers are timed.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self.directory = Directory()
        """The same object for good."""
        self._lock = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None
        """The reading that has not begun yet."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._partitions = [
            TopicPartition(settings.topic(topic), number)
            for topic in (CYCLES, PARTICIPANTS)
            for number in range(PARTITIONS)
        ]
        self._filling = self.directory
        """What the reader's records go to: another one until it has read everything for the first time."""
        self._steps = 0
        """Grows whenever the broker has answered with something: clients that it answers are kept."""
        self._consumer: AIOKafkaConsumer | None = None
        self._asking: AIOKafkaConsumer | None = None
        """Asks where the topics end. It reads nothing, so no fetch that waits for news stands before its question:
        on the reader's own connection every refresh took up to half a second."""

    async def start(self) -> None:
        """Connect and read everything once. Raises NotNow."""
        await self.refresh()

    async def stop(self) -> None:
        """Let go of the broker; who waits for a refresh gets NotNow."""
        self._leave_clients()
        tasks = list(self._tasks)
        for task in tasks:
            if task.get_name() == READING:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def refresh(self) -> None:
        """Read on to where the topics end now. Raises NotNow when Kafka does not answer in time.

        All who ask while one reads share the next reading: it begins after they asked, which is what they need.
        """
        if self._next is None:
            self._next = self._begun(self._reading(), READING)
        reading = self._next
        await asyncio.wait({reading})  # who gives up waiting leaves it to the others
        if reading.cancelled():
            raise NotNow("cycles and participants: stopped")
        reading.result()

    async def ready(self) -> bool:
        await self.refresh()
        return True

    def _begun(self, what: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(what, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has it; maybe nobody did any more

    async def _reading(self) -> None:
        async with self._lock:
            self._next, steps = None, self._steps
            try:
                async with asyncio.timeout(self._settings.effect_timeout_seconds):
                    await self._read_to_end()
            except Exception as error:
                # Whatever a client came to: who kept it would never hear of a change again. Who is merely slow goes on
                # where it is: from the beginning it might never come to the end.
                if self._steps == steps or not isinstance(error, TimeoutError):
                    self._leave_clients()
                if isinstance(error, KafkaError | TimeoutError):
                    raise NotNow(f"cycles and participants: {error!r}") from error
                raise

    def _leave_clients(self) -> None:
        for client in filter(None, (self._consumer, self._asking)):
            self._begun(ended(client), "leaving")
        self._consumer = self._asking = None

    async def _read_to_end(self) -> None:
        if self._consumer is None or self._asking is None:
            self._consumer, self._asking = await self._connect()
            self._steps += 1
        ends = await self._asking.end_offsets(self._partitions)
        behind = {tp for tp in self._partitions if await self._consumer.position(tp) < ends[tp]}
        unreadable = Counter[tuple[str, str]]()
        try:
            while behind:
                found = await self._consumer.getmany(*behind, timeout_ms=100, max_records=AT_ONCE)
                for record in chain.from_iterable(found.values()):
                    self._steps += 1
                    if reason := self._apply(record):
                        unreadable[record.topic, reason] += 1
                await asyncio.sleep(0)  # what is there already is given without waiting
                behind = {tp for tp in behind if await self._consumer.position(tp) < ends[tp]}
        finally:
            for (topic, reason), count in unreadable.items():
                log.error("unreadable reference records", topic=topic, reason=reason, count=count)
        if self._filling is not self.directory:
            self.directory.become(self._filling)
            self._filling = self.directory

    async def _connect(self) -> tuple[AIOKafkaConsumer, AIOKafkaConsumer]:
        """A reader at the beginning of the topics, and who asks where they end. What it reads replaces what is known:
        of a record that was taken out meanwhile, the topics may say nothing any more."""
        started = time.perf_counter()
        self._filling = Directory()
        consumer = AIOKafkaConsumer(
            **brokers(self._settings),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        asking = AIOKafkaConsumer(**brokers(self._settings), enable_auto_commit=False)
        try:
            await consumer.start()
            consumer.assign(self._partitions)
            await consumer.seek_to_beginning(*self._partitions)
            await asking.start()
        except BaseException:
            for client in (consumer, asking):
                self._begun(ended(client), "leaving")
            raise
        log.info(READING, seconds=round(time.perf_counter() - started, 3))
        return consumer, asking

    def _apply(self, record: ConsumerRecord) -> str | None:
        """Gives why the record cannot be read, if it cannot."""
        if record.value is None:
            self._filling.remove((record.key or b"").decode(errors="replace"))
            return None
        event = decode(record.value, record.headers, ACCEPTS)
        if isinstance(event, Unreadable):
            # Only the gateway writes here: a service older than it. All would stand still if this ended them.
            counter("vrs_records_unreadable_total").labels(record.topic.removeprefix(self._settings.topic_prefix)).inc()
            return event.reason
        self._filling.put(event.data.record)
        return None
