"""One worker: takes messages in, writes what they change, and tells that they are done once that stands."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

import structlog

from contracts.topics import JUDGED
from contracts.wire import Unreadable
from runtime.group import Batch, Offsets, Share
from runtime.logs import logger
from runtime.message import Message, Partition, at_work_on
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
AT_ONCE = 2  # parts of one write: MongoDB works on one while Kafka has the other
BREATH_SECONDS = 0.02  # how long folding keeps the event loop, which also writes and speaks to the group
SetAside = Callable[[Message, Invalid], Awaitable[None]]


@dataclass(slots=True)
class Waiting:
    """Messages that are taken in and not yet written: the last of each partition, and when they were published."""

    offsets: Offsets = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)

    def add(self, partition: Partition, offset: int, at: datetime | None) -> None:
        self.offsets[partition] = offset
        if at is not None:
            self.times.append(at)


class Worker:
    """The work of a group's member, with ``run`` beside it."""

    def __init__(
        self,
        settings: AggregationSettings,
        store: Store,
        publish: Publish,
        set_aside: SetAside,
        good: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """``set_aside`` writes a dead letter, and tries again itself; ``good`` is told of messages that need none."""
        self._settings, self._store, self._publish = settings, store, publish
        self._set_aside, self._good, self._now = set_aside, good, now
        self._share: Share | None = None
        self._fold = Fold()
        self._waiting = Waiting()
        self._figures = 0
        """Folded since the last write."""
        self._something, self._room, self._full = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._room.set()
        self._flushing = asyncio.Lock()

    async def begin(self, share: Share) -> None:
        """Forget what was known, and what of it is not written: it comes again. Load what the database holds."""
        self._share, self._fold, self._waiting = share, Fold(), Waiting()
        self._make_room()
        for partition in sorted(share.partitions):
            if not share.lost:
                await self._load(partition.number)
        self._gauges()

    async def take(self, share: Share, batch: Batch) -> None:
        """Fold messages. Raises NotNow or Halted when the process should end."""
        breath = time.perf_counter()
        for partition, messages in batch.items():
            for message in messages:
                if time.perf_counter() - breath > BREATH_SECONDS:
                    await asyncio.sleep(0)
                    breath = time.perf_counter()
                await self._room.wait()
                if share.lost:
                    return
                with at_work_on(message):
                    await self._one(partition, message)

    async def finish(self) -> None:
        await self.flush()

    async def _one(self, partition: Partition, message: Message) -> None:
        started = time.perf_counter()
        found = read(message.value, message.headers, message.partition, message.offset)
        at: datetime | None = None
        match found:
            case Unreadable():
                invalid = Invalid(found.reason, found.detail)
                await self._set_aside(message, invalid)
                what = "invalid"
            case Skipped():
                self._good()
                what = found.what
            case Folded():
                self._good()
                with structlog.contextvars.bound_contextvars(submission_id=found.submission_id):
                    what, at = self._fold_one(found), found.at
            case _:
                assert_never(found)
        self._waiting.add(partition, message.offset, at)
        self._something.set()
        counter("vrs_events_processed_total").labels("aggregation", JUDGED.name, what).inc()
        histogram("vrs_processing_seconds").labels("aggregation", JUDGED.name).observe(time.perf_counter() - started)

    async def run(self, stop: asyncio.Event) -> None:
        """Write what has changed, once an interval or as soon as no more may wait, until ``stop`` is set.

        Raises NotNow.
        """
        due = 0.0
        while not stop.is_set():
            await _first(stop, self._something)
            await _first(stop, self._full, seconds=due - time.monotonic())
            due = time.monotonic() + self._settings.aggregation_flush_seconds
            await self.flush()

    async def flush(self) -> None:
        """Write everything folded so far, then commit it. Raises NotNow after the retries of the settings."""
        async with self._flushing:
            share, changes, waiting = self._share, self._fold.take(), self._waiting
            self._waiting = Waiting()
            self._something.clear()
            self._make_room()
            if share is None or share.lost:
                return  # these messages are somebody else's now
            if changes:
                started = time.perf_counter()
                written = await retrying(self._settings, "aggregation.flush", lambda: self._write(changes))
                histogram("vrs_aggregate_flush_seconds").observe(time.perf_counter() - started)
                log.debug("written", series=len(changes), aggregates=written)
            for partition, offset in waiting.offsets.items():
                share.done(partition, offset)
            await share.commit()
            self._ages(waiting.times)
            self._gauges()

    def _make_room(self) -> None:
        self._figures = 0
        self._full.clear()
        self._room.set()

    async def _write(self, changes: list[Change]) -> int:
        """In parts, which do not meet: no two series touch the same aggregate. Raises NotNow once all have ended."""
        parts = [part for number in range(AT_ONCE) if (part := changes[number::AT_ONCE])]
        flushes = [flush(self._store, self._publish, part) for part in parts]
        ended = await asyncio.gather(*flushes, return_exceptions=True)
        for one in ended:
            if isinstance(one, BaseException):
                raise one
        return sum(one for one in ended if isinstance(one, int))

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
            self._full.set()
        return "withdrawn" if new.withdrawn else "folded"

    async def _load(self, partition: int) -> None:
        started = time.perf_counter()
        series = await retrying(self._settings, "aggregation.load", lambda: self._store.load(partition))
        self._fold.load(partition, series)
        seconds = round(time.perf_counter() - started, 3)
        log.info("loaded", partition=partition, series=len(series), seconds=seconds)

    def _ages(self, times: list[datetime]) -> None:
        now = self._now()
        ages = histogram("vrs_event_age_seconds").labels("aggregation", JUDGED.name)
        for at in times:
            ages.observe(max(0.0, (now - at).total_seconds()))

    def _gauges(self) -> None:
        gauge("vrs_aggregates_dirty").set(self._fold.changed)
        gauge("vrs_live_cells").set(self._fold.cells)


async def _first(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until one of the events is set, or the time is over."""
    waits = [asyncio.create_task(one.wait()) for one in events]
    try:
        await asyncio.wait(waits, timeout=None if seconds is None else max(0.0, seconds), return_when="FIRST_COMPLETED")
    finally:
        for wait in waits:
            wait.cancel()
