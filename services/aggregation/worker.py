"""One worker: takes messages in, writes what they change, and acknowledges them once that stands. Knows no Kafka."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import structlog

from contracts.topics import JUDGED
from contracts.wire import Unreadable
from runtime.consumer import Message
from runtime.logs import logger
from runtime.metrics import counter, gauge, histogram
from runtime.outcome import Invalid
from runtime.retry import retrying
from services.aggregation.decoding import Folded, Skipped, read
from services.aggregation.flush import Publish, flush
from services.aggregation.fold import Fold
from services.aggregation.rules import Change
from services.aggregation.settings import AggregationSettings
from services.aggregation.store import Store

log = logger(__name__)
Ack = Callable[[], Awaitable[object]]
SetAside = Callable[[Message, Invalid], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is taken in and not yet acknowledged."""

    partition: int
    ack: Ack
    at: datetime | None


class Worker:
    """``take`` for each message in order, ``run`` beside it; ``assigned`` and ``revoked`` as partitions come and go."""

    def __init__(
        self,
        settings: AggregationSettings,
        store: Store,
        publish: Publish,
        set_aside: SetAside,
        good: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """``set_aside`` writes a dead letter; ``good`` is told of every message that needs none."""
        self._settings, self._store, self._publish = settings, store, publish
        self._set_aside, self._good, self._now = set_aside, good, now
        self._fold = Fold()
        self._waiting: list[Waiting] = []
        self._figures = 0
        """Folded since the last write."""
        self._epoch = 0
        """Grows when partitions go away. A message from before is not folded: its next owner gets it again."""
        self._something, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._flushing, self._loading = asyncio.Lock(), asyncio.Lock()

    async def assigned(self, partitions: set[int]) -> None:
        """Load what the database holds of partitions, before their first message comes."""
        for partition in sorted(partitions):
            await self._load(partition)

    async def revoked(self, partitions: set[int]) -> None:
        """Forget partitions. What is folded of them and not yet written is not acknowledged either: it comes again."""
        self._epoch += 1
        self._fold.drop(partitions)
        self._waiting = [one for one in self._waiting if one.partition not in partitions]
        self._gauges()

    async def take(self, message: Message, ack: Ack) -> None:
        """Fold one message. ``ack`` is awaited later, in the order of the messages, once its effect stands.

        Raises NotNow or Halted when the process should end.
        """
        started, epoch = time.perf_counter(), self._epoch
        found = read(message.value, message.headers, message.partition, message.offset)
        at: datetime | None = None
        match found:
            case Unreadable():
                invalid = Invalid(found.reason, found.detail)
                await retrying(self._settings, "deadletter", lambda: self._set_aside(message, invalid))
                what = "invalid"
            case Skipped():
                self._good()
                what = found.what
            case Folded():
                self._good()
                with structlog.contextvars.bound_contextvars(submission_id=found.submission_id):
                    await self._ready_for(message.partition)
                    if epoch != self._epoch:
                        return
                    what, at = self._fold_one(found), found.at
            case _:
                assert_never(found)
        if epoch != self._epoch:
            return
        self._waiting.append(Waiting(message.partition, ack, at))
        self._something.set()
        counter("vrs_events_processed_total").labels("aggregation", JUDGED.name, what).inc()
        histogram("vrs_processing_seconds").labels("aggregation", JUDGED.name).observe(time.perf_counter() - started)

    async def run(self, stop: asyncio.Event) -> None:
        """Write what has changed, at most once an interval, until ``stop`` is set. Raises NotNow."""
        due = 0.0
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                something = asyncio.create_task(self._something.wait())
                await asyncio.wait((something, stopped), return_when=asyncio.FIRST_COMPLETED)
                something.cancel()
                await asyncio.wait((stopped,), timeout=max(0.0, due - time.monotonic()))
                due = time.monotonic() + self._settings.aggregation_flush_seconds
                await self.flush()
            await self.flush()
        finally:
            stopped.cancel()

    async def flush(self) -> None:
        """Write everything folded so far, then acknowledge it. Raises NotNow after the retries of the settings."""
        async with self._flushing:
            changes, waiting = self._fold.take(), self._waiting
            self._waiting, self._figures = [], 0
            self._something.clear()
            self._room.set()
            if changes:
                started = time.perf_counter()
                written = await retrying(self._settings, "aggregation.flush", lambda: self._write(changes))
                histogram("vrs_aggregate_flush_seconds").observe(time.perf_counter() - started)
                log.debug("written", series=len(changes), aggregates=written)
            for one in waiting:
                await one.ack()
            self._ages(waiting)
            self._gauges()

    def _write(self, changes: list[Change]) -> Awaitable[int]:
        return flush(self._store, self._publish, changes)

    def _fold_one(self, found: Folded) -> str:
        new = found.contribution
        figures = self._fold.add(new)
        if figures is None:
            return "not_newer"
        log.info("folded", series=new.series, revision=new.revision, figures=figures)
        self._figures += figures
        counter("vrs_figures_folded_total").inc(figures)
        if self._figures >= self._settings.aggregation_figures_per_flush:
            self._room.clear()
        return "withdrawn" if new.withdrawn else "folded"

    async def _ready_for(self, partition: int) -> None:
        if not self._fold.loaded(partition):
            await self._load(partition)
        await self._room.wait()

    async def _load(self, partition: int) -> None:
        async with self._loading:
            if self._fold.loaded(partition):
                return
            epoch, started = self._epoch, time.perf_counter()
            series = await retrying(self._settings, "aggregation.load", lambda: self._store.load(partition))
            if epoch == self._epoch:
                self._fold.load(partition, series)
                seconds = round(time.perf_counter() - started, 3)
                log.info("loaded", partition=partition, series=len(series), seconds=seconds)
                self._gauges()

    def _ages(self, waiting: list[Waiting]) -> None:
        now = self._now()
        ages = histogram("vrs_event_age_seconds").labels("aggregation", JUDGED.name)
        for one in waiting:
            if one.at is not None:
                ages.observe(max(0.0, (now - one.at).total_seconds()))

    def _gauges(self) -> None:
        gauge("vrs_aggregates_dirty").set(self._fold.changed)
        gauge("vrs_live_cells").set(self._fold.cells)
