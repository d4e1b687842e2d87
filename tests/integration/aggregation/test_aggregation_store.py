"""One suite for both stores: every write is guarded, so that a repeat or a late writer changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from runtime.mongo import Database, connect
from runtime.outcome import NotNow
from services.aggregation.flush import flush
from services.aggregation.repair import Repair
from services.aggregation.rules import Change, Contribution, Place, Share, known_of, order_of, stamp, start
from services.aggregation.settings import AggregationSettings
from services.aggregation.store import MemoryStore, MongoStore, Store
from tests.unit.aggregation.returns import by_citizenship, contribution_of, withdrawn

KH = Place("2013-H1", "citizenship", "KH")
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
    return Share(order, order // 1_000_000, cells)


def change(new: Contribution, before: Contribution | None = None) -> Change:
    made = start(known_of(before) if before else None, new)
    assert made is not None
    return made


def thai(revision: int, **members: int) -> Contribution:
    return contribution_of(by_citizenship("TH", "2013-H1", revision, **members), partition=4, offset=revision)


async def kept(store: Store, place: Place = KH) -> dict[str, Share]:
    found = await store.read([place])
    return found[0][1] if found else {}


async def test_a_share_is_kept_beside_those_of_other_states(store: Store) -> None:
    await store.write({KH: {"TH": share(1_000_000, a=1), "MY": share(2_000_000, a=5)}})
    await store.write({KH: {"ID": share(1_000_000, b=7)}})
    assert await kept(store) == {
        "TH": share(1_000_000, a=1),
        "MY": share(2_000_000, a=5),
        "ID": share(1_000_000, b=7),
    }


async def test_the_same_share_twice_changes_nothing(store: Store) -> None:
    for _ in range(2):
        await store.write({KH: {"TH": share(1_000_000, a=1)}})
    assert await kept(store) == {"TH": share(1_000_000, a=1)}


async def test_a_late_write_of_an_older_revision_is_refused(store: Store) -> None:
    await store.write({KH: {"TH": share(5_000_000)}})
    await store.write({KH: {"TH": share(4_000_000, a=1), "MY": share(1_000_000, a=2)}})
    assert await kept(store) == {"TH": share(5_000_000), "MY": share(1_000_000, a=2)}


async def test_a_newer_share_replaces_all_cells_of_the_older_one(store: Store) -> None:
    await store.write({KH: {"TH": share(1_000_000, a=1, b=2)}})
    await store.write({KH: {"TH": share(1_000_001, b=3)}})
    assert await kept(store) == {"TH": Share(1_000_001, 1, {"b": 3})}


@pytest.mark.parametrize("member", ["TH:Padang Besar", "a.b", "$where", "", "\u0000", "|", "by.TH", "𝄞", "$$ROOT"])
async def test_a_member_may_hold_any_text(store: Store, member: str) -> None:
    place = Place("2013-H1", "entry_point", member)
    await store.write({place: {"TH": share(1_000_000, a=1)}})
    assert await store.read([place]) == [(place, {"TH": share(1_000_000, a=1)})]


async def test_the_largest_figures_survive(store: Store) -> None:
    await store.write({KH: {"TH": share(1_000_000, a=2**63 - 1, b=-(2**63), c=0)}})
    assert (await kept(store))["TH"].cells == {"a": 2**63 - 1, "b": -(2**63), "c": 0}


async def test_many_writers_of_one_new_aggregate_lose_no_share(store: Store) -> None:
    states = [f"S{number}" for number in range(12)]
    places = [Place("2013-H1", "citizenship", f"M{number}") for number in range(20)]
    await asyncio.gather(
        *(store.write({place: {state: share(1_000_000, a=1)} for place in places}) for state in states)
    )
    assert all(set(by) == set(states) for _, by in await store.read(places))
    assert len(await store.read(places)) == len(places)


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
    assert await store.settle([fresh, late, early]) == [(fresh, stored), (early, None)]
    assert await store.load(4) == [("TH|2013-H1", known_of(stored))]


async def test_a_late_contribution_is_given_back_with_the_newer_one(store: Store) -> None:
    stored, old = thai(5, KH=5), change(thai(4, KH=4), thai(3, KH=3))
    await store.settle([change(stored)])
    assert await store.settle([old]) == [(old, stored)]


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


async def test_a_flush_over_a_foreign_base_takes_its_cells_away(store: Store) -> None:
    # Another worker wrote revision 1 in the meantime; ours knows of none and brings revision 2.
    await flush(store, published_nowhere, [change(thai(1, KH=1, LA=9))])
    await flush(store, published_nowhere, [change(thai(2, KH=2))])
    laos = Place("2013-H1", "citizenship", "LA")
    assert await kept(store) == {"TH": Share(2_000_000, 2, {"illegal_entries": 2})}
    assert await kept(store, laos) == {"TH": Share(2_000_000, 2, {})}


async def test_a_late_flush_brings_what_it_wrote_up_to_the_newer_return(store: Store) -> None:
    await flush(store, published_nowhere, [change(thai(3, MM=8))])
    await flush(store, published_nowhere, [change(thai(2, KH=2))])
    assert await kept(store) == {"TH": Share(3_000_000, 3, {})}


async def test_a_withdrawal_leaves_no_figure_and_keeps_its_revision(store: Store) -> None:
    first = thai(1, KH=1)
    await flush(store, published_nowhere, [change(first)])
    gone = contribution_of(withdrawn("TH", "2013-H1", 2), partition=4)
    await flush(store, published_nowhere, [change(gone, first)])
    assert await kept(store) == {"TH": Share(2_000_000, 2, {})}


async def seen(store: Store) -> list[tuple[Place, str, object]]:
    return sorted([one async for one in store.scan()], key=str)


async def test_a_scan_shows_every_share_as_it_stands(store: Store) -> None:
    await store.write({KH: {"TH": share(1_000_000, a=1), "MY": share(2_000_000)}})
    assert await seen(store) == [
        (KH, "MY", {"order": 2_000_000, "revision": 2, "cells": {}}),
        (KH, "TH", {"order": 1_000_000, "revision": 1, "cells": {"a": 1}}),
    ]


async def test_a_repair_replaces_the_share_that_was_seen_or_takes_it_away(store: Store) -> None:
    await store.write({KH: {"TH": share(9_000_000, a=1), "MY": share(2_000_000)}})
    (_, _, malaysia), (_, _, thailand) = await seen(store)
    await store.repair([Repair(KH, "TH", thailand, share(1_000_000, a=2)), Repair(KH, "MY", malaysia, None)])
    assert await kept(store) == {"TH": share(1_000_000, a=2)}


async def test_a_repair_leaves_a_share_that_a_worker_wrote_meanwhile(store: Store) -> None:
    await store.write({KH: {"TH": share(1_000_000, a=1)}})
    ((_, _, thailand),) = await seen(store)
    await store.write({KH: {"TH": share(2_000_000, a=2)}})
    await store.repair([Repair(KH, "TH", thailand, share(1_000_000, a=3))])
    await store.repair([Repair(KH, "TH", thailand, None)])
    assert await kept(store) == {"TH": share(2_000_000, a=2)}


async def test_stored_contributions_come_back_as_they_were_and_are_forgotten_at_their_order(store: Store) -> None:
    first, second = thai(1, KH=1), thai(2, KH=2)
    await store.settle([change(second)])
    await store.forget([first])
    assert await store.stored() == [second]
    await store.forget([second])
    assert await store.stored() == []


async def test_a_database_that_is_away_is_not_now() -> None:
    away = AggregationSettings(mongo_url="mongodb://127.0.0.1:9/?directConnection=true", effect_timeout_seconds=0.3)
    database = connect(away)
    store = MongoStore(database)
    for attempt in (store.prepare(), store.load(0), store.write({KH: {"TH": share(1)}}), store.stored()):
        with pytest.raises(NotNow):
            await attempt
    database.client.close()


async def test_a_stamp_is_another_one_after_each_write_and_the_same_without(store: Store) -> None:
    places = [KH, *(Place("2013-H1", "citizenship", member) for member in ("LA", "MM", "é|$"))]
    assert await store.stamps(places) == {}
    await store.write({place: {"TH": share(1_000_000, a=1), "MY": share(2_000_001, a=5)} for place in places[1:]})
    await store.write({KH: {"TH": share(3_000_000)}})
    stored = dict(await store.read(places))
    stamps = await store.stamps(places)
    assert stamps == {KH: 3_000_000, **dict.fromkeys(places[1:], 3_000_001)}
    assert stamps == {place: stamp(by) for place, by in stored.items()}
    await store.write({KH: {"TH": share(2_000_000, a=9)}})
    assert await store.stamps([KH]) == {KH: 3_000_000}
    await store.write({KH: {"ID": share(1_000_000, a=9)}})
    assert await store.stamps([KH]) == {KH: 4_000_000}


async def test_the_documents_have_the_shape_that_readers_rely_on(
    store_settings: AggregationSettings, database: Database
) -> None:
    await flush(MongoStore(database), published_nowhere, [change(thai(3, KH=10_000))])
    assert await database["aggregates"].find_one() == {
        "_id": "2013-H1|citizenship|KH",
        "period": "2013-H1",
        "dimension": "citizenship",
        "member": "KH",
        "by": {"TH": {"order": 3_000_000, "revision": 3, "cells": {"illegal_entries": 10_000}}},
    }
    contribution = await database["contributions"].find_one()
    assert contribution is not None
    assert isinstance(contribution.pop("figures"), bytes)
    assert contribution == {
        "_id": "TH|2013-H1",
        "participant": "TH",
        "cycle": "2013-H1",
        "partition": 4,
        "offset": 3,
        "revision": 3,
        "judgement": 0,
        "order": 3_000_000,
        "answered": [CITIZENSHIP],
        "centre_only": [],
        "withdrawn": False,
    }


async def published_nowhere(_: object) -> None:
    """These tests publish nothing."""
