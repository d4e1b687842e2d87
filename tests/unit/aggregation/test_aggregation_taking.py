"""The worker between messages and store: what is acknowledged, when, and what is not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import pytest

from contracts.wire import encode
from runtime.consumer import Message
from runtime.outcome import Invalid, NotNow
from services.aggregation.rules import Change, Contribution, Known
from services.aggregation.settings import AggregationSettings
from services.aggregation.store import MemoryStore
from services.aggregation.worker import Worker
from tests.broker import until
from tests.unit.aggregation.returns import Return, by_citizenship, event_of, expected, found

NOW = datetime(2013, 7, 1, tzinfo=UTC)
THAI = [by_citizenship("TH", "2013-H1", revision, KH=revision) for revision in (1, 2, 3)]


class Away(MemoryStore):
    """A database that does not write contributions as long as ``away``; ``slow`` holds every load back."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.slow = asyncio.Event()
        self.slow.set()

    async def load(self, partition: int) -> list[tuple[str, Known]]:
        await self.slow.wait()
        return await super().load(partition)

    async def settle(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        if self.away:
            raise NotNow("away")
        return await super().settle(changes)


class Desk:
    """A worker with a store in memory, and what it acknowledged and set aside."""

    def __init__(self, **settings: float) -> None:
        self.store = Away()
        self.acked: list[tuple[int, int]] = []
        self.aside: list[tuple[int, str]] = []
        self.good = 0
        told = AggregationSettings(retry_seconds=0.1, **settings)  # type: ignore[arg-type]
        self.worker = Worker(told, self.store, self._publish, self._set_aside, self._count, lambda: NOW)

    async def _publish(self, _: object) -> None:
        pass

    async def _set_aside(self, message: Message, invalid: Invalid) -> None:
        self.aside.append((message.offset, invalid.reason))

    def _count(self) -> None:
        self.good += 1

    async def take(self, one: Return | bytes, offset: int, partition: int = 0) -> None:
        value, headers = (one, []) if isinstance(one, bytes) else encode(event_of(one))
        message = Message("vrs.reports.judged", partition, offset, b"TH", value, headers)
        await self.worker.take(message, self._ack(partition, offset))

    def _ack(self, partition: int, offset: int) -> Callable[[], Awaitable[object]]:
        async def ack() -> None:
            self.acked.append((partition, offset))

        return ack


async def test_nothing_is_acknowledged_before_it_is_written() -> None:
    desk = Desk()
    await desk.take(THAI[0], 0)
    assert desk.acked == []
    await desk.worker.flush()
    assert desk.acked == [(0, 0)]
    assert found(desk.store.aggregates.items()) == expected(THAI[:1])


async def test_acknowledgements_keep_the_order_of_the_messages() -> None:
    desk = Desk()
    messages: list[Return | bytes] = [THAI[0], b"garbage", THAI[2], THAI[1]]
    for offset, one in enumerate(messages):
        await desk.take(one, offset)
    await desk.worker.flush()
    assert desk.acked == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert found(desk.store.aggregates.items()) == expected(THAI)


async def test_what_cannot_be_read_is_set_aside_and_the_count_of_good_ones_goes_on() -> None:
    desk = Desk()
    await desk.take(b"garbage", 0)
    await desk.take(THAI[0], 1)
    assert desk.aside == [(0, "not_a_cloudevent")]
    assert desk.good == 1


async def test_a_write_that_fails_acknowledges_nothing_and_ends_the_worker() -> None:
    desk = Desk()
    desk.store.away = True
    await desk.take(THAI[0], 0)
    with pytest.raises(NotNow):
        await desk.worker.run(asyncio.Event())
    assert desk.acked == []


async def test_a_partition_that_goes_away_takes_its_unwritten_messages_along() -> None:
    desk = Desk()
    await desk.take(THAI[0], 0, partition=0)
    malaysia = by_citizenship("MY", "2013-H1", 1, KH=5)
    await desk.take(malaysia, 7, partition=3)
    await desk.worker.revoked({0})
    await desk.worker.flush()
    assert desk.acked == [(3, 7)]
    assert found(desk.store.aggregates.items()) == expected([malaysia])


async def test_a_message_whose_partition_goes_away_while_it_waits_is_neither_folded_nor_acknowledged() -> None:
    desk = Desk()
    desk.store.slow.clear()
    taking = asyncio.create_task(desk.take(THAI[0], 0))
    await asyncio.sleep(0)
    await desk.worker.revoked({0})
    desk.store.slow.set()
    await taking
    await desk.worker.flush()
    assert desk.acked == []
    assert desk.store.aggregates == {}


async def test_a_new_owner_builds_on_what_the_database_holds() -> None:
    desk = Desk()
    await desk.take(THAI[1], 0)
    await desk.worker.flush()
    await desk.worker.revoked({0})
    await desk.worker.assigned({0})
    for offset, one in enumerate([THAI[0], THAI[2]]):
        await desk.take(one, offset)
    await desk.worker.flush()
    assert found(desk.store.aggregates.items()) == expected(THAI)


async def test_the_stream_waits_when_too_much_is_unwritten() -> None:
    desk = Desk(aggregation_figures_per_flush=2)
    await desk.take(by_citizenship("TH", "2012", 1, KH=1, MM=2), 0)
    second = asyncio.create_task(desk.take(THAI[0], 1))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not second.done()
    await desk.worker.flush()
    await asyncio.wait_for(second, 5)


async def test_what_is_folded_is_written_without_being_asked_and_once_more_at_the_end() -> None:
    desk, stop = Desk(aggregation_flush_seconds=0.01), asyncio.Event()
    running = asyncio.create_task(desk.worker.run(stop))
    await desk.take(THAI[0], 0)
    await until("the first write", lambda: desk.acked == [(0, 0)], 5)
    await desk.take(THAI[1], 1)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert desk.acked == [(0, 0), (0, 1)]
