"""Workers join and leave a group again and again while messages flow: what was missed, what was committed unread.

Two workers stay throughout, so that their partitions are taken and given back in every rebalance.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts.topics import PARTITIONS, Topic
from runtime.settings import ServiceSettings
from tests.broker import until

TOGETHER = 50  # messages of one partition, so that there always are fetched ones that nobody has taken yet
BETWEEN_SECONDS = 0.05


class Worker(Protocol):
    async def run(self, stop: asyncio.Event) -> None: ...
    async def joined(self) -> bool: ...


class Storm:
    """``make`` gives a new worker of one group that tells ``handled`` of every message, once its effect stands."""

    def __init__(self, settings: ServiceSettings, group: str, topic: Topic, make: Callable[[], Worker]) -> None:
        self._settings, self._group, self._make = settings, group, make
        self._places = [TopicPartition(settings.topic(topic), number) for number in range(PARTITIONS)]
        self._seen: defaultdict[int, set[int]] = defaultdict(set)
        self._guests = 0
        self.handlings = 0

    def handled(self, partition: int, offset: int) -> None:
        self.handlings += 1
        self._seen[partition].add(offset)

    async def blow(self, rounds: int) -> None:
        """Let guests come and go, ``rounds`` times, while everybody works.

        AssertionError where a message was missed or committed unread. Raises what a worker raises.
        """
        async with self._staying(2):
            publishing = asyncio.create_task(self._publishing(TOGETHER))
            for _ in range(rounds):
                await self._visit()
                await self._committed_is_handled()
            publishing.cancel()

    async def blow_over_the_first_messages(self) -> None:
        """The same where a guest leaves idle partitions behind, and the first messages of all come at that moment."""
        async with self._staying(1):
            guest, leaves = self._make(), asyncio.Event()
            visiting = asyncio.create_task(guest.run(leaves))
            await until("the guest to join", guest.joined)
            leaves.set()
            publishing = asyncio.create_task(self._publishing(1))
            await visiting
            await until("the others to get the partitions", self._moved)
            publishing.cancel()

    @asynccontextmanager
    async def _staying(self, workers: int) -> AsyncIterator[None]:
        """So many workers that are there before anything happens and until every message is done."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            stay = [self._make() for _ in range(workers)]
            for one in stay:
                group.create_task(one.run(over))
            for one in stay:
                await until("the first workers to join", one.joined)
            yield
            await until("every message to be handled", self._everything)
            await until("every message to be committed", self._caught_up)
            over.set()

    async def _visit(self) -> None:
        """A guest comes, works, and leaves, also in the middle of a rebalance of its own making."""
        self._guests += 1
        guest, leaves = self._make(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(guest.run(leaves))
            if self._guests % 3:
                await until("the guest to join", guest.joined)
                before = self.handlings
                await until("work to go on", lambda: self.handlings > before + 10 * TOGETHER)
            leaves.set()

    async def _publishing(self, together: int) -> None:
        """So many to each partition, again and again."""
        async with AIOKafkaProducer(bootstrap_servers=self._settings.kafka_bootstrap, linger_ms=5) as producer:
            while True:
                for place in self._places:
                    for _ in range(together):
                        await producer.send(place.topic, b"{}", b"TH", partition=place.partition)
                await producer.flush()
                await asyncio.sleep(BETWEEN_SECONDS)

    def _moved(self) -> bool:
        """Whether messages of every partition are handled, which takes whoever has it now."""
        return all(self._seen[place.partition] for place in self._places)

    async def _offsets(self) -> tuple[dict[int, int], dict[int, int]]:
        """Where the group stands and where the topic ends, by partition."""
        client = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap, group_id=self._group, enable_auto_commit=False
        )
        await client.start()
        try:
            client.assign(self._places)
            committed = {place.partition: await client.committed(place) or 0 for place in self._places}
            ends = await client.end_offsets(self._places)
            return committed, {place.partition: end for place, end in ends.items()}
        finally:
            await client.stop()

    async def _committed_is_handled(self) -> None:
        committed, _ = await self._offsets()
        for number, offset in committed.items():
            missed = set(range(offset)) - self._seen[number]
            assert not missed, f"partition {number}: {offset} is committed, {sorted(missed)[:9]} were never handled"

    async def _everything(self) -> bool:
        _, ends = await self._offsets()
        return all(self._seen[number] >= set(range(end)) for number, end in ends.items())

    async def _caught_up(self) -> bool:
        committed, ends = await self._offsets()
        return committed == ends
