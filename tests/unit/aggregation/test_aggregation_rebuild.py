"""A rebuild from a topic that is not the whole of it changes nothing."""

from collections.abc import AsyncIterator, Iterable

import pytest

from services.aggregation.flush import flush
from services.aggregation.fold import Fold
from services.aggregation.rebuild import NotTheWhole, remake
from services.aggregation.rules import Contribution, Place, Share
from services.aggregation.store import MemoryStore
from tests.unit.aggregation.returns import by_citizenship, contribution_of

TH = contribution_of(by_citizenship("TH", "2013-H1", 1, KH=10))
MY = contribution_of(by_citizenship("MY", "2013-H1", 1, KH=1))


async def published_nowhere(_: Iterable[tuple[Place, Share]]) -> None:
    pass


async def holding(*returns: Contribution) -> MemoryStore:
    store, fold = MemoryStore(), Fold()
    fold.load(0, ())
    for one in returns:
        fold.add(one)
    await flush(store, published_nowhere, fold.take())
    return store


@pytest.mark.parametrize("told", [[], [MY]], ids=["an empty topic", "a topic that began after the restore"])
async def test_figures_that_the_topic_does_not_tell_of_are_not_taken_away(told: list[Contribution]) -> None:
    store = await holding(TH, MY)
    before = dict(store.contributions), dict(store.aggregates)

    async def read_on() -> AsyncIterator[Contribution]:
        for one in told:
            yield one

    with pytest.raises(NotTheWhole, match=r"TH\|2013-H1|MY\|2013-H1"):
        await remake(store, published_nowhere, read_on)
    assert (store.contributions, store.aggregates) == before
