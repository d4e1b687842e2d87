"""Working message by message: read, do, commit; retry what fails; set aside what is invalid."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from contracts.events import DeadLettered
from contracts.identity import event_id
from contracts.topics import DEADLETTERS, IN_PREFIX
from contracts.wire import value_hash
from runtime.group import Batch, Member, Share
from runtime.logs import logger
from runtime.message import Message, Partition, at_work_on
from runtime.metrics import counter, histogram
from runtime.outcome import Done, Halted, Invalid, NotNow, Outcome
from runtime.publisher import Publisher
from runtime.retry import retrying
from runtime.settings import ServiceSettings
from runtime.unpacking import MAX_RECORDS, MAX_UNPACKED_BYTES, REASON, stands_in

log = logger(__name__)


Handler = Callable[[Message], Awaitable[Outcome]]


def foreign(topic: str) -> bool:
    """Whether others than our own services write the topic: nothing that stands there may stop us."""
    return topic.startswith(IN_PREFIX)


async def handled(message: Message, work: Awaitable[Outcome]) -> Outcome:
    """What the handler makes of it. What fails over another's message is set aside; over ours, it ends us."""
    try:
        return await work
    except (NotNow, Halted):
        raise
    except Exception as error:
        if not foreign(message.topic):
            raise
        # Where it failed, without the error's text: that may quote the message.
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("the handler failed", place=message.place, error=type(error).__name__, traceback=frames)
        return Invalid("handler_failed", type(error).__name__)


class SetAside:
    """Writes dead letters, and halts when too many messages of our own in a row are invalid."""

    def __init__(self, settings: ServiceSettings, service: str, publisher: Publisher) -> None:
        self._settings = settings
        self._service = service
        self._publisher = publisher
        self._in_a_row = 0

    def good(self) -> None:
        self._in_a_row = 0

    async def put(self, message: Message, invalid: Invalid) -> None:
        """Publish where the message stands and why; returns once that is durable. Raises Halted, NotNow.

        Tries again by itself, so that a message counts once, however often its letter has to be sent.
        """
        self._in_a_row += not foreign(message.topic)
        if not foreign(message.topic) and self._in_a_row > self._settings.halt_after_invalid:
            raise Halted(f"{self._in_a_row} messages in a row are invalid, the last: {invalid.reason}")
        place, now = message.place, datetime.now(UTC)
        letter = DeadLettered(
            service=self._service,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            reason=invalid.reason,
            detail=invalid.detail,
            hash=value_hash(message.value),
            at=now,
        )
        event = self._publisher.event(event_id(place, f"{self._service}.dead"), letter, None, now)
        await retrying(self._settings, "deadletter", lambda: self._publisher.publish(DEADLETTERS, place, event))
        counter("vrs_dead_letters_total").labels(self._service, message.topic, invalid.reason).inc()
        log.warning("set aside", place=place, reason=invalid.reason, detail=invalid.detail)


class Consumer:
    """Works message by message: each is done before the next of its partition; partitions are worked side by side."""

    def __init__(
        self,
        settings: ServiceSettings,
        service: str,
        group: str,
        topics: Sequence[str],
        handle: Handler,
        publisher: Publisher,
        *,
        patterns: Sequence[str] = (),
        before_batch: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """``topics``: names; ``patterns``: regular expressions; both without the broker's prefix."""
        self._settings, self._service, self._handle = settings, service, handle
        self._before_batch = before_batch
        self._publisher = publisher
        self._set_aside = SetAside(settings, service, publisher)
        self._member = Member(settings, service, group, topics, self, patterns=patterns)
        self._stop = asyncio.Event()

    async def joined(self) -> bool:
        """Whether the group has given this member its share and a broker answers."""
        return await self._member.joined() and await self._publisher.reachable()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until ``stop`` is set. Raises NotNow or Halted when the process should end and be restarted."""
        self._stop = stop
        await self._member.run(stop)

    async def begin(self, share: Share) -> None:
        """Nothing is kept from one message to the next."""

    async def finish(self) -> None:
        """Nothing waits."""

    async def take(self, share: Share, batch: Batch) -> None:
        if self._before_batch is not None:
            await retrying(self._settings, "reference", self._before_batch)
        async with asyncio.TaskGroup() as group:
            for partition, messages in batch.items():
                group.create_task(self._partition(share, partition, messages))
        await share.commit()

    async def _partition(self, share: Share, partition: Partition, messages: list[Message]) -> None:
        """Work off one partition's messages in order.

        Dead letters in a row go out together: what somebody pours out by the thousand costs others a few round trips,
        not thousands.
        """
        aside: list[tuple[Message, Invalid]] = []
        for message in messages:
            if share.lost or self._stop.is_set():
                return
            outcome = await self._one(message)
            if isinstance(outcome, Invalid):
                aside.append((message, outcome))
            else:
                await self._letters(aside)
                aside = []
                self._set_aside.good()
                share.done(partition, message.offset)
        await self._letters(aside)
        share.done(partition, messages[-1].offset)

    async def _letters(self, aside: list[tuple[Message, Invalid]]) -> None:
        """Write them all, also where one of them halts us: those before it are to be found."""
        ended = await asyncio.gather(*(self._letter(*one) for one in aside), return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error

    async def _letter(self, message: Message, invalid: Invalid) -> None:
        with at_work_on(message):
            await self._set_aside.put(message, invalid)

    async def _one(self, message: Message) -> Outcome:
        started = time.perf_counter()
        effect = f"{self._service}.{message.topic}"
        outcome: Outcome
        if stands_in(message.headers):
            most = f"{MAX_UNPACKED_BYTES} bytes or {MAX_RECORDS} messages"
            outcome = Invalid(
                REASON, f"a batch that ends here, of more than {most}, or with a message of no known form"
            )
        else:
            with at_work_on(message):
                outcome = await handled(message, retrying(self._settings, effect, lambda: self._handle(message)))
        name = outcome.what if isinstance(outcome, Done) else "invalid"
        counter("vrs_events_processed_total").labels(self._service, message.topic, name).inc()
        histogram("vrs_processing_seconds").labels(self._service, message.topic).observe(time.perf_counter() - started)
        return outcome
