"""Publishing to Kafka so that "published" means: every in-sync replica has it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from contracts.events import Payload
from contracts.topics import Topic
from contracts.wire import MAX_EVENT_BYTES, Event, encode
from runtime.closing import Client, ended
from runtime.failpoints import passing
from runtime.kafka import brokers
from runtime.logs import logger
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings

log = logger(__name__)
BATCH_BYTES = 256 * 1024
"""How much goes to a partition in one round trip; only one is under way for each. aiokafka's 16 kB made a write
of the aggregates seven of them. Of our smallest events (250 bytes) a batch holds a thousand: a reader takes 5,000."""

Message = tuple[str, bytes | None, list[tuple[str, bytes]]]
"""Key, value and headers."""


class TooLargeError(ValueError):
    """The event is larger than the topic takes; sending it again would not help."""


class Publisher:
    """An idempotent producer with acks=all. ``publish`` returns once the broker has the event, or raises NotNow."""

    def __init__(self, settings: ServiceSettings, source: str) -> None:
        """``source``: the CloudEvent source of what is published, as ``vrs/gateway``."""
        self._settings = settings
        self._source = source
        self._producer: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()

    async def start(self) -> Self:
        """Connect. Raises NotNow where no broker answers; starting again is safe."""
        self._producer = await self._connect()
        return self

    async def stop(self) -> None:
        if self._producer is not None:
            await ended(self._producer)
            self._producer = None

    async def publish(self, topic: Topic | str, key: str, event: Event[Payload]) -> tuple[int, int]:
        """Send one event and wait for the acknowledgement of all in-sync replicas.

        Gives (partition, offset). Raises NotNow when Kafka did not answer in time, in which case the event may
        or may not be there: the same event may be sent again. Raises TooLargeError for what no topic takes.
        """
        value, headers = encode(event)
        [sent] = await self._send(topic, [(key, value, headers)])
        return sent

    async def publish_all(
        self, topic: Topic | str, events: Iterable[tuple[str, Event[Payload]]]
    ) -> list[tuple[int, int]]:
        """The same for many events with their keys, which then travel together."""
        return await self._send(topic, ((key, *encode(event)) for key, event in events))

    async def remove(self, topic: Topic, key: str) -> tuple[int, int]:
        """Take what stands under a key of a compacted topic out of it: a null value. Otherwise as ``publish``."""
        [sent] = await self._send(topic, [(key, None, [])])
        return sent

    async def _send(self, topic: Topic | str, messages: Iterable[Message]) -> list[tuple[int, int]]:
        producer = self._producer
        if producer is None:
            raise NotNow("the publisher is not started")
        name = self._settings.topic(topic)
        await passing("publish.before")
        try:
            async with asyncio.timeout(self._settings.effect_timeout_seconds):
                sending = []
                for key, value, headers in messages:
                    sending.append(await producer.send(name, value=value, key=key.encode(), headers=headers))
                sent = await asyncio.gather(*sending)
        except MessageSizeTooLargeError as error:
            raise TooLargeError("an event is larger than a topic takes") from error
        except (KafkaError, TimeoutError) as error:
            await self._renew(producer)
            raise NotNow(f"{name}: {error!r}") from error
        await passing("publish.after")
        return [(one.partition, one.offset) for one in sent]

    async def reachable(self) -> bool:
        """Whether a broker answers."""
        if self._producer is None:
            return False
        await self._producer.client.fetch_all_metadata()
        return True

    def event(self, event_id: str, data: Payload, subject: str | None, at: datetime) -> Event[Payload]:
        """An event from this source."""
        return Event(event_id, self._source, at, data, subject)

    async def _connect(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **brokers(self._settings),
            acks="all",
            enable_idempotence=True,
            # aiokafka checks this before it compresses.
            max_request_size=MAX_EVENT_BYTES,
            request_timeout_ms=int(self._settings.effect_timeout_seconds * 1000),
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            metadata_max_age_ms=30_000,
        )
        try:
            await producer.start()
        except BaseException as error:
            await ended(producer)
            if isinstance(error, KafkaError):
                raise NotNow(f"no Kafka at {self._settings.kafka_bootstrap}: {error!r}") from error
            raise
        return producer

    async def _renew(self, failed: Client) -> None:
        """Replace a producer whose send failed: an expired batch leaves a gap in its sequence numbers for good."""
        async with self._renewing:
            if self._producer is not failed:
                return
            try:
                self._producer = await self._connect()
            except NotNow as error:
                log.warning("kafka is away", error=str(error))
                return
        # Others may still wait for their sends on the old one; it ends when they have their answers.
        ending = asyncio.create_task(ended(failed))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
