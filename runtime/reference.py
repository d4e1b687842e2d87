"""A service's view of the cycles and participants: the two compacted topics, read to their end on demand."""

import asyncio
import time

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
from runtime.logs import logger
from runtime.metrics import counter
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings

log = logger(__name__)
ACCEPTS: tuple[type[RecordChanged], ...] = (
    CycleChanged,
    ExtensionGranted,
    ParticipantChanged,
    FocalPointChanged,
    AgencyChanged,
)


class ReferenceView:
    """``directory`` as of the last ``refresh``.

    Refresh before a decision that depends on it: whoever wrote a cycle before sending a report then finds that
    cycle known, however the topics' readers are timed.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self.directory = Directory()
        self._lock = asyncio.Lock()
        self._partitions = [
            TopicPartition(settings.topic(topic), number)
            for topic in (CYCLES, PARTICIPANTS)
            for number in range(PARTITIONS)
        ]
        self._consumer: AIOKafkaConsumer | None = None
        self._asking: AIOKafkaConsumer | None = None
        """Asks where the topics end. It reads nothing, so no fetch that waits for news stands before its question:
        on the reader's own connection every refresh took up to half a second."""

    async def start(self) -> None:
        """Connect and read everything once. Raises NotNow."""
        await self.refresh()

    async def stop(self) -> None:
        for consumer in filter(None, (self._consumer, self._asking)):
            await ended(consumer)
        self._consumer = self._asking = None

    async def refresh(self) -> None:
        """Read on to where the topics end now. Raises NotNow when Kafka does not answer in time."""
        async with self._lock:
            try:
                async with asyncio.timeout(self._settings.effect_timeout_seconds):
                    await self._read_to_end()
            except (KafkaError, TimeoutError) as error:
                raise NotNow(f"cycles and participants: {error!r}") from error

    async def ready(self) -> bool:
        await self.refresh()
        return True

    async def _read_to_end(self) -> None:
        consumer = self._consumer or await self._connect()
        ends = await (self._asking or consumer).end_offsets(self._partitions)
        behind = {tp for tp in self._partitions if await consumer.position(tp) < ends[tp]}
        while behind:
            for records in (await consumer.getmany(*behind, timeout_ms=100)).values():
                for record in records:
                    self._apply(record)
            behind = {tp for tp in behind if await consumer.position(tp) < ends[tp]}

    async def _connect(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        started = time.perf_counter()
        await consumer.start()
        consumer.assign(self._partitions)
        await consumer.seek_to_beginning(*self._partitions)
        asking = AIOKafkaConsumer(bootstrap_servers=self._settings.kafka_bootstrap, enable_auto_commit=False)
        await asking.start()
        self._consumer, self._asking = consumer, asking
        log.info("reading cycles and participants", seconds=round(time.perf_counter() - started, 3))
        return consumer

    def _apply(self, record: ConsumerRecord) -> None:
        if record.value is None:
            self.directory.remove((record.key or b"").decode(errors="replace"))
            return
        event = decode(record.value, record.headers, ACCEPTS)
        if isinstance(event, Unreadable):
            # Only the gateway writes here: a service older than it. All would stand still if this ended them.
            counter("vrs_records_unreadable_total").labels(record.topic.removeprefix(self._settings.topic_prefix)).inc()
            log.error("unreadable reference record", topic=record.topic, offset=record.offset, reason=event.reason)
            return
        self.directory.put(event.data.record)
