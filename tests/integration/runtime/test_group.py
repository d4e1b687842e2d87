"""A member of a group on a real broker: whatever rebalances do, each message is handled and none is passed over."""

import asyncio

import pytest

from contracts.topics import SUBMISSIONS
from runtime.consumer import Consumer
from runtime.group import Batch, Member, Share
from runtime.message import Message
from runtime.outcome import Done, Outcome
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from tests.broker import make_topics
from tests.conftest import Backbone
from tests.integration.runtime.storm import Storm

ROUNDS = 8


@pytest.fixture
async def settings(backbone: Backbone, topic_prefix: str) -> ServiceSettings:
    settings = ServiceSettings(
        # The shortest that a broker takes: a third of it passes before the others hear of a rebalance.
        kafka_bootstrap=backbone.kafka_bootstrap,
        topic_prefix=topic_prefix,
        kafka_session_timeout_ms=6_000,
    )
    await make_topics(settings)
    return settings


class Gathering:
    """A worker that takes in what comes, and beside that writes it; only then is it handled, and committed."""

    def __init__(self, settings: ServiceSettings, storm: Storm) -> None:
        self._storm = storm
        self._share: Share | None = None
        self._waiting: Batch = {}
        self._member = Member(settings, "test", "test", [SUBMISSIONS.name], self)
        self.joined = self._member.joined

    async def run(self, stop: asyncio.Event) -> None:
        writing = asyncio.create_task(self._writing())
        try:
            await self._member.run(stop)
        finally:
            writing.cancel()

    async def begin(self, share: Share) -> None:
        self._share, self._waiting = share, {}
        await asyncio.sleep(0.1)

    async def take(self, share: Share, batch: Batch) -> None:
        for partition, messages in batch.items():
            await asyncio.sleep(0)
            if share.lost:
                return
            self._waiting.setdefault(partition, []).extend(messages)

    async def finish(self) -> None:
        """What waits is not written: whoever comes next has to read it again."""

    async def _writing(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            share, writing, self._waiting = self._share, self._waiting, {}
            await asyncio.sleep(0.1)
            if share is None or share.lost:
                continue
            for partition, messages in writing.items():
                for message in messages:
                    self._storm.handled(partition.number, message.offset)
                share.done(partition, messages[-1].offset)
            await share.commit()


@pytest.mark.slow
async def test_rebalances_pass_over_no_message_for_who_gathers_first(settings: ServiceSettings) -> None:
    def worker() -> Gathering:
        return Gathering(settings, storm)

    storm = Storm(settings, settings.group("test"), SUBMISSIONS, worker)
    await storm.blow(ROUNDS)


@pytest.mark.slow
async def test_rebalances_pass_over_no_message_for_who_works_message_by_message(settings: ServiceSettings) -> None:
    publisher = await Publisher(settings, "vrs/test").start()

    async def handle(message: Message) -> Outcome:
        await asyncio.sleep(0)
        storm.handled(message.partition, message.offset)
        return Done()

    def worker() -> Consumer:
        return Consumer(settings, "test", "test", [SUBMISSIONS.name], handle, publisher)

    storm = Storm(settings, settings.group("test"), SUBMISSIONS, worker)
    await storm.blow(ROUNDS)
    await publisher.stop()
