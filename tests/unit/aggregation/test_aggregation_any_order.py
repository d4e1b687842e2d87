"""Any order, any repetition, any number of workers, death at any await, rebuilds in between: the same aggregates.

A machine invented by hypothesis: a log of returns, workers that follow it, lose their partition, sleep and go on, die
between two documents; rebuilds that empty everything beneath them. At the end all who still live finish, the last
owner reads what is not acknowledged, and the aggregates must be what a plain oracle says.
"""

import random
from collections.abc import AsyncIterator

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from services.aggregation.flush import flush
from services.aggregation.fold import Fold
from services.aggregation.rebuild import refold
from services.aggregation.rules import Contribution
from tests.unit.aggregation.returns import Return, contribution_of, expected, found
from tests.unit.aggregation.stepped import SteppedStore, Task

PARTITION = 0
CELL = st.tuples(
    st.sampled_from(["illegal_entries", "refused_entries"]),
    st.sampled_from(["citizenship", "mode"]),
    st.sampled_from("ABC"),
)
FIGURES = st.none() | st.dictionaries(CELL, st.integers(0, 3), max_size=4).map(
    lambda cells: tuple((*cell, value) for cell, value in cells.items())
)


async def published_nowhere(_: object) -> None:
    """What is published does not matter here."""


class Worker:
    """A worker as services.aggregation.worker is one, without its tasks: the machine decides what happens when."""

    def __init__(self, store: SteppedStore, position: int, loading: bool = True) -> None:
        self.store = store
        self.fold = Fold()
        self.position = position
        self.flushing: Task | None = None
        self.flushed_to = position
        self.loading: Task | None = Task(store.load(PARTITION)) if loading else None

    @property
    def ready(self) -> bool:
        return self.loading is None

    def step_loading(self) -> None:
        assert self.loading is not None
        self.loading.step()
        if self.loading.done:
            self.fold.load(PARTITION, self.loading.result)  # type: ignore[arg-type]
            self.loading = None

    def begin_flush(self) -> None:
        self.flushed_to = self.position
        self.flushing = Task(flush(self.store, published_nowhere, self.fold.take()))

    def step_flush(self) -> bool:
        """One step on; whether the flush is over, so that what it covers may be acknowledged."""
        assert self.flushing is not None
        self.flushing.step()
        if not self.flushing.done:
            return False
        self.flushing = None
        return True


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = SteppedStore()
        self.log: list[Return] = []
        self.given: dict[tuple[str, int, int], Return] = {}
        self.committed = 0
        self.owner: Worker | None = None
        self.sleepers: list[Worker] = []
        self.rebuilding: Task | None = None
        self.rebuild_owed = False

    @initialize()
    def first_worker(self) -> None:
        self.owner = Worker(self.store, 0)

    @rule(
        cycle=st.sampled_from(["2012", "2013-H1"]),
        revision=st.integers(1, 6),
        judgement=st.integers(0, 1),
        figures=FIGURES,
    )
    def judge(
        self, cycle: str, revision: int, judgement: int, figures: tuple[tuple[str, str, str, int], ...] | None
    ) -> None:
        """A return is judged; the same (revision, judgement) is always the same return, and may come again."""
        one = Return("TH", cycle, revision, figures, judgement)
        self.log.append(self.given.setdefault((one.series, revision, judgement), one))

    @precondition(lambda self: self.owner is not None and not self.owner.ready)
    @rule()
    def owner_loads(self) -> None:
        assert self.owner is not None
        self.owner.step_loading()

    @precondition(lambda self: self.owner is not None and self.owner.ready and self.owner.position < len(self.log))
    @rule(count=st.integers(1, 4))
    def owner_folds(self, count: int) -> None:
        assert self.owner is not None
        for _ in range(min(count, len(self.log) - self.owner.position)):
            self._fold(self.owner)

    @precondition(lambda self: self.owner is not None and self.owner.ready and self.owner.flushing is None)
    @rule()
    def owner_begins_to_write(self) -> None:
        assert self.owner is not None
        self.owner.begin_flush()

    @precondition(lambda self: self.owner is not None and self.owner.flushing is not None)
    @rule(steps=st.integers(1, 12))
    def owner_writes(self, steps: int) -> None:
        owner = self.owner
        assert owner is not None
        for _ in range(steps):
            if owner.flushing is None:
                break
            if owner.step_flush():
                self.committed = max(self.committed, owner.flushed_to)

    @precondition(lambda self: self.owner is not None)
    @rule()
    def owner_is_replaced_in_its_sleep(self) -> None:
        assert self.owner is not None
        self.sleepers.append(self.owner)
        self.owner = Worker(self.store, self.committed)

    @precondition(lambda self: self.owner is not None)
    @rule()
    def owner_is_killed(self) -> None:
        self.owner = Worker(self.store, self.committed)

    @rule()
    def the_group_reads_everything_again(self) -> None:
        self.committed = 0
        self.owner = Worker(self.store, 0)

    @precondition(lambda self: bool(self.sleepers))
    @rule(data=st.data(), steps=st.integers(1, 6))
    def a_sleeper_goes_on(self, data: st.DataObject, steps: int) -> None:
        self._go_on(data.draw(st.sampled_from(self.sleepers)), steps)

    @precondition(lambda self: self.rebuilding is None)
    @rule()
    def a_rebuild_begins(self) -> None:
        self.rebuilding, self.rebuild_owed = Task(self._rebuild()), True

    @precondition(lambda self: self.rebuilding is not None)
    @rule(steps=st.integers(1, 8))
    def the_rebuild_goes_on(self, steps: int) -> None:
        assert self.rebuilding is not None
        for _ in range(steps):
            if not self.rebuilding.done:
                self.rebuilding.step()
        if self.rebuilding.done:
            self.rebuilding, self.rebuild_owed = None, False

    @precondition(lambda self: self.rebuilding is not None)
    @rule()
    def the_rebuild_is_killed(self) -> None:
        assert self.rebuilding is not None
        self.rebuilding.kill()
        self.rebuilding = None

    def teardown(self) -> None:
        """All who live finish, in some order; then the last owner reads what nobody has acknowledged."""
        order = random.Random(len(self.log) * 31 + len(self.sleepers))
        if self.rebuild_owed and self.rebuilding is None:
            self.rebuilding = Task(self._rebuild())
        owner = self.owner or Worker(self.store, self.committed)
        while True:
            # A sleeper ends what it was writing and then learns that its partition is gone.
            actors = [one for one in self.sleepers if one.flushing is not None]
            actors += [] if self._at_rest(owner) else [owner]
            if self.rebuilding is not None and not self.rebuilding.done:
                actors.append(self.rebuilding)  # type: ignore[arg-type]
            if not actors:
                break
            actor: Worker | Task = order.choice(actors)
            if isinstance(actor, Task):
                actor.step()
            elif actor is owner:
                self._go_on(actor, order.randint(1, 5))
            else:
                actor.step_flush()
        assert found(self.store.aggregates.items()) == expected(self.log)
        newest = {one.series for one in self.log}
        assert set(self.store.contributions) == newest

    def _at_rest(self, worker: Worker) -> bool:
        return worker.ready and worker.flushing is None and worker.position == len(self.log) == worker.flushed_to

    def _go_on(self, worker: Worker, steps: int) -> None:
        for _ in range(steps):
            if not worker.ready:
                worker.step_loading()
            elif worker.flushing is not None:
                worker.step_flush()
            elif worker.position < len(self.log):
                self._fold(worker)
            elif worker.flushed_to < worker.position:
                worker.begin_flush()

    def _fold(self, worker: Worker) -> None:
        worker.fold.add(contribution_of(self.log[worker.position], PARTITION, worker.position))
        worker.position += 1

    async def _rebuild(self) -> None:
        await self.store.empty()
        await refold(self.store, published_nowhere, PARTITION, self._from_the_first())

    async def _from_the_first(self) -> AsyncIterator[Contribution]:
        for offset, one in enumerate(list(self.log)):
            yield contribution_of(one, PARTITION, offset)


TestAnyOrder = Machine.TestCase
TestAnyOrder.settings = settings(max_examples=300, stateful_step_count=60, deadline=None)
