"""A Faust application set up so that it keeps the promise, and run inside our own event loop.

Faust brings messages to one agent, and no more: no tables, no `take()`, no web server, no producer of its own on the
data path. Seen with faust-streaming 0.15.3: an agent that raises, or is cancelled by a graceful stop, has the event it
was working on acknowledged and committed, and what was fetched while a rebalance was under way is dropped, with the
position behind it. So the order of a partition's messages, going back for what is missing, and the commits are all
decided here (docs/decisions/0004-faust.md).
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import faust
from aiokafka.errors import KafkaError
from faust.auth import SASLCredentials, SSLCredentials
from faust.types import TP

from contracts.topics import PARTITIONS, Topic
from contracts.wire import MAX_EVENT_BYTES
from runtime.closing import ended
from runtime.failpoints import passing
from runtime.kafka import tls
from runtime.lag import LagWatch
from runtime.logs import logger
from runtime.message import Message, at_work_on
from runtime.outcome import NotNow
from runtime.positions import first_due, is_cut, tell_cut
from runtime.settings import ServiceSettings

log = logger(__name__)

Ack = Callable[[], Awaitable[object]]
COMMIT_SECONDS = 0.25  # what a crash makes the next owner read again, at most
LOOK_SECONDS = 1.0  # also how long a fetch of Faust's may still be under way when a rebalance is over
GIVE_UP_SECONDS = 4.0


class Forgetful(dict[TP, int | None]):
    """Takes the place of Faust's record of what it has read, by which it would drop what we go back for."""

    def __getitem__(self, _: TP) -> int | None:
        return None


