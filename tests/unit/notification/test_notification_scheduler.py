"""The tick: rows that are missing are written once, whoever ticks and however often it restarts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.directory import Directory
from runtime.outcome import NotNow
from services.notification.notices import Channel, Notice, Patience
from services.notification.returns import Return
from services.notification.rules import Policy
from services.notification.scheduler import Scheduler
from services.notification.store import MemoryStore
from tests.unit.notification.world import accepted, at, cycle, directory, extension, focal_point, returned, state

T0 = at("2013-08-28T12:00")


class Counting(MemoryStore):
    """Counts what it is asked to write, and fails when told to."""

    inserts = 0
    looked_for = 0
    fail = False

    async def insert(self, notices: Sequence[Notice]) -> set[str]:
        if self.fail:
            raise NotNow("the database is away")
        self.inserts += 1
        return await super().insert(notices)

    async def existing(self, ids: object) -> set[str]:
        self.looked_for += 1
        return await super().existing(ids)  # type: ignore[arg-type]


@dataclass
class Office:
    """Schedulers over one store and one directory. ``time`` is the database's clock."""

    known: Directory = field(default_factory=lambda: directory(cycle("TH"), state("TH")))
    time: datetime = T0
    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Counting(lambda: self.time)
        self.scheduler = self.another()

    def another(self, skew: timedelta = timedelta(), reload: timedelta = timedelta(minutes=10)) -> Scheduler:
        async def clock() -> datetime:
            return self.time + skew

        async def written(notice: Notice, channel: Channel) -> None:
            assert channel.kind == "inbox"
            self.written.append(notice.id.partition("|")[2])

        return Scheduler(self.store, clock, lambda: self.known, written, Policy(), Patience(), reload)

    def rows(self) -> set[str]:
        return {one.partition("|")[2] for one in self.store._notices}


async def test_a_tick_writes_what_is_due_and_the_next_one_nothing() -> None:
    office = Office()
    assert await office.scheduler.tick() == 2
    assert await office.scheduler.tick() == 0
    assert sorted(office.written) == ["TH|border|cycle_opened", "TH|border|reminder_3"]


async def test_a_cycle_that_is_removed_is_planned_no_more_also_where_it_had_begun() -> None:
    office = Office()
    await office.scheduler.tick()
    office.known.remove("2013-H1")
    office.time = at("2013-08-31T12:00")
    assert await office.scheduler.tick() == 0
    assert await office.another().tick() == 0
    assert sorted(office.rows()) == ["TH|border|cycle_opened", "TH|border|reminder_3"]


async def test_a_tick_without_news_touches_no_row() -> None:
    office = Office()
    await office.scheduler.tick()
    before = (office.store.inserts, office.store.looked_for)
    for _ in range(100):
        office.time += timedelta(seconds=1)
        await office.scheduler.tick()
    assert (office.store.inserts, office.store.looked_for) == before


async def test_the_clock_alone_brings_the_next_notice() -> None:
    office = Office()
    await office.scheduler.tick()
    office.time = at("2013-08-30T00:00")
    assert await office.scheduler.tick() == 1
    assert "TH|border|reminder_1" in office.rows()


async def test_a_return_that_comes_in_stops_the_reminders() -> None:
    office = Office()
    await office.scheduler.tick()
    await office.store.remember(accepted("TH", office.time))
    await office.scheduler.tick()
    office.time = at("2013-09-20T00:00")
    await office.scheduler.tick()
    assert not {row for row in office.rows() if "reminder_1" in row or "overdue" in row}
    assert "|centre|cycle_complete" in office.rows()


async def test_a_restarted_worker_writes_nothing_anew() -> None:
    office = Office()
    await office.scheduler.tick()
    assert await office.another().tick() == 0
    assert len(office.written) == 2


async def test_a_tick_that_failed_is_done_again() -> None:
    office = Office()
    office.store.fail = True
    with pytest.raises(NotNow):
        await office.scheduler.tick()
    office.store.fail = False
    assert await office.scheduler.tick() == 2


async def test_a_reminder_already_sent_is_not_sent_again_after_an_extension() -> None:
    office = Office()
    await office.scheduler.tick()
    office.known.put(extension("TH", date(2013, 9, 10)))
    seen = []
    for day in range(20):
        office.time = at("2013-08-28T13:00") + timedelta(days=day)
        await office.scheduler.tick()
        seen = office.written
    assert [one.rpartition("|")[2] for one in seen] == [
        "cycle_opened",
        "reminder_3",
        "extension_granted",
        "reminder_14",
        "reminder_7",
        "reminder_1",
        "due_today",
        "overdue_1",
    ]


async def test_a_second_extension_is_not_told_again() -> None:
    office = Office()
    for day in (10, 20):
        office.known.put(extension("TH", date(2013, 9, day)))
        await office.scheduler.tick()
    assert office.written.count("TH|border|extension_granted") == 1


async def test_a_new_focal_point_hears_what_is_due_now() -> None:
    office = Office()
    await office.scheduler.tick()
    office.known.put(focal_point("TH", "navy"))
    await office.scheduler.tick()
    assert {row for row in office.rows() if "navy" in row} == {"TH|navy|cycle_opened", "TH|navy|reminder_3"}


async def test_workers_whose_clocks_differ_write_each_row_once() -> None:
    office = Office()
    workers = [office.another(timedelta(seconds=skew)) for skew in (-90, 0, 90)]
    start = at("2013-06-30T23:55")
    for hour in range(0, 24 * 80, 5):
        office.time = start + timedelta(hours=hour)
        await asyncio.gather(*(one.tick() for one in workers))
    assert len(office.written) == len(set(office.written)) == len(office.rows())
    assert {row.rpartition("|")[2] for row in office.rows()} == {
        *("cycle_opened", "reminder_30", "reminder_14", "reminder_7", "reminder_3", "reminder_1", "due_today"),
        *("overdue_1", "overdue_7", "overdue_14"),
    }


async def test_a_clock_turned_back_is_noticed() -> None:
    office = Office()
    await office.scheduler.tick()
    office.time -= timedelta(days=2)
    await office.store.remember(returned("TH", (1, "recorded", office.time)))
    await office.scheduler.tick()
    assert "TH|border|report_received" in office.rows()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 600)), min_size=1, max_size=40),
    st.lists(
        st.tuples(st.integers(0, 39), st.sampled_from(["recorded", "accepted", "rejected", "withdrawn"])), max_size=4
    ),
    st.integers(0, 39),
)
def test_whoever_ticks_when_and_however_often_it_restarts_each_row_is_written_once(
    ticks: list[tuple[int, int]], events: list[tuple[int, str]], restart: int
) -> None:
    async def story() -> None:
        office = Office(directory(cycle("TH", "ID"), state("TH", "Asia/Bangkok"), state("ID")), at("2013-06-28T00:00"))
        workers = [office.another() for _ in range(3)]
        for index, (worker, hours) in enumerate(ticks):
            office.time += timedelta(hours=hours)
            for revision, (when, step) in enumerate(events, 1):
                if when == index:
                    one: Return = returned("TH", (revision, step, office.time))  # type: ignore[arg-type]
                    await office.store.remember(one)
            if index == restart:
                workers[worker] = office.another()
            await workers[worker].tick()
        assert len(office.written) == len(set(office.written))

    asyncio.run(story())
