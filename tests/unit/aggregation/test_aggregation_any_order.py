"""Any order, any repetition, any number of workers, death at any await, rebuilds in between: the same aggregates."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.aggregation.flush import Publish, flush
from services.aggregation.rules import Change, Place, Share, Shares, add, known_of, result, start
from tests.unit.aggregation.returns import Return, contribution_of, expected, found
from tests.unit.aggregation.simulation import Simulation
from tests.unit.aggregation.stepped import SteppedStore, Task, turn

RUNS = 400
"""Per batch. Taken out one at a time, the union of touched cells, the tombstones, the order of writing, and the guards
of aggregates and of contributions each showed as a wrong figure within these 2,000 runs."""


@pytest.mark.parametrize("batch", range(5))
def test_whatever_happens_the_aggregates_are_those_of_the_newest_returns(batch: int) -> None:
    for seed in range(batch * RUNS, (batch + 1) * RUNS):
        simulation = Simulation(seed)
        simulation.run(150)
        assert simulation.stored() == simulation.wanted(), f"seed {seed}"
        if simulation.told_for_certain:
            assert simulation.told == simulation.store.aggregates, f"seed {seed}: published last"
        assert set(simulation.store.contributions) == {one.series for one in simulation.log}, f"seed {seed}"


def test_what_is_published_last_is_what_is_stored_whichever_of_two_workers_is_faster() -> None:
    for seed in range(200):
        random = Random(seed)
        store, last = SteppedStore(), Shares()

        async def publish(aggregates: Iterable[tuple[Place, Share]], last: Shares = last) -> None:
            for place, share in sorted(aggregates):
                await turn()
                last[place] = share
            await turn()

        def flushing(revision: int, store: SteppedStore = store, publish: Publish = publish) -> Task:
            figures = (("illegal_entries", "citizenship", "KH", revision),)
            change = start(None, contribution_of(Return("TH", "2012", revision, figures)))
            assert change is not None
            return Task(lambda: flush(store, publish, [change]))

        workers = [flushing(revision) for revision in (1, 2, 3)]
        while workers:
            one = random.choice(workers)
            one.step()
            workers = [each for each in workers if not each.done]
        assert last == store.aggregates, f"seed {seed}"


CELL = st.tuples(
    st.sampled_from(["illegal_entries", "refused_entries"]),
    st.sampled_from(["citizenship", "mode"]),
    st.sampled_from("ABC"),
)
FIGURES = st.none() | st.dictionaries(CELL, st.integers(0, 3), max_size=5).map(
    lambda cells: tuple((*cell, value) for cell, value in cells.items())
)


class OneSeries(RuleBasedStateMachine):
    """``start``, ``add`` and ``result`` alone: returns in any order, written whenever it pleases."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[tuple[int, int], Return] = {}
        self.known: Return | None = None
        self.change: Change | None = None
        self.aggregates: dict[Place, Share] = {}

    @rule(revision=st.integers(1, 5), judgement=st.integers(0, 1), figures=FIGURES)
    def judge(self, revision: int, judgement: int, figures: tuple[tuple[str, str, str, int], ...] | None) -> None:
        one = self.seen.setdefault((revision, judgement), Return("TH", "2012", revision, figures, judgement))
        new = contribution_of(one)
        if self.change is not None:
            self.change = add(self.change, new)
        else:
            self.change = start(known_of(contribution_of(self.known)) if self.known else None, new)

    @rule()
    def write(self) -> None:
        if self.change is not None:
            self.aggregates |= result([self.change])
            self.known = self.seen[self.change.now.revision, self.change.now.judgement]
            self.change = None

    @invariant()
    def what_is_written_is_what_the_newest_return_says(self) -> None:
        if self.change is None:
            assert found(self.aggregates.items()) == expected(self.seen.values())


TestOneSeries = OneSeries.TestCase
TestOneSeries.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
