"""How far a consumer is behind, measured beside it, so that one that is stuck shows a growing lag, and begins anew."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, TopicPartition

from runtime.closing import ended
from runtime.kafka import brokers
from runtime.logs import logger
from runtime.metrics import gauge
from runtime.outcome import NotNow
from runtime.positions import first_due, is_cut, tell_cut
from runtime.retry import effects_under_way
from runtime.settings import ServiceSettings
from runtime.standstill import Place, Standstill

log = logger(__name__)
EVERY_SECONDS = 5.0  # three requests to the broker, however many partitions; scrapes come every 10 s

SHOWN = ("vrs_consumer_lag_records", "vrs_consumer_position")


class LagWatch:
    """Sets ``vrs_consumer_lag_records`` and ``vrs_consumer_position`` for the partitions this worker has."""

    def __init__(
        self,
        settings: ServiceSettings,
        service: str,
        group: str,
        assigned: Callable[[], set[TopicPartition]],
        at_work: Callable[[], bool],
        joined: Callable[[], bool],
    ) -> None:
        """``assigned``: the worker's partitions; ``at_work``: whether it works on a message just now; ``joined``:
        whether it believes to be a member of the group."""
        self._settings, self._service, self._group, self._assigned = settings, service, group, assigned
        self._at_work, self._joined = at_work, joined
        self._shown: set[TopicPartition] = set()
        self._cut: dict[TopicPartition, int] = {}
        """What was found committed past the end, and told."""
        self._standstill = Standstill()
        self._stands: asyncio.Future[NotNow] = asyncio.get_running_loop().create_future()

    async def stands(self) -> NotNow:
        """Waits until the worker stands still without knowing it, while ``running``; gives what to end it with."""
        return await asyncio.shield(self._stands)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Measure in the background while inside."""
        self._measured()  # from now on: one that never comes to it has to show
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
                **brokers(self._settings),
                group_id=self._settings.group(self._group),
                enable_auto_commit=False,
                # Whose transaction is still open has sent nothing yet: the end is then before it.
                isolation_level="read_committed",
            )
            try:
                try:
                    await client.start()
                    await self._watch(client)
                finally:
                    await ended(client)
            # Whatever its client came to, the next one begins anew: who is not watched could stand for ever.
            except Exception as error:  # noqa: BLE001
                log.warning("lag is not measured", error=repr(error))
                # Figures of before would look like a partition that stands still, or like all being well.
                self._show(set())
            await asyncio.sleep(EVERY_SECONDS)

    async def _watch(self, client: AIOKafkaConsumer) -> None:
        while True:
            async with asyncio.timeout(EVERY_SECONDS):
                await self._measure(client)
            await asyncio.sleep(EVERY_SECONDS)

    async def _measure(self, client: AIOKafkaConsumer) -> None:
        now = self._assigned()
        self._show(now)
        places = await self._places(client, now)
        for tp, place in places.items():
            for name, value in zip(SHOWN, (place.behind, place.position), strict=True):
                gauge(name).labels(*self._labels(tp)).set(value)
        self._measured()
        # Where its partitions have changed meanwhile, what was measured is no longer about this worker.
        at_work = self._at_work() or effects_under_way() or self._assigned() != now
        why = self._standstill.look(time.monotonic(), places, at_work=at_work, joined=self._joined())
        if why is not None and not self._stands.done():
            log.error("stands still", why=why)
            self._stands.set_result(NotNow(why))

    async def _places(self, client: AIOKafkaConsumer, now: set[TopicPartition]) -> dict[TopicPartition, Place]:
        if not now:
            await client.topics()  # whether a broker answers at all
            return {}
        # A member of no subscription: it asks, and never joins the group; and it reads nothing of what it asks about.
        if client.assignment() != now:
            client.assign(now)
            client.pause(*now)
        # The ends last: what is done meanwhile must not look as if it stood past them.
        committed = await self._committed(client, now)
        begins, ends = await client.beginning_offsets(now), await client.end_offsets(now)
        cut = {tp: at for tp, at in committed.items() if at is not None and is_cut(at, ends[tp])}
        for tp, at in cut.items():
            if self._cut.get(tp) != at:
                tell_cut(self._settings, self._group, tp, at, ends[tp])
        self._cut = cut
        positions = {tp: first_due(committed[tp], begins[tp], ends[tp]) for tp in now}
        return {tp: Place(position, max(0, ends[tp] - position)) for tp, position in positions.items()}

    @staticmethod
    async def _committed(client: AIOKafkaConsumer, places: set[TopicPartition]) -> dict[TopicPartition, int | None]:
        # In one request: aiokafka's public way asks for one partition at a time, and a worker may have a thousand.
        found = await client._coordinator.fetch_committed_offsets(list(places))  # noqa: SLF001
        return {tp: found[tp].offset if tp in found else None for tp in places}

    def _show(self, places: set[TopicPartition]) -> None:
        """Take back what is shown of all other partitions."""
        for lost in self._shown - places:
            for name in SHOWN:
                with suppress(KeyError):
                    gauge(name).remove(*self._labels(lost))
        self._shown = places

    def _measured(self) -> None:
        gauge("vrs_lag_measured_seconds").labels(self._group).set(time.time())

    def _labels(self, tp: TopicPartition) -> tuple[str, str, str]:
        return self._service, tp.topic.removeprefix(self._settings.topic_prefix), str(tp.partition)
