"""Wiring: Kafka, MongoDB, the worker between them, and the port of health and metrics."""

import asyncio
import functools
from datetime import UTC, datetime

from contracts.topics import JUDGED
from runtime.consumer import SetAside
from runtime.group import Member
from runtime.health import serving
from runtime.mongo import connect, reachable
from runtime.publisher import Publisher
from runtime.retry import retrying
from services.aggregation import api
from services.aggregation.settings import AggregationSettings
from services.aggregation.store import MongoStore
from services.aggregation.updates import Updates
from services.aggregation.worker import Worker

GROUP = "aggregation"


async def main(settings: AggregationSettings, stop: asyncio.Event) -> None:
    """Run one worker until ``stop`` is set. Raises what ends the process, to be started again."""
    database = connect(settings)
    store = MongoStore(database, settings.aggregation_operations_per_call)
    publisher = Publisher(settings, "vrs/aggregation")
    aside = SetAside(settings, "aggregation", publisher)
    worker = Worker(settings, store, Updates(publisher, _now), aside.put, aside.good, _now)
    member = Member(settings, "aggregation", GROUP, [JUDGED.name], worker)
    health = api.build(member.joined, functools.partial(reachable, database))
    try:
        # Who watches sees a worker also while it waits for MongoDB or Kafka.
        async with serving(health, settings.bind, settings.aggregation_port):
            await retrying(settings, "aggregation.prepare", store.prepare)
            await retrying(settings, "publisher", publisher.start)
            await work(member, worker, stop)
    finally:
        await publisher.stop()
        database.client.close()


async def work(member: Member, worker: Worker, stop: asyncio.Event) -> None:
    """Both until ``stop``; the failure of either ends both. Raises it.

    The worker writes until the member has ended: a batch that is under way may wait for it to make room.
    """
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run(over))
        await member.run(stop)
        over.set()


def _now() -> datetime:
    return datetime.now(UTC)
