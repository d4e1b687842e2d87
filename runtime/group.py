"""Being a member of a consumer group: one loop for whoever works message by message and whoever gathers first.

Kafka takes every partition back in a rebalance and gives them out anew. What a member has got from one rebalance to the
next is its ``Share``. Messages come to the work of a share until that is lost; what was not committed by then comes
again, to whoever has the partition next. So nothing is lost that a rebalance finds in the middle of its work.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from contracts.wire import MAX_EVENT_BYTES
from runtime.closing import ended
from runtime.failpoints import passing
from runtime.kafka import brokers
from runtime.lag import LagWatch
from runtime.logs import logger
from runtime.message import Message, Partition
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings
from runtime.unpacking import bound

log = logger(__name__)

LOOK_SECONDS = 1.0  # also how long the marker of a transaction seems to wait; a worker may have a thousand partitions
Offsets = dict[Partition, int]
Batch = dict[Partition, list[Message]]
Fetched = dict[TopicPartition, list[ConsumerRecord]]


class Share:
    """The partitions that a member has until the next rebalance, and how far each of them is done."""

    def __init__(self, partitions: Iterable[Partition], commit: Callable[[Offsets], Awaitable[bool]]) -> None:
        """``commit`` tells the group, and says whether the group has heard it."""
        self.partitions = frozenset(partitions)
        self.lost = False
        """True once the partitions are taken back: whoever has them next does what is not committed."""
        self._commit, self._committing = commit, asyncio.Lock()
        self._done: Offsets = {}
        """What the group has still to hear."""
        self._said: Offsets = {}
        """What it has heard, or is to hear."""
        self._brought: Offsets = {}
        self._upto: Offsets = {}
        """Past the last message that came, and past the last one that is done."""

    def done(self, partition: Partition, offset: int) -> None:
        """The effect of that message, and of all before it in its partition, stands."""
        self._upto[partition] = self._done[partition] = self._said[partition] = offset + 1

    def brought(self, partition: Partition, offset: int) -> None:
        """The message has come, and all that there are before it in its partition."""
        self._brought[partition] = offset + 1

    def reached(self, partition: Partition, position: int) -> None:
        """The client is there. Where all that came is done, what stands before it is no message.

        The markers that end an agency's transactions take offsets, and so does what it has taken back: they would seem
        to wait for good.
        """
        if self._upto.get(partition) == self._brought.get(partition) and position > self._said.get(partition, -1):
            self._done[partition] = self._said[partition] = position

    async def commit(self) -> None:
        """Tell the group what is done; what it did not hear waits for the next call."""
        async with self._committing:  # two at once could set the group back to the older one
            done, self._done = self._done, {}
            if done and not self.lost:
                await passing("commit.before")
                if not await self._commit(done):
                    self._done = {**done, **self._done}
                await passing("commit.after")


Turn = tuple[Share | None, Fetched]


class Work(Protocol):
    """What a service does with its messages. Whatever it raises ends the process, to be started again."""

    async def begin(self, share: Share) -> None:
        """Get ready for a new share, before the first message of it. Nothing of an earlier one is ours any more."""

    async def take(self, share: Share, batch: Batch) -> None:
        """Messages in the order of their partitions. To return early, for a share that is lost or a stop, is right."""

    async def finish(self) -> None:
        """Asked to stop, with the share still ours: bring to its end what waits."""


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped here
    """A member of a consumer group, with the work that it does."""

    def __init__(
        self,
        settings: ServiceSettings,
        service: str,
        group: str,
        topics: Sequence[str],
        work: Work,
        *,
        patterns: Sequence[str] = (),
        max_records: int = 100,
    ) -> None:
        """``topics``: names; ``patterns``: regular expressions; both without the broker's prefix."""
        self._settings, self._work, self._max_records = settings, work, max_records
        prefix = re.escape(settings.topic_prefix)
        self._pattern = "^" + prefix + "(?:" + "|".join([*map(re.escape, topics), *patterns]) + ")$"
        self._share: Share | None = None
        """None while a rebalance goes on."""
        self._begun: Share | None = None
        self._at_work = False
        self._looked = 0.0
        self._lag = LagWatch(
            settings,
            service,
            group,
            lambda: set(self._client.assignment()),
            lambda: self._at_work,
            lambda: self._share is not None,
        )
        bound()
        self._client = AIOKafkaConsumer(
            **brokers(settings),
            group_id=settings.group(group),
            # aiokafka's defaults ("latest", auto-commit) lose messages.
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=settings.kafka_session_timeout_ms // 3,
            max_partition_fetch_bytes=MAX_EVENT_BYTES,
            # How soon a new agency's topic is found.
            metadata_max_age_ms=3_000,
        )

    async def on_partitions_revoked(self, _revoked: set[TopicPartition]) -> None:
        if self._share is not None:
            self._share.lost = True
        self._share = None

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._share = Share((Partition(self._bare(tp.topic), tp.partition) for tp in assigned), self._commit)
        log.info("partitions assigned", count=len(assigned))

    async def joined(self) -> bool:
        """Whether the group has given this member its share, and the work is ready for it."""
        return self._share is not None and self._begun is self._share

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set. Raises what the work raises; its process should end then and be restarted."""
        await self._client.start()
        try:
            self._client.subscribe(pattern=self._pattern, listener=self)
            async with self._lag.running():
                await self._turns(stop)
            await self._work.finish()
        finally:
            self._begun = None
            await ended(self._client)

    async def _turns(self, stop: asyncio.Event) -> None:
        stands = asyncio.create_task(self._lag.stands())
        try:
            while (turn := await self._next(stop, stands)) is not None:
                self._at_work = True
                await self._turn(*turn)
                self._at_work = False
        finally:
            stands.cancel()

    async def _next(self, stop: asyncio.Event, stands: asyncio.Task[NotNow]) -> Turn | None:
        """The next messages, maybe none, with the share they are of; None once asked to stop. Raises what ``stands``
        gives, once we stand still."""
        # Apart from `stop`, because the client waits without a limit for a rebalance that goes on.
        fetching = asyncio.create_task(self._fetch())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((fetching, stopping, stands), return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                return None
            if stands.done():
                raise stands.result()
            return fetching.result()
        finally:
            fetching.cancel()
            stopping.cancel()

    async def _fetch(self) -> Turn:
        fetched = await self._client.getmany(timeout_ms=200, max_records=self._max_records)
        self._last_in_turn(fetched)
        # In the same step of the event loop: a rebalance between the two would give one share another's messages.
        share = self._share
        if share is not None:
            for tp, records in fetched.items():
                share.brought(Partition(self._bare(tp.topic), tp.partition), records[-1].offset)
            self._look_where_we_are(share)
        return share, fetched

    def _last_in_turn(self, fetched: Fetched) -> None:
        """Those that have more to give go behind all others.

        aiokafka goes through them in the order in which their messages came, and ends where it has enough: the first
        would be the only one until it is empty, and 700 kB may hold a million messages. To ask for the others alone
        (``getmany(*others)``) has aiokafka look through all partitions for each of them.
        """
        waiting = self._client._fetcher._records  # noqa: SLF001 - there is no other way to say whose turn it is
        for tp in fetched:
            if tp in waiting:
                waiting.move_to_end(tp)

    def _look_where_we_are(self, share: Share) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        # aiokafka's public way waits where a position is not known yet.
        assignment = self._client._subscription.subscription.assignment  # noqa: SLF001
        if assignment is None:
            return
        for partition in share.partitions:
            state = assignment.state_value(TopicPartition(self._settings.topic(partition.topic), partition.number))
            if state is not None and state.has_valid_position:
                share.reached(partition, state.position)

    async def _turn(self, share: Share | None, fetched: Fetched) -> None:
        if share is None:
            if fetched:
                # Its position is past them: to go on without them would lose them.
                raise RuntimeError("messages came without an assignment")
            return
        if self._begun is not share:
            await self._work.begin(share)
            self._begun = share
        if fetched and not share.lost:
            await self._work.take(share, dict(map(self._messages, fetched.values())))
        # What a broker that was away did not hear: else a partition that falls silent would seem to lag for good.
        await share.commit()

    def _messages(self, records: Iterable[ConsumerRecord]) -> tuple[Partition, list[Message]]:
        messages = [
            Message(self._bare(one.topic), one.partition, one.offset, one.key, one.value, one.headers)
            for one in records
        ]
        return Partition(messages[0].topic, messages[0].partition), messages

    async def _commit(self, offsets: Offsets) -> bool:
        named = {TopicPartition(self._settings.topic(place.topic), place.number): at for place, at in offsets.items()}
        try:
            # The client itself would try again for as long as the broker is away.
            async with asyncio.timeout(self._settings.effect_timeout_seconds):
                await self._client.commit(named)
            return True
        except (CommitFailedError, IllegalStateError) as error:
            # Whoever has them now does it again, and every effect is idempotent.
            log.warning("partitions were taken over before the commit", error=repr(error))
            return True
        except (KafkaError, TimeoutError) as error:
            log.warning("commit failed, it is tried again", error=repr(error))
            return False

    def _bare(self, topic: str) -> str:
        return topic.removeprefix(self._settings.topic_prefix)
