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
EVERY_SECONDS = 5.0  # three calls to the broker; scrapes come every 15 s


class LagWatch:
    """Sets ``vrs_consumer_lag_records`` for the partitions this worker has, and takes back those it lost."""

    def __init__(
        self, settings: ServiceSettings, service: str, group: str, assigned: Callable[[], set[TopicPartition]]
    ) -> None:
        self._settings, self._service, self._group, self._assigned = settings, service, group, assigned
        self._shown: set[TopicPartition] = set()

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
        client = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap,
            group_id=self._settings.group(self._group),
            enable_auto_commit=False,
        )
        try:
            await client.start()
            while True:
                try:
                    async with asyncio.timeout(EVERY_SECONDS):
                        await self._measure(client)
                except (KafkaError, TimeoutError) as error:
                    log.warning("lag not measured", error=repr(error))
                await asyncio.sleep(EVERY_SECONDS)
        except KafkaError as error:
            log.warning("lag is not measured", error=repr(error))
        finally:
            await ended(client)

    async def _measure(self, client: AIOKafkaConsumer) -> None:
        now = self._assigned()
        for lost in self._shown - now:
            with suppress(KeyError):
                gauge("vrs_consumer_lag_records").remove(*self._labels(lost))
        self._shown = now
        if not now:
            return
        # A member of no subscription: it asks, and never joins the group.
        client.assign(now)
        begins, ends = await client.beginning_offsets(now), await client.end_offsets(now)
        for tp in now:
            done = await client.committed(tp)
            behind = max(0, ends[tp] - max(done or 0, begins[tp]))
            gauge("vrs_consumer_lag_records").labels(*self._labels(tp)).set(behind)

    def _labels(self, tp: TopicPartition) -> tuple[str, str, str]:
        return self._service, tp.topic.removeprefix(self._settings.topic_prefix), str(tp.partition)
