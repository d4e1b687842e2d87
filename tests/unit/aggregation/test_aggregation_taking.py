"""The worker between messages and store: what is committed, when, and what is not."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from contracts.wire import encode
from runtime.group import Member, Offsets, Share
from runtime.message import Message, Partition
from runtime.outcome import Invalid, NotNow
from services.aggregation.app import work
from services.aggregation.rules import Change, Contribution
from services.aggregation.settings import AggregationSettings
from services.aggregation.store import MemoryStore
from services.aggregation.worker import Worker
from tests.broker import until
from tests.unit.aggregation.returns import Return, by_citizenship, event_of, expected, found

TOPIC = "vrs.reports.judged"
NOW = datetime(2013, 7, 1, tzinfo=UTC)
THAI = [by_citizenship("TH", "2013-H1", revision, KH=revision) for revision in (1, 2, 3)]


class Away(MemoryStore):
    """A database that does not write contributions as long as ``away``; ``slow`` holds that back when cleared.

    Those of a participant in ``refused`` fail at once, and only the first time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.refused: set[str] = set()
        self.settling = 0
        self.slow = asyncio.Event()
        self.slow.set()

    async def settle(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        if self.refused & {one.now.participant for one in changes}:
            self.refused.clear()
            raise NotNow("refused once")
        self.settling += 1
        await self.slow.wait()
        self.settling -= 1
        if self.away:
            raise NotNow("away")
        return await super().settle(changes)


class Desk:
    """A worker with a store in memory, and what it committed and set aside."""

    def __init__(self, **settings: float) -> None:
        self.store = Away()
        self.committed: dict[int, int] = {}
        self.aside: list[tuple[int, str]] = []
        self.letters_away = False
        self.good = 0
        told = AggregationSettings(**{"retry_seconds": 0.1, **settings})  # type: ignore[arg-type]
        self.worker = Worker(told, self.store, self._publish, self._set_aside, self._count, lambda: NOW)
        self.share = Share((), self._commit)

    async def begin(self) -> None:
        """The group takes everything back and gives it again."""
        self.share.lost = True
        self.share = Share((Partition(TOPIC, number) for number in (0, 3)), self._commit)
        await self.worker.begin(self.share)

    async def take(self, *messages: Return | bytes, begin: int = 0, partition: int = 0) -> None:
        """``begin``: the offset of the first of them."""
        batch = []
        for offset, one in enumerate(messages, begin):
            value, headers = (one, []) if isinstance(one, bytes) else encode(event_of(one))
            batch.append(Message(TOPIC, partition, offset, b"TH", value, headers))
        await self.worker.take(self.share, {Partition(TOPIC, partition): batch})

    async def _publish(self, _: object) -> None:
        pass

    async def _set_aside(self, message: Message, invalid: Invalid) -> None:
        self.aside.append((message.offset, invalid.reason))
        if self.letters_away:
            raise NotNow("the topic of dead letters is away")

    async def _commit(self, offsets: Offsets) -> bool:
        self.committed |= {partition.number: offset for partition, offset in offsets.items()}
        return True

    def _count(self) -> None:
        self.good += 1


@pytest.fixture
async def desk() -> Desk:
    return await a_desk()


def retries() -> float:
    return REGISTRY.get_sample_value("vrs_retries_total", {"effect": "aggregation.flush"}) or 0


async def a_desk(**settings: float) -> Desk:
    desk = Desk(**settings)
    await desk.begin()
    return desk


async def test_nothing_is_committed_before_it_is_written(desk: Desk) -> None:
    await desk.take(THAI[0])
    assert desk.committed == {}
    await desk.worker.flush()
    assert desk.committed == {0: 1}
    assert found(desk.store.aggregates.items()) == expected(THAI[:1])


async def test_what_brings_no_figures_is_committed_with_the_rest(desk: Desk) -> None:
    await desk.take(THAI[0], b"garbage", THAI[2], THAI[1])
    await desk.worker.flush()
    assert desk.committed == {0: 4}
    assert found(desk.store.aggregates.items()) == expected(THAI)


async def test_a_letter_that_could_not_be_written_is_not_counted_a_second_time(desk: Desk) -> None:
    await desk.begin()
    desk.letters_away = True
    with pytest.raises(NotNow):
        await desk.take(b"garbage")
    assert len(desk.aside) == 1


async def test_what_cannot_be_read_is_set_aside_and_the_count_of_good_ones_goes_on(desk: Desk) -> None:
    await desk.take(b"garbage", THAI[0])
    assert desk.aside == [(0, "not_a_cloudevent")]
    assert desk.good == 1


async def test_a_write_that_fails_commits_nothing_and_ends_the_worker(desk: Desk) -> None:
    desk.store.away = True
    await desk.take(THAI[0])
    with pytest.raises(NotNow):
        await desk.worker.run(asyncio.Event())
    assert desk.committed == {}


async def test_a_write_whose_one_part_fails_is_tried_again_once_its_other_part_has_ended() -> None:
    desk = await a_desk(retry_seconds=60)
    khmer = by_citizenship("KH", "2013-H1", 1, TH=7)
    desk.store.refused = {"TH"}
    desk.store.slow.clear()
    before = retries()
    await desk.take(THAI[0], khmer)
    writing = asyncio.create_task(desk.worker.flush())
    await until("one part has failed, the other waits", lambda: desk.store.settling == 1 and not desk.store.refused)
    for _ in range(100):  # turns of the loop: who takes the failure for the end of the write counts a retry in them
        await asyncio.sleep(0)
    assert (retries(), desk.store.settling) == (before, 1)
    desk.store.slow.set()
    await writing
    assert desk.committed == {0: 2}
    assert found(desk.store.aggregates.items()) == expected([THAI[0], khmer])


async def test_a_share_that_is_lost_takes_its_unwritten_messages_along(desk: Desk) -> None:
    await desk.take(THAI[0])
    await desk.begin()
    malaysia = by_citizenship("MY", "2013-H1", 1, KH=5)
    await desk.take(malaysia, begin=7, partition=3)
    await desk.worker.flush()
    assert desk.committed == {3: 8}
    assert found(desk.store.aggregates.items()) == expected([malaysia])


async def test_between_two_shares_nothing_is_written(desk: Desk) -> None:
    await desk.take(THAI[0])
    desk.share.lost = True
    await desk.worker.flush()
    assert desk.committed == {}
    assert desk.store.aggregates == {}


async def test_what_is_written_when_its_share_is_lost_is_not_committed(desk: Desk) -> None:
    desk.store.slow.clear()
    await desk.take(THAI[0])
    flushing = asyncio.create_task(desk.worker.flush())
    await asyncio.sleep(0)
    desk.share.lost = True
    desk.store.slow.set()
    await flushing
    assert desk.committed == {}
    assert found(desk.store.aggregates.items()) == expected(THAI[:1])


async def test_messages_of_a_share_that_is_lost_while_they_wait_are_not_folded() -> None:
    desk = await a_desk(aggregation_figures_per_flush=1)
    taking = asyncio.create_task(desk.take(THAI[0], THAI[1]))
    await asyncio.sleep(0)
    assert not taking.done()
    await desk.begin()
    await taking
    await desk.worker.flush()
    assert desk.committed == {}
    assert desk.store.aggregates == {}


async def test_a_new_owner_builds_on_what_the_database_holds(desk: Desk) -> None:
    await desk.take(THAI[1])
    await desk.worker.flush()
    await desk.begin()
    await desk.take(THAI[0], THAI[2], begin=1)
    await desk.worker.flush()
    assert found(desk.store.aggregates.items()) == expected(THAI)


async def test_the_stream_waits_when_too_much_is_unwritten() -> None:
    desk = await a_desk(aggregation_figures_per_flush=2)
    await desk.take(by_citizenship("TH", "2012", 1, KH=1, MM=2))
    second = asyncio.create_task(desk.take(THAI[0], begin=1))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not second.done()
    await desk.worker.flush()
    await asyncio.wait_for(second, 60)


async def test_what_is_folded_is_written_without_being_asked_and_once_more_at_the_end() -> None:
    desk, stop = await a_desk(aggregation_flush_seconds=0.01), asyncio.Event()
    running = asyncio.create_task(desk.worker.run(stop))
    await desk.take(THAI[0])
    await until("the first write", lambda: desk.committed == {0: 1})
    stop.set()
    await asyncio.wait_for(running, 60)
    await desk.take(THAI[1], begin=1)
    await desk.worker.finish()
    assert desk.committed == {0: 2}


async def test_a_batch_that_waits_for_room_when_the_worker_is_stopped_is_written() -> None:
    desk, stop = Desk(aggregation_figures_per_flush=1, aggregation_flush_seconds=0.01), asyncio.Event()
    await desk.begin()

    class OneBatch(Member):
        """Is asked to stop while a batch of three, each of which fills the room, has only come in."""

        def __init__(self) -> None:
            """Without a client."""

        async def run(self, stop: asyncio.Event) -> None:
            stop.set()
            await asyncio.sleep(0)
            await desk.take(*THAI)
            await desk.worker.finish()

    async with asyncio.timeout(60):
        await work(OneBatch(), desk.worker, stop)
    assert desk.committed == {0: 3}
