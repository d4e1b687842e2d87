"""A rebuild from a topic that is not the whole of it changes nothing."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from runtime.outcome import NotNow
from runtime.settings import ServiceSettings
from services.aggregation.flush import Publish, flush
from services.aggregation.fold import Fold
from services.aggregation.rebuild import TOLD_AT_ONCE, NewContributions, NotTheWhole, in_parts, remake
from services.aggregation.repair import Damaged
from services.aggregation.rules import Contribution, Place, Share
from services.aggregation.store import MemoryStore
from tests.unit.aggregation.returns import by_citizenship, contribution_of
from tests.unit.aggregation.stepped import SteppedStore, Task, turn

TH = contribution_of(by_citizenship("TH", "2013-H1", 1, KH=10))
MY = contribution_of(by_citizenship("MY", "2013-H1", 1, KH=1))
KH = contribution_of(by_citizenship("KH", "2013-H1", 1, TH=5))


TH_CLOSED = replace(
    contribution_of(by_citizenship("TH", "2013-H1", 2, KH=20)), centre_only=("illegal_entries|citizenship",)
)


async def published_nowhere(_: Iterable[tuple[Place, Share]]) -> None:
    pass


async def holding(*returns: Contribution) -> MemoryStore:
    store, fold = MemoryStore(), Fold()
    fold.load(0, ())
    for one in returns:
        fold.add(one)
    await flush(store, published_nowhere, fold.take())
    return store


def topic(*told: Contribution) -> NewContributions:
    """All of it at the first reading, and nothing more at the next."""
    readings = [told, ()]

    async def read_on() -> AsyncIterator[Contribution]:
        for one in readings.pop(0):
            yield one

    return read_on


@pytest.mark.parametrize("told", [[], [MY]], ids=["an empty topic", "a topic that began after the restore"])
async def test_figures_that_the_topic_does_not_tell_of_are_not_taken_away(told: list[Contribution]) -> None:
    store = await holding(TH, MY)
    before = dict(store.contributions), dict(store.aggregates)
    with pytest.raises(NotTheWhole, match=r"TH\|2013-H1|MY\|2013-H1"):
        await remake(store, published_nowhere, topic(*told))
    assert (store.contributions, store.aggregates) == before


@pytest.mark.parametrize("told", [[], [MY], [TH, MY]], ids=["an empty topic", "one that lacks it", "one that is cut"])
async def test_figures_whose_contributions_are_lost_are_not_taken_away_either(told: list[Contribution]) -> None:
    store = await holding(TH_CLOSED, MY)
    store.contributions.clear()
    before = dict(store.aggregates)
    with pytest.raises(NotTheWhole):
        await remake(store, published_nowhere, topic(*told))
    assert (store.contributions, store.aggregates) == ({}, before)


async def test_a_contribution_that_cannot_be_read_is_not_lost_where_the_rebuild_is_refused() -> None:
    class Torn(MemoryStore):
        def __init__(self) -> None:
            super().__init__()
            self.forgotten: list[object] = []

        async def stored(self) -> tuple[list[Contribution], list[Damaged]]:
            return [], [Damaged("TH|2013-H1", None)]

        async def forget(self, contributions: Sequence[Contribution | Damaged]) -> None:
            self.forgotten += contributions

    store = Torn()
    with pytest.raises(NotTheWhole, match=r"TH\|2013-H1"):
        await remake(store, published_nowhere, topic(MY))
    assert store.forgotten == []
    await remake(store, published_nowhere, topic(TH))
    assert store.forgotten == [Damaged("TH|2013-H1", None)]


async def test_a_topic_that_has_lost_the_newest_revision_does_not_put_the_older_one_back() -> None:
    store = await holding(TH, TH_CLOSED)
    before = dict(store.contributions), dict(store.aggregates)
    with pytest.raises(NotTheWhole, match=r"TH\|2013-H1"):
        await remake(store, published_nowhere, topic(TH))
    assert (store.contributions, store.aggregates) == before
    assert store.contributions[TH.series].centre_only == TH_CLOSED.centre_only


async def test_by_force_a_contribution_beyond_the_topic_is_damage() -> None:
    store, right = await holding(TH, TH_CLOSED), await holding(TH)
    await remake(store, published_nowhere, topic(TH), force=True)
    assert (store.contributions, store.aggregates) == (right.contributions, right.aggregates)


def steps_of(one: Task, most: int) -> int:
    """Let it go on so far; gives how many steps it made."""
    made = 0
    while not one.done and made < most:
        one.step()
        made += 1
    return made


async def test_wherever_a_rebuild_ends_the_next_one_leaves_what_stands_as_the_last_word() -> None:
    right = await holding(TH, MY, KH)
    # As another release had folded and told them: one still stands, one is lost, one has lost its contribution too.
    wrong = {place: share._replace(cells={"illegal_entries": {"KH": 99}}) for place, share in right.aggregates.items()}
    for ends in count():
        store, last = SteppedStore(), dict(wrong)
        store.aggregates = {place: share for place, share in wrong.items() if place.participant == "TH"}
        store.contributions = {name: one for name, one in right.contributions.items() if name != KH.series}

        async def publish(aggregates: Iterable[tuple[Place, Share]], last: dict[Place, Share] = last) -> None:
            for place, share in aggregates:
                await turn()
                last[place] = share
            await turn()

        def rebuild(store: SteppedStore = store, publish: Publish = publish) -> Task:
            return Task(lambda: remake(store, publish, topic(TH, MY, KH)))

        dying = rebuild()
        whole = steps_of(dying, ends) < ends
        dying.kill()
        steps_of(rebuild(), 1_000)
        assert (store.contributions, store.aggregates) == (right.contributions, right.aggregates), f"ended at {ends}"
        assert last == right.aggregates, f"ended at {ends}"
        if whole:
            break


async def test_everything_is_told_in_parts_and_again_until_it_is() -> None:
    told: list[list[tuple[Place, Share]]] = []
    attempts = 0

    async def publish(aggregates: Iterable[tuple[Place, Share]]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts % 2:
            raise NotNow("no broker")
        told.append(list(aggregates))

    everything = [(Place("2013-H1", f"d{number}", "TH"), Share(1_000_000, 1, {})) for number in range(TOLD_AT_ONCE + 1)]
    await in_parts(ServiceSettings(), publish)(everything)
    assert told == [everything[:-1], everything[-1:]]
