"""One suite for both stores: what stands on a store must not be able to tell them apart."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.mongo import connect
from runtime.outcome import NotNow
from services.notification.notices import Patience, begun, claimed, not_needed, sent, told
from services.notification.returns import Return, Revision, Step, merge
from services.notification.rules import NoticePlan
from services.notification.settings import NotificationSettings
from services.notification.store import MemoryStore, MongoStore, Store
from tests.both_stores import BOTH, either
from tests.conftest import Backbone

T0 = datetime(2013, 8, 1, tzinfo=UTC)
PATIENCE = Patience()


@pytest.fixture
def mongo(backbone: Backbone, mongo_database: str) -> NotificationSettings:
    return NotificationSettings(mongo_url=backbone.mongo_url, mongo_database=mongo_database)


@pytest.fixture(params=BOTH)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    async with either(request, lambda: MemoryStore(lambda: datetime.now(UTC)), MongoStore) as one:
        yield one


def fact(revision: int, step: Step, minutes: int, participant: str = "TH") -> Return:
    one = Revision(0, times={step: T0 + timedelta(minutes=minutes)})
    if step == "accepted":
        one = replace(one, judged=0, outcome="accepted")
    return Return(participant, "2013-H1", None, {revision: one})


def plan(kind: str = "reminder_7", participant: str | None = "TH") -> NoticePlan:
    return NoticePlan("2013-H1", participant, "border", kind, at=T0)


async def test_the_servers_clock_is_in_utc_and_of_today(store: Store) -> None:
    now = await store.server_time()
    assert now.utcoffset() == timedelta()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_fact_is_kept_and_the_same_fact_again_changes_nothing(store: Store) -> None:
    one = fact(1, "recorded", 0)
    assert await store.remember(one) is True
    assert await store.remember(one) is False
    assert (await store.returns_since(None))[0] == [one]
    assert [await store.returned(identity) for identity in (one.id, "TH|2012")] == [one, None]


async def test_facts_of_a_return_are_joined_whoever_brings_them(store: Store) -> None:
    facts = [fact(n, step, n) for n in range(1, 6) for step in ("recorded", "accepted", "correction_requested")]
    await asyncio.gather(*(store.remember(one) for one in facts + facts[::-1]))
    [found] = (await store.returns_since(None))[0]
    expected = facts[0]
    for one in facts:
        expected = merge(expected, one)
    assert found == expected


async def test_a_mark_finds_what_changed_after_it(store: Store) -> None:
    await store.remember(fact(1, "recorded", 0))
    _, mark = await store.returns_since(None)
    await store.remember(fact(1, "recorded", 0, "ID"))
    found, later = await store.returns_since(mark)
    assert "ID" in {one.participant for one in found}
    assert later >= mark
    assert (await store.returns_since(later + timedelta(minutes=1)))[0] == []


async def test_a_row_is_written_once_and_says_by_whom(store: Store) -> None:
    rows = [begun(plan(kind), T0, PATIENCE) for kind in ("reminder_7", "reminder_3")]
    first, second = await asyncio.gather(store.insert(rows), store.insert(rows))
    assert first | second == {one.id for one in rows}
    assert not first & second
    assert await store.insert(rows) == set()
    assert await store.insert([]) == set()
    assert await store.existing([*first, *second, "none"]) == {one.id for one in rows}


async def test_a_row_reads_back_as_it_was_written(store: Store) -> None:
    rows = [
        begun(plan(), T0, PATIENCE),
        begun(replace(plan("cycle_complete", None), at=T0, to_centre=True), T0, PATIENCE),
    ]
    await store.insert(rows)
    found = await store.waking(T0 + timedelta(seconds=60), 10)
    assert sorted(found, key=lambda one: one.id) == sorted(rows, key=lambda one: one.id)
    assert {one.plan.at for one in found} == {T0}


async def test_only_what_wants_attention_wakes(store: Store) -> None:
    row = begun(plan(), T0, PATIENCE)
    await store.insert([row])
    email, inbox = row.channel("email"), row.channel("inbox")
    assert len(await store.waking(T0, 10)) == 1
    assert await store.waking(T0 - timedelta(seconds=1), 10) == []
    assert await store.waiting() == 1
    ended = told(sent(claimed(email, T0, PATIENCE), T0, PATIENCE))
    assert await store.swap(row.id, email, replace(ended, fence=1))
    assert await store.waking(T0, 10) == []
    assert await store.swap(row.id, inbox, told(inbox))
    assert await store.waking(T0 + timedelta(days=999), 10) == []
    assert await store.waiting() == 0


async def test_a_step_is_made_by_one_of_many(store: Store) -> None:
    row = begun(plan(), T0, PATIENCE)
    await store.insert([row])
    email = row.channel("email")
    steps = [claimed(email, T0 + timedelta(seconds=n), PATIENCE) for n in range(5)]
    made = await asyncio.gather(*(store.swap(row.id, email, one) for one in steps))
    assert made.count(True) == 1
    assert await store.channel(row.id, "email") == steps[made.index(True)]
    assert await store.swap(row.id, email, steps[0]) is False
    assert await store.swap("none", email, steps[0]) is False
    assert await store.channel("none", "email") is None


async def test_what_was_withheld_is_found_and_can_be_planned_for_another_moment(store: Store) -> None:
    rows = [begun(plan(kind), T0, PATIENCE) for kind in ("reminder_7", "reminder_3")]
    await store.insert(rows)
    withheld = not_needed(rows[0].channel("email"), T0, PATIENCE, "the return is in")
    assert await store.swap(rows[0].id, rows[0].channel("email"), withheld)
    [found] = await store.withheld([one.id for one in rows])
    assert (found.id, found.channel("email"), found.plan.at) == (rows[0].id, withheld, T0)
    assert await store.withheld([rows[1].id, "none"]) == []
    later = T0 + timedelta(days=10)
    assert await store.swap(rows[0].id, withheld, claimed(withheld, later, PATIENCE), later)
    assert await store.withheld([rows[0].id]) == []
    moments = {one.id: one.plan.at for one in await store.waking(later + timedelta(days=1), 10)}
    assert moments == {rows[0].id: later, rows[1].id: T0}


async def test_a_step_of_one_channel_leaves_the_other_alone(store: Store) -> None:
    row = begun(plan(), T0, PATIENCE)
    await store.insert([row])
    email, inbox = row.channel("email"), row.channel("inbox")
    answers = await asyncio.gather(
        store.swap(row.id, email, claimed(email, T0, PATIENCE)), store.swap(row.id, inbox, told(inbox))
    )
    assert list(answers) == [True, True]


async def test_no_more_rows_wake_than_asked_for(store: Store) -> None:
    await store.insert([begun(plan(f"reminder_{n}"), T0, PATIENCE) for n in range(20)])
    assert len(await store.waking(T0, 7)) == 7


facts = st.builds(
    fact,
    st.integers(1, 3),
    st.sampled_from(["recorded", "accepted", "withdrawn", "correction_requested"]),
    st.integers(0, 50),
    st.sampled_from(["TH", "ID"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(facts, min_size=1, max_size=8), data=st.data())
def test_both_stores_end_alike_in_any_order(
    mongo: NotificationSettings, story: list[Return], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(story + story[:3]))

    async def run() -> None:
        mongo_store = MongoStore(connect(mongo))  # a client belongs to one loop
        await mongo_store.database.drop_collection("returns")
        memory = MemoryStore(lambda: datetime.now(UTC))
        for one in shuffled:
            await mongo_store.remember(one)
        for one in story:
            await memory.remember(one)
        kept = sorted((await mongo_store.returns_since(None))[0], key=lambda one: one.id)
        assert kept == sorted((await memory.returns_since(None))[0], key=lambda one: one.id)
        mongo_store.database.client.close()

    asyncio.run(run())


async def test_a_database_that_is_away_is_not_now(unused_tcp_port: int) -> None:
    url = f"mongodb://127.0.0.1:{unused_tcp_port}/?directConnection=true"
    store = MongoStore(connect(NotificationSettings(mongo_url=url, effect_timeout_seconds=0.2)))
    row = begun(plan(), T0, PATIENCE)
    for asked in (
        store.prepare(),
        store.server_time(),
        store.remember(fact(1, "recorded", 0)),
        store.returns_since(None),
        store.insert([row]),
        store.existing([row.id]),
        store.withheld([row.id]),
        store.waking(T0, 1),
        store.channel(row.id, "email"),
        store.swap(row.id, row.channel("email"), row.channel("email")),
        store.waiting(),
    ):
        with pytest.raises(NotNow):
            await asked