class FaustWorker:
    """One Faust worker that reads one topic as a member of a consumer group."""

    def __init__(self, settings: ServiceSettings, group: str, topic: Topic, state: Path) -> None:
        """``state``: a folder of this worker alone; Faust wants one even where it keeps nothing."""
        self._settings = settings
        self._group = group
        self._topic = topic
        self._failure: BaseException | None = None
        self._ended = asyncio.Event()
        self._assigned = False
        self._next: dict[TP, int] = {}
        """By partition of ours, the offset that must come next. Whatever else comes is not worked on."""
        self._done: dict[TP, int] = {}
        self._epoch = self._settled = 0
        """The first grows with every rebalance: what was begun before it belongs to somebody else, and is read again.
        The second follows once we have gone back for what Faust may have dropped in it."""
        self._left_out: set[TP] = set()
        """Partitions of which a later message came than the next."""
        self._came = self._given_at = time.monotonic()
        """When the last message came that was next, and when the last rebalance was over."""
        self._busy = False
        self._lag = LagWatch(settings, group, group, self._places, lambda: self._busy, lambda: self._assigned)
        self.app = faust.App(
            settings.group(group),
            broker=f"aiokafka://{settings.kafka_bootstrap}",
            broker_credentials=_credentials(settings),
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
        self.app.on_partitions_revoked.connect(self._revoked)
        self.app.on_rebalance_complete.connect(self._given)

    def each(self, body: Callable[[Message, Ack], Awaitable[None]]) -> None:
        """Run ``body`` for one message after the other. Whatever it raises ends the process.

        ``body`` awaits the ``ack`` it is given once the message's effect stands. A message without its ack is read
        again by whoever comes next.
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
                    if not self._is_due(event.message):
                        continue
                    self._busy, epoch = True, self._epoch
                    message = self._message(event)
                    try:
                        with at_work_on(message):
                            await body(message, self._ack(event.message))
                    except asyncio.CancelledError:
                        # Faust begins this agent anew: what was half done comes first.
                        if epoch == self._epoch:
                            self._next[event.message.tp] = event.message.offset
                        raise
                    finally:
                        self._busy = False
            except Exception as error:  # noqa: BLE001 - raised again by `run`, to end the process
                self.give_up(error)
                # The app is being stopped; an agent that returned would be started again.
                await asyncio.Event().wait()

        self.app.agent(channel, name=f"{self._topic.name}.agent", concurrency=1)(guarded)

    def _is_due(self, raw: faust.types.Message) -> bool:
        """Whether a message is the next of its partition. A later one comes again, after we have gone back."""
        due = self._next.get(raw.tp)
        if due is None or raw.offset < due:
            return False
        if raw.offset > due:
            self._left_out.add(raw.tp)
            return False
        self._next[raw.tp] = due + 1
        self._came = time.monotonic()
        return True

    def _ack(self, raw: faust.types.Message) -> Ack:
        place, offset, epoch = raw.tp, raw.offset, self._epoch

        async def ack() -> None:
            if epoch == self._epoch:
                self._done[place] = offset + 1

        return ack

    async def _committing(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            await passing("commit.before")
            await self._commit()
            await passing("commit.after")

    async def _commit(self) -> None:
        """Commit what is done. Where it fails the partitions have a new owner, who does the same again."""
        done, self._done = self._done, {}
        if done and not await self.app.consumer._commit(done):  # noqa: SLF001 - Faust has no public way
            log.warning("partitions were taken over before the commit", count=len(done))

    async def _commit_at_last(self) -> None:
        """The client would try for as long as the coordinator is away; what it does not hear is done again."""
        try:
            async with asyncio.timeout(self._settings.effect_timeout_seconds):
                await self._commit()
        except TimeoutError:
            log.warning("commit failed at the end: what was done last is done again")

    def _places(self) -> set[TP]:
        """Our partitions, by our own book and by Faust's: where the two part, one of them has missed a rebalance."""
        topic = self._settings.topic(self._topic)
        return {*self._next, *(place for place in self.app.consumer.assignment() if place.topic == topic)}

    async def _standing(self) -> None:
        """Faust, and its own thread with the client, may come to a stand that no look from in here can see."""
        self.give_up(await self._lag.stands())

    async def _looking(self) -> None:
        """Go back for what Faust has dropped; give up where messages wait and none comes even so."""
        waiting_since: float | None = None
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
            missing, self._left_out = self._left_out, set()
            if self._settled != self._epoch and self._assigned and self._given_at <= began:
                self._settled = self._epoch
                missing |= self._next.keys()
            quiet = self._assigned and not self._busy and max(self._came, self._given_at) <= began
            due = dict(self._next)
            ends = await self._ends() if quiet else {}
            if cut := [place for place, end in ends.items() if due.get(place, 0) > end]:
                self.give_up(NotNow(f"{len(cut)} partitions end before what was read of them"))
            waiting = {place for place, next_one in self._next.items() if ends.get(place, 0) > next_one}
            if not waiting:
                waiting_since = None
            elif waiting_since is None:
                waiting_since = began
            else:
                missing |= waiting
                if time.monotonic() - waiting_since > GIVE_UP_SECONDS:
                    self.give_up(NotNow(f"nothing comes although {len(waiting)} partitions have messages"))
            await self._go_back(missing)

    async def _ends(self) -> Mapping[TP, int]:
        """Where our partitions end; nothing where the broker does not say."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                ends: Mapping[TP, int] = await self.app.consumer.highwaters(*self._next)
        except (KafkaError, TimeoutError):
            return {}
        return ends

    async def _go_back(self, places: set[TP]) -> None:
        """Have partitions read again from the message that must come next; what comes twice is not due."""
        due = {place: self._next[place] for place in places & self._next.keys()}
        if not due:
            return
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self.app.consumer.seek_wait(due)
        except (KafkaError, TimeoutError) as error:
            log.info("a rebalance has begun, or kafka is away", error=repr(error))

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
        """Work until ``stop`` is set. Raises what an agent raised, or whatever else ended the worker."""
        self.app.finalize()
        self.app.consumer._read_offset = Forgetful()  # noqa: SLF001
        async with self._running(), self._lag.running():
            endings = (
                stop.wait(), self._ended.wait(), self._stopped(), self._committing(), self._looking(), self._standing()
            )  # fmt: skip
            waits = [asyncio.create_task(one) for one in endings]
            over, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in over:
                if not wait.cancelled() and (error := wait.exception()) is not None:
                    self.give_up(error)
            for wait in waits:
                wait.cancel()
            if not self.app.should_stop:
                await self._commit_at_last()
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
            await ended(self.app)

    async def _stopped(self) -> None:
        await self.app.wait_until_stopped()

    async def _revoked(self, _app: faust.App, _revoked: set[TP], **_: object) -> None:
        self._assigned = False
        await self._commit()
        self._epoch += 1
        self._next, self._done = {}, {}

    async def _given(self, _app: faust.App, **_: object) -> None:
        """Know where each partition begins, before Faust brings the first message of it."""
        epoch, topic = self._epoch, self._settings.topic(self._topic)
        places = {place for place in self.app.consumer.assignment() if place.topic == topic}
        begins: dict[TP, int] = {}
        try:
            if places:
                begins = dict(await self.app.consumer.earliest_offsets(*places))
                committed = await self.app.consumer.seek_to_committed()
                ends = await self.app.consumer.highwaters(*places)
                for place in places:
                    at = committed.get(place)
                    if at is not None and is_cut(at, ends[place]):
                        tell_cut(self._settings, self._group, place, at, ends[place])
                    begins[place] = first_due(at, begins[place], ends[place])
                # Where nothing is committed yet, nothing was sought by that.
                await self.app.consumer.seek_wait(begins)
        except KafkaError:
            if epoch == self._epoch:
                raise
        if epoch == self._epoch:
            self._next, self._assigned, self._given_at = begins, True, time.monotonic()
            log.info("partitions given", count=len(begins))


def _credentials(settings: ServiceSettings) -> SSLCredentials | SASLCredentials | None:
    """What ``runtime.kafka.brokers`` gives to the other clients, in Faust's own terms."""
    if settings.kafka_security == "none":
        return None
    if settings.kafka_user is None or settings.kafka_password is None:
        return SSLCredentials(tls(settings))
    return SASLCredentials(
        username=settings.kafka_user,
        password=settings.kafka_password.get_secret_value(),
        ssl_context=tls(settings),
        mechanism=settings.kafka_mechanism,
    )
