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
from runtime.mongo import Database
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings
from services.gateway.portal.accounts.store import MongoAccounts
from services.gateway.portal.application import build_portal
from services.gateway.portal.beside import Beside
from services.gateway.portal.pipeline import Lag
from services.gateway.portal.returns.drafts import MongoDrafts
from services.gateway.portal.settings import PortalSettings
from services.gateway.ports import Gateway


async def put_beside(interface: FastAPI, gateway: Gateway, database: Database) -> None:
    """Serve the portal on the interface's port. Raises NotNow."""
    accounts = MongoAccounts(database)
    await accounts.prepare()
    drafts = MongoDrafts(database)
    await drafts.prepare()
    portal = build_portal(PortalSettings(), gateway, accounts, KafkaPipeline(gateway.settings.impatient()), drafts)
    interface.add_middleware(Beside, portal=portal)


class KafkaPipeline:
    """Asks the broker when an operator looks; keeps no connection for the time between."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings

    async def lags(self) -> list[Lag]:
        """Per group and topic that it reads, over its partitions."""
        async with self._asking() as consumer:
            admin = AIOKafkaAdminClient(bootstrap_servers=self._settings.kafka_bootstrap)
            await admin.start()
            try:
                begins = self._settings.group("")
                groups = sorted(one for one, _ in await admin.list_consumer_groups() if one.startswith(begins))
                committed = {group: await admin.list_consumer_group_offsets(group) for group in groups}
            finally:
                await admin.close()
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
        async with self._asking() as consumer:
            consumer.assign(places)
            begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            for place in places:
                consumer.seek(place, max(begins[place], ends[place] - most))
            behind = {place for place in places if await consumer.position(place) < ends[place]}
            while behind:
                for records in (await consumer.getmany(*behind, timeout_ms=200)).values():
                    for record in records:
                        event = decode(record.value, record.headers, DEADLETTERS.payloads)
                        if isinstance(event, Event) and isinstance(event.data, DeadLettered):
                            letters.append(event.data)
                behind = {place for place in behind if await consumer.position(place) < ends[place]}
        return sorted(letters, key=lambda one: one.at, reverse=True)[:most]

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AIOKafkaConsumer]:
        """A consumer of no group, within the time that a person waits. Raises NotNow."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._settings.kafka_bootstrap, enable_auto_commit=False)
        try:
            async with asyncio.timeout(self._settings.effect_timeout_seconds):
                await consumer.start()
                yield consumer
        except (KafkaError, TimeoutError) as error:
            raise NotNow(f"kafka: {error!r}") from error
        finally:
            await consumer.stop()
