"""How far a consumer is behind, measured beside it, so that a consumer that is stuck shows a growing lag."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from runtime.closing import ended
from runtime.logs import logger
from runtime.metrics import gauge
from runtime.settings import ServiceSettings

log = logger(__name__)
EVERY_SECONDS = 5.0  # three calls to the broker; scrapes come every 10 s

SHOWN = ("vrs_consumer_lag_records", "vrs_consumer_position")


class LagWatch:
    """Sets ``vrs_consumer_lag_records`` and ``vrs_consumer_position`` for the partitions this worker has."""

    def __init__(
        self, settings: ServiceSettings, service: str, group: str, assigned: Callable[[], set[TopicPartition]]
    ) -> None:
        self._settings, self._service, self._group, self._assigned = settings, service, group, assigned
        self._shown: set[TopicPartition] = set()
        self.behind: dict[TopicPartition, int] = {}
        """As last measured; empty where it could not be."""
        self.begins: dict[TopicPartition, int] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Measure in the background while inside."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        """For as long as the worker lives, also where the broker is away when this begins: who is stuck has to show."""
        while True:
            client = AIOKafkaConsumer(
                bootstrap_servers=self._settings.kafka_bootstrap,
                group_id=self._settings.group(self._group),
                enable_auto_commit=False,
            )
            try:
                await client.start()
                await self._watch(client)
            except KafkaError as error:
                log.warning("lag is not measured", error=repr(error))
            finally:
                await ended(client)
            await asyncio.sleep(EVERY_SECONDS)

    async def _watch(self, client: AIOKafkaConsumer) -> None:
        while True:
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._measure(client)
            except (KafkaError, TimeoutError) as error:
                self.behind = {}
                log.warning("lag not measured", error=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def _measure(self, client: AIOKafkaConsumer) -> None:
        now = self._assigned()
        for lost in self._shown - now:
            for name in SHOWN:
                with suppress(KeyError):
                    gauge(name).remove(*self._labels(lost))
        self._shown = now
        measured: dict[TopicPartition, int] = {}
        if not now:
            self.behind = measured
            return
        # A member of no subscription: it asks, and never joins the group.
        client.assign(now)
        self.begins, ends = await client.beginning_offsets(now), await client.end_offsets(now)
        for tp in now:
            position = max(await client.committed(tp) or 0, self.begins[tp])
            measured[tp] = max(0, ends[tp] - position)
            for name, value in zip(SHOWN, (measured[tp], position), strict=True):
                gauge(name).labels(*self._labels(tp)).set(value)
        self.behind = measured

    def _labels(self, tp: TopicPartition) -> tuple[str, str, str]:
        return self._service, tp.topic.removeprefix(self._settings.topic_prefix), str(tp.partition)
