"""One suite for both stores: every write is guarded, so that a repeat or a late writer changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest

from runtime.mongo import Database, Document, connect
from runtime.outcome import NotNow
from services.aggregation.documents import aggregate
from services.aggregation.flush import flush
from services.aggregation.repair import Damaged, Repair
from services.aggregation.rules import Change, Contribution, Place, Share, known_of, order_of, start
from services.aggregation.settings import AggregationSettings
from services.aggregation.store import MemoryStore, MongoStore, Store
from tests.unit.aggregation.returns import Return, by_citizenship, contribution_of, withdrawn

THAILAND = Place("2013-H1", "citizenship", "TH")
MALAYSIA = Place("2013-H1", "citizenship", "MY")
CITIZENSHIP = "illegal_entries|citizenship"


@pytest.fixture(params=["memory", "mongo"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    database = connect(request.getfixturevalue("store_settings"))
    store = MongoStore(database, operations_per_call=3)  # so that every test crosses a call's border
    await store.prepare()
    yield store
    database.client.close()


def share(order: int, **cells: int) -> Share:
    """Of one indicator."""
    return Share(order, order // 1_000_000, {"a": cells} if cells else {})


def change(new: Contribution, before: Contribution | None = None) -> Change:
    made = start(known_of(before) if before else None, new)
    assert made is not None
    return made


def thai(revision: int, **members: int) -> Contribution:
    return contribution_of(by_citizenship("TH", "2013-H1", revision, **members), partition=4, offset=revision)


def bare(contribution: Contribution) -> Contribution:
    """As it is stored: the figures stand in the aggregates."""
    return replace(contribution, tables={})


async def kept(store: Store, place: Place = THAILAND) -> Share | None:
    found = await store.read([place])
    return found[0][1] if found else None


async def test_the_same_share_twice_changes_nothing_and_is_told(store: Store) -> None:
    assert await store.write({THAILAND: share(1_000_000, KH=1)}) == []
    assert await store.write({THAILAND: share(1_000_000, KH=1)}) == [THAILAND]
    assert await kept(store) == share(1_000_000, KH=1)


async def test_a_late_write_of_an_older_revision_is_refused_and_told(store: Store) -> None:
    await store.write({THAILAND: share(5_000_000)})
    late = {THAILAND: share(4_000_000, KH=1), MALAYSIA: share(1_000_000, KH=2)}
    assert await store.write(late) == [THAILAND]
    assert await kept(store) == share(5_000_000)
    assert await kept(store, MALAYSIA) == share(1_000_000, KH=2)


async def test_a_newer_share_replaces_all_cells_of_the_older_one(store: Store) -> None:
    await store.write({THAILAND: share(1_000_000, KH=1, MM=2)})
    await store.write({THAILAND: share(1_000_001, LA=3)})
    assert await kept(store) == Share(1_000_001, 1, {"a": {"LA": 3}})


@pytest.mark.parametrize(
    "member", ["TH:Padang Besar", "a.b", "$where", "", "\u0000", "|", "%", "%25", "𝄞", "$$ROOT", "0"]
)
async def test_a_member_may_hold_any_text(store: Store, member: str) -> None:
    await store.write({THAILAND: Share(1_000_000, 1, {"a": {member: 1, "KH": 2}})})
    assert await kept(store) == Share(1_000_000, 1, {"a": {member: 1, "KH": 2}})


async def test_the_largest_figures_survive(store: Store) -> None:
    await store.write({THAILAND: share(1_000_000, KH=2**63 - 1, MM=-(2**63), LA=0)})
    assert await kept(store) == share(1_000_000, KH=2**63 - 1, MM=-(2**63), LA=0)


async def test_of_many_writers_at_once_the_newest_stands(store: Store) -> None:
    places = [Place("2013-H1", f"d{number}", "TH") for number in range(20)]
    writers = (store.write({place: share(order * 1_000_000, KH=order) for place in places}) for order in range(1, 12))
    await asyncio.gather(*writers)
    assert dict(await store.read(places)) == dict.fromkeys(places, share(11_000_000, KH=11))


async def test_a_contribution_is_kept_whole_and_loaded_by_partition(store: Store) -> None:
    new = contribution_of(by_citizenship("TH", "2013-H1", 3, KH=1, MM=2), partition=4, offset=9)
    assert await store.settle([change(new)]) == []
    assert await store.load(4) == [("TH|2013-H1", known_of(new))]
    assert await store.load(5) == []


async def test_a_contribution_that_follows_its_base_is_taken(store: Store) -> None:
    first, second = thai(1, KH=1), thai(2, KH=2)
    assert await store.settle([change(first)]) == []
    assert await store.settle([change(second, first)]) == []
    assert await store.load(4) == [("TH|2013-H1", known_of(second))]


async def test_the_same_contribution_twice_is_settled(store: Store) -> None:
    for _ in range(2):
        assert await store.settle([change(thai(1, KH=1))]) == []


async def test_a_contribution_that_finds_another_base_is_given_back_with_it(store: Store) -> None:
    stored = thai(2, KH=2)
    await store.settle([change(stored)])
    fresh = change(thai(3, KH=3))
    late = change(thai(2, KH=2, MM=1), thai(1, KH=1))
    early = change(
        contribution_of(by_citizenship("TH", "2012", 2, KH=2)), contribution_of(by_citizenship("TH", "2012", 1))
    )
    assert await store.settle([fresh, late, early]) == [(fresh, bare(stored)), (early, None)]
    assert await store.load(4) == [("TH|2013-H1", known_of(stored))]


async def test_a_late_contribution_is_given_back_with_the_newer_one(store: Store) -> None:
    stored, old = thai(5, KH=5), change(thai(4, KH=4), thai(3, KH=3))
    await store.settle([change(stored)])
    assert await store.settle([old]) == [(old, bare(stored))]


async def test_what_a_revision_closes_is_closed_before_it_is_written(store: Store) -> None:
    first = thai(1, KH=1)
    second = replace(thai(2, KH=2), centre_only=(CITIZENSHIP,))
    await store.settle([change(first)])
    await store.close([change(second, first)])
    ((_, known),) = await store.load(4)
    assert (known.order, known.centre_only) == (order_of(1, 0), (CITIZENSHIP,))


async def test_an_older_revision_closes_nothing(store: Store) -> None:
    await store.settle([change(thai(5, KH=1))])
    late = change(replace(thai(4, KH=2), centre_only=(CITIZENSHIP,)), thai(3, KH=1))
    assert late.closing == (CITIZENSHIP,)
    await store.close([late])
    ((_, known),) = await store.load(4)
    assert known.centre_only == ()


def by_mode(revision: int, **modes: int) -> Contribution:
    figures = tuple(("illegal_entries", "mode", mode, value) for mode, value in modes.items())
    return contribution_of(Return("TH", "2013-H1", revision, figures), partition=4, offset=revision)


async def test_a_flush_over_a_foreign_base_takes_its_figures_away(store: Store) -> None:
    # Another worker wrote revision 1 in the meantime; ours knows of none and brings revision 2.
    await flush(store, published_nowhere, [change(by_mode(1, sea=9))])
    await flush(store, published_nowhere, [change(thai(2, KH=2))])
    assert await kept(store) == Share(2_000_000, 2, {"illegal_entries": {"KH": 2}})
    assert await kept(store, Place("2013-H1", "mode", "TH")) == Share(2_000_000, 2, {})


async def test_a_late_flush_empties_what_it_wrote_beyond_the_newer_return(store: Store) -> None:
    await flush(store, published_nowhere, [change(by_mode(3, sea=8))])
    await flush(store, published_nowhere, [change(thai(2, KH=2))])
    assert await kept(store) == Share(3_000_000, 3, {})
    assert await kept(store, Place("2013-H1", "mode", "TH")) == Share(3_000_000, 3, {"illegal_entries": {"sea": 8}})


async def test_what_is_published_is_what_stands(store: Store) -> None:
    told: list[tuple[Place, Share]] = []

    async def publish(aggregates: Iterable[tuple[Place, Share]]) -> None:
        told.extend(aggregates)

    newer = Share(3_000_000, 3, {"illegal_entries": {"KH": 3}})
    await flush(store, publish, [change(thai(3, KH=3))])
    assert told.pop() == (THAILAND, newer)
    # One that died after it wrote, and did not publish; and one that slept.
    await flush(store, publish, [change(thai(3, KH=3))])
    assert told == [(THAILAND, newer)]
    await flush(store, publish, [change(thai(2, KH=2))])
    assert told[-1] == (THAILAND, newer)


async def test_a_withdrawal_leaves_no_figure_and_keeps_its_revision(store: Store) -> None:
    first = thai(1, KH=1)
    await flush(store, published_nowhere, [change(first)])
    gone = contribution_of(withdrawn("TH", "2013-H1", 2), partition=4)
    await flush(store, published_nowhere, [change(gone, first)])
    assert await kept(store) == Share(2_000_000, 2, {})


async def seen(store: Store) -> list[Document]:
    return sorted([one async for one in store.scan()], key=lambda one: one["_id"])


async def test_a_scan_shows_every_aggregate_as_it_stands(store: Store) -> None:
    await store.write({THAILAND: share(1_000_000, KH=1), MALAYSIA: share(2_000_000)})
    assert await seen(store) == [aggregate(MALAYSIA, share(2_000_000)), aggregate(THAILAND, share(1_000_000, KH=1))]


async def test_a_repair_replaces_the_aggregate_that_was_seen_or_takes_it_away(store: Store) -> None:
    await store.write({THAILAND: share(9_000_000, KH=1), MALAYSIA: share(2_000_000)})
    malaysia, thailand = await seen(store)
    await store.repair([Repair(thailand, THAILAND, share(1_000_000, KH=2)), Repair(malaysia, MALAYSIA, None)])
    assert await kept(store) == share(1_000_000, KH=2)
    assert await kept(store, MALAYSIA) is None


async def test_a_repair_leaves_an_aggregate_that_a_worker_wrote_meanwhile(store: Store) -> None:
    await store.write({THAILAND: share(1_000_000, KH=1)})
    (thailand,) = await seen(store)
    await store.write({THAILAND: share(2_000_000, KH=2)})
    await store.repair([Repair(thailand, THAILAND, share(1_000_000, KH=3))])
    await store.repair([Repair(thailand, THAILAND, None)])
    assert await kept(store) == share(2_000_000, KH=2)


async def test_stored_contributions_come_back_as_they_were_and_are_forgotten_at_their_order(store: Store) -> None:
    first, second = thai(1, KH=1), thai(2, KH=2)
    await store.settle([change(second)])
    await store.forget([first])
    assert await store.stored() == ([bare(second)], [])
    await store.forget([second])
    assert await store.stored() == ([], [])


@pytest.mark.parametrize("order", [2_000_000, "high", {"$gt": 1}, None], ids=str)
async def test_a_contribution_that_cannot_be_read_stays_until_it_is_forgotten(
    order: object, store_settings: AggregationSettings, database: Database
) -> None:
    store = MongoStore(database)
    await database["contributions"].insert_one({"_id": "TH|2013-H1", "order": order})
    damaged = [Damaged("TH|2013-H1", order)]
    assert await store.stored() == await store.stored() == ([], damaged)
    await store.forget([Damaged("TH|2013-H1", 7)])
    assert await store.stored() == ([], damaged)
    await store.forget(damaged)
    assert await store.stored() == ([], [])


async def test_a_database_that_is_away_is_not_now() -> None:
    away = AggregationSettings(mongo_url="mongodb://127.0.0.1:9/?directConnection=true", effect_timeout_seconds=0.3)
    database = connect(away)
    store = MongoStore(database)
    for attempt in (store.prepare(), store.load(0), store.write({THAILAND: share(1)}), store.stored()):
        with pytest.raises(NotNow):
            await attempt
    database.client.close()


async def test_an_aggregates_order_is_that_of_its_newest_writer(store: Store) -> None:
    odd = Place("2013-H1", "é|$", "TH")
    assert await store.orders([THAILAND, MALAYSIA, odd]) == {}
    await store.write({THAILAND: share(3_000_000, KH=1), odd: share(2_000_001)})
    await store.write({THAILAND: share(2_000_000, KH=9)})
    assert await store.orders([THAILAND, MALAYSIA, odd]) == {THAILAND: 3_000_000, odd: 2_000_001}
    await store.write({THAILAND: share(4_000_000)})
    assert await store.orders([THAILAND]) == {THAILAND: 4_000_000}


async def test_the_documents_have_the_shape_that_readers_rely_on(
    store_settings: AggregationSettings, database: Database
) -> None:
    await flush(MongoStore(database), published_nowhere, [change(thai(3, KH=10_000))])
    assert await database["aggregates"].find_one() == {
        "_id": "2013-H1|citizenship|TH",
        "period": "2013-H1",
        "dimension": "citizenship",
        "participant": "TH",
        "order": 3_000_000,
        "revision": 3,
        "cells": {"illegal_entries": {"KH": 10_000}},
    }
    assert await database["contributions"].find_one() == {
        "_id": "TH|2013-H1",
        "participant": "TH",
        "cycle": "2013-H1",
        "partition": 4,
        "offset": 3,
        "revision": 3,
        "judgement": 0,
        "order": 3_000_000,
        "dimensions": ["citizenship"],
        "cells": 1,
        "answered": [CITIZENSHIP],
        "centre_only": [],
        "withdrawn": False,
    }


async def published_nowhere(_: object) -> None:
    """These tests publish nothing."""
