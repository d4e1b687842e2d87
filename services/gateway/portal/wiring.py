"""The portal's wiring, and the only file of it that sees Kafka."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from fastapi import FastAPI

from contracts.events import DeadLettered
from contracts.topics import DEADLETTERS, PARTITIONS
from contracts.wire import Event, decode
from runtime.closing import ended
from runtime.kafka import brokers
from runtime.mongo import Database
from runtime.outcome import NotNow
from runtime.retry import retrying
from runtime.settings import ServiceSettings
from services.gateway.portal.accounts.store import MongoAccounts
from services.gateway.portal.application import build_portal
from services.gateway.portal.beside import Beside
from services.gateway.portal.pipeline import Lag
from services.gateway.portal.returns.drafts import MongoDrafts
from services.gateway.portal.settings import PortalSettings
from services.gateway.ports import Gateway


@asynccontextmanager
async def put_beside(interface: FastAPI, gateway: Gateway, database: Database) -> AsyncIterator[None]:
    """Serve the portal on the interface's port while inside. Raises NotNow where the database stays away."""
    accounts, drafts = MongoAccounts(database), MongoDrafts(database)
    await retrying(gateway.settings, "accounts", accounts.prepare)
    await retrying(gateway.settings, "drafts", drafts.prepare)
    pipeline = KafkaPipeline(gateway.settings.impatient())
    portal = build_portal(PortalSettings(), gateway, accounts, pipeline, drafts)
    interface.add_middleware(Beside, portal=portal)
    try:
        yield
    finally:
        await pipeline.close()


class KafkaPipeline:
    """Asks the broker when an operator looks. Connects on first use; a failed question is asked anew next time."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._consumer: AIOKafkaConsumer | None = None
        self._admin: AIOKafkaAdminClient | None = None
        self._turn = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()

    async def lags(self) -> list[Lag]:
        """Per group and topic that it reads, over its partitions."""
        async with self._asking() as (consumer, admin):
            begins = self._settings.group("")
            groups = sorted(one for one, *_ in await admin.list_consumer_groups() if one.startswith(begins))
            committed = {group: await admin.list_consumer_group_offsets(group) for group in groups}
            places = sorted({place for offsets in committed.values() for place in offsets})
            ends = await consumer.end_offsets(places) if places else {}
        found: dict[tuple[str, str], int] = {}
        for group, offsets in committed.items():
            for place, read in offsets.items():
                key = (group.removeprefix(begins), place.topic.removeprefix(self._settings.topic_prefix))
                found[key] = found.get(key, 0) + max(0, ends[place] - read.offset)
        return [Lag(service, topic, records) for (service, topic), records in sorted(found.items())]

    async def dead_letters(self, most: int) -> list[DeadLettered]:
        """The newest ones, from the end of each partition."""
        places = [TopicPartition(self._settings.topic(DEADLETTERS), number) for number in range(PARTITIONS)]
        letters: list[DeadLettered] = []
        async with self._asking() as (consumer, _):
            begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            held = [place for place in places if begins[place] < ends[place]]
            if not held:
                return []
            # Only where there is something: a fetch of an empty partition waits for news.
            consumer.assign(held)
            for place in held:
                consumer.seek(place, max(begins[place], ends[place] - most))
            while behind := [place for place in held if await consumer.position(place) < ends[place]]:
                for records in (await consumer.getmany(*behind, timeout_ms=200)).values():
                    for record in records:
                        event = decode(record.value, record.headers, DEADLETTERS.payloads)
                        if isinstance(event, Event) and isinstance(event.data, DeadLettered):
                            letters.append(event.data)
            consumer.unsubscribe()
        return sorted(letters, key=lambda one: one.at, reverse=True)[:most]

    async def close(self) -> None:
        """Let go of the broker."""
        self._leave()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    def _leave(self) -> None:
        """In the background: whoever has asked waits for an answer, not for clients that do not give one."""
        for client in filter(None, (self._consumer, self._admin)):
            task = asyncio.create_task(ended(client))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        self._consumer = self._admin = None

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[tuple[AIOKafkaConsumer, AIOKafkaAdminClient]]:
        """The two clients, one question after the other, within the time that a person waits. Raises NotNow."""
        try:
            async with asyncio.timeout(self._settings.effect_timeout_seconds), self._turn:
                try:
                    yield await self._connected()
                except BaseException:
                    self._leave()
                    raise
        except (KafkaError, TimeoutError) as error:
            raise NotNow(f"kafka: {error!r}") from error

    async def _connected(self) -> tuple[AIOKafkaConsumer, AIOKafkaAdminClient]:
        if self._consumer is None or self._admin is None:
            where = brokers(self._settings)
            # Kept before they start: a start that is cut short is closed too.
            self._consumer = AIOKafkaConsumer(**where, enable_auto_commit=False)
            self._admin = AIOKafkaAdminClient(**where)
            await self._consumer.start()
            await self._admin.start()
        return self._consumer, self._admin
