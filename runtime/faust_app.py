"""A Faust application set up so that it keeps the promise, and run inside our own event loop.

Faust is used as a consumer only: no tables, no `take()`, no web server, no producer of its own on the data path.
Seen with faust-streaming 0.15.3: an agent that raises, or is cancelled by a graceful stop, has the event it was working
on acknowledged and committed, and so has what is skipped in a rebalance. So offsets are committed here, after the
effect, and never by Faust (docs/decisions/0004-faust.md).
"""

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import faust
from aiokafka import TopicPartition
from faust.types import TP

from contracts.topics import PARTITIONS, Topic
from contracts.wire import MAX_EVENT_BYTES
from runtime.failpoints import passing
from runtime.lag import LagWatch
from runtime.logs import logger
from runtime.message import Message
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings

log = logger(__name__)

Partitions = Callable[[set[int]], Awaitable[None]]
Ack = Callable[[], Awaitable[object]]
STANDSTILL_SECONDS = 15.0  # three looks at the lag; a body that takes longer for one message has failed before
COMMIT_SECONDS = 0.25  # what a crash makes the next owner read again, at most


class FaustWorker:
    """One Faust worker that reads one topic as a member of a consumer group."""

    def __init__(self, settings: ServiceSettings, group: str, topic: Topic, state: Path) -> None:
        """``state``: a folder of this worker alone; Faust wants one even where it keeps nothing."""
        self._settings = settings
        self._topic = topic
        self._failure: BaseException | None = None
        self._ended = asyncio.Event()
        self._assigned = False
        self._partitions: set[TopicPartition] = set()
        self._lag = LagWatch(settings, group, group, lambda: self._partitions)
        self.app = faust.App(
            settings.group(group),
            broker=f"aiokafka://{settings.kafka_bootstrap}",
            datadir=str(state),
            store="memory://",
            web_enabled=False,
            autodiscover=False,
            key_serializer="raw",
            value_serializer="raw",
            topic_partitions=PARTITIONS,
            topic_disable_leader=True,
            broker_session_timeout=settings.kafka_session_timeout_ms / 1000,
            broker_heartbeat_interval=settings.kafka_session_timeout_ms / 3000,
            broker_max_poll_records=500,
            consumer_auto_offset_reset="earliest",
            consumer_max_fetch_size=MAX_EVENT_BYTES,
            stream_wait_empty=False,
            stream_buffer_maxsize=1024,
            stream_publish_on_commit=False,
            worker_redirect_stdouts=False,
        )
        # Faust's group protocol metadata names its web server, which we do not run.
        self._done: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}
        """The offset that must come next."""
        self._committed: dict[TopicPartition, int] = {}
        """By this worker, whoever has the partition now."""
        self._last_arrival = self._last_change = time.monotonic()
        self._epoch = 0
        """Grows with every rebalance: what was begun before it belongs to somebody else, and is read again."""
        self._on_assigned: list[Partitions] = []
        self._on_revoked: list[Partitions] = []
        self._on_stop: list[Callable[[], Awaitable[None]]] = []
        self.app.on_partitions_assigned.connect(self._partitions_assigned)
        self.app.on_partitions_revoked.connect(self._partitions_revoked)

    def each(self, body: Callable[[Message, Ack], Awaitable[None]]) -> None:
        """Run ``body`` for one message after the other. Whatever it raises ends the process.

        ``body`` awaits the ``ack`` it is given once the message's effect stands, at once or with a later message,
        in the order of the messages. A message without its ack is read again by whoever comes next.
        """
        channel = self.app.topic(
            self._settings.topic(self._topic),
            key_serializer="raw",
            value_serializer="raw",
            internal=True,
            partitions=PARTITIONS,
            # Offsets are ours to commit: Faust would also commit what it skips in a rebalance.
            acks=False,
        )

        async def guarded(stream: faust.Stream) -> None:
            try:
                async for event in stream.noack().events():
                    message = event.message
                    place = TopicPartition(message.topic, message.partition)
                    self._arrived(place, message.offset)
                    ack = functools.partial(self._done_with, place, message.offset, self._epoch)
                    await body(self._message(event), ack)
            except Exception as error:  # noqa: BLE001 - raised again by `run`, to end the process
                self.give_up(error)
                # The app is being stopped; an agent that returned would be started again.
                await asyncio.Event().wait()

        self.app.agent(channel, name=f"{self._topic.name}.agent", concurrency=1)(guarded)

    def _arrived(self, place: TopicPartition, offset: int) -> None:
        """Raises where Faust has left messages out: it drops what it fetched while a rebalance was under way."""
        self._last_arrival = time.monotonic()
        after = self._next.get(place, self._begin(place))
        if after is not None and offset > after:
            raise NotNow(f"{place.topic} {place.partition}: {after} to {offset - 1} were left out")
        self._next[place] = offset + 1

    def _begin(self, place: TopicPartition) -> int | None:
        """The first offset that may come of a partition: what is committed, else where the topic begins, if known."""
        committed = self.app.consumer._committed_offset.get(TP(place.topic, place.partition))  # noqa: SLF001
        known = [at for at in (committed, self._committed.get(place)) if at is not None]
        return max(known) if known else self._lag.begins.get(place)

    def _look_for_standstill(self) -> None:
        """End the run where messages wait and none arrives, as after Faust has dropped the last of a partition."""
        waiting = {tp for tp, behind in self._lag.behind.items() if behind and tp not in self._done}
        idle = time.monotonic() - max(self._last_arrival, self._last_change)
        if waiting and self._assigned and idle > STANDSTILL_SECONDS:
            self.give_up(NotNow(f"nothing arrives although {len(waiting)} partitions have messages"))

    async def _done_with(self, place: TopicPartition, offset: int, epoch: int) -> None:
        if epoch == self._epoch:
            self._done[place] = offset + 1

    async def _commit(self) -> None:
        """Commit what is done. Where it fails the partitions have a new owner, who does the same again."""
        done, self._done = self._done, {}
        places = {TP(tp.topic, tp.partition): at for tp, at in done.items()}
        if done and not await self.app.consumer._commit(places):  # noqa: SLF001 - Faust has no public way
            log.warning("partitions were taken over before the commit", count=len(done))
        else:
            self._committed.update(done)

    async def _committing(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            await passing("commit.before")
            await self._commit()
            await passing("commit.after")
            self._look_for_standstill()

    def on_assigned(self, call: Partitions) -> None:
        """Call with the partition numbers before any of their messages is worked on."""
        self._on_assigned.append(call)

    def on_revoked(self, call: Partitions) -> None:
        """Call with the partition numbers that go to another worker."""
        self._on_revoked.append(call)

    def on_stop(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call once when the worker is asked to stop, before the last commit: to finish what waits for its ack."""
        self._on_stop.append(call)

    def give_up(self, error: BaseException) -> None:
        """End the run with ``error``; what is not acknowledged will be done by whoever comes next."""
        self._failure = self._failure or error
        self._ended.set()

    async def joined(self) -> bool:
        """Whether the group has given this worker its share, and the worker still runs."""
        return self._assigned and not self._ended.is_set() and not self.app.should_stop

    def _message(self, event: faust.Event) -> Message:
        raw = event.message
        headers = list(raw.headers.items()) if isinstance(raw.headers, dict) else list(raw.headers or ())
        return Message(
            raw.topic.removeprefix(self._settings.topic_prefix), raw.partition, raw.offset, raw.key, raw.value, headers
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set. Raises what an agent raised."""
        self.app.finalize()
        async with self._running(), self._lag.running():
            endings = (stop.wait(), self._ended.wait(), self._stopped(), self._committing())
            waits = [asyncio.create_task(one) for one in endings]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            if not self.app.should_stop:
                if self._failure is None:
                    for call in self._on_stop:
                        await call()
                await self._commit()
        if self._failure is not None:
            raise self._failure
        if not stop.is_set():
            raise RuntimeError(f"Faust stopped by itself: {self.app.crash_reason!r}")

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        await self.app.start()
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.effect_timeout_seconds):
                    await self.app.stop()

    async def _stopped(self) -> None:
        await self.app.wait_until_stopped()

    async def _partitions_assigned(self, _app: faust.App, assigned: set[TopicPartition], **_: object) -> None:
        await self._tell(self._on_assigned, assigned)
        ours = self._settings.topic(self._topic)
        self._partitions = {TopicPartition(tp.topic, tp.partition) for tp in assigned if tp.topic == ours}
        self._last_change = time.monotonic()
        self._assigned = True

    async def _partitions_revoked(self, _app: faust.App, revoked: set[TopicPartition], **_: object) -> None:
        self._assigned = False
        await self._commit()
        self._epoch += 1
        self._next.clear()
        self._last_change = time.monotonic()
        await self._tell(self._on_revoked, revoked)

    async def _tell(self, calls: list[Partitions], partitions: set[TopicPartition]) -> None:
        numbers = {tp.partition for tp in partitions if tp.topic == self._settings.topic(self._topic)}
        log.info("partitions changed", count=len(numbers))
        try:
            for call in calls:
                await call(numbers)
        except Exception as error:  # noqa: BLE001 - likewise
            self.give_up(error)
