"""A group of workers over one partition, in an order that a random number decides: they follow the log, lose the
partition, sleep and go on, die between two documents; rebuilds replace what stands otherwise, also after damage.

How often each thing happens is drawn per run, so that some runs have many sleepers and no rebuild, which would repair
what went wrong before it, and others the reverse.
"""

import random
from collections.abc import AsyncIterator, Callable, Iterable

from contracts.events import JUDGEMENTS
from runtime.outcome import NotNow
from services.aggregation.flush import Publish, flush
from services.aggregation.fold import Fold
from services.aggregation.rebuild import remake
from services.aggregation.rules import Change, Contribution, Place, Share
from tests.unit.aggregation.returns import Cells, Return, contribution_of, expected, found
from tests.unit.aggregation.stepped import SteppedStore, Task, turn

PARTITION = 0
DIMENSIONS, INDICATORS, MEMBERS = ("citizenship", "mode", "route"), ("illegal_entries", "refused_entries"), "AB"


class Worker:
    """A worker as services.aggregation.worker is one, without its tasks: the simulation decides what happens when."""

    def __init__(self, store: SteppedStore, publish: Publish, position: int) -> None:
        self._store, self._publish = store, publish
        self._fold = Fold()
        self.position = self.flushed_to = position
        self._loading: Task | None = Task(lambda: store.load(PARTITION))
        self.flushing: Task | None = None

    def step(self, log: list[Return], flush_now: bool = True) -> int | None:
        """Do the next thing; gives the position to acknowledge, when a write has ended."""
        if self._loading is not None:
            self._loading.step()
            if self._loading.done:
                self._fold.load(PARTITION, self._loading.result)  # type: ignore[arg-type]
                self._loading = None
        elif self.flushing is not None:
            return self.step_flush()
        elif self.position < len(log) and not (flush_now and self.flushed_to < self.position):
            self.fold(log)
        elif self.flushed_to < self.position:
            self.flushed_to = self.position
            changes = self._fold.take()
            self.flushing = Task(lambda: self._flush(changes))
        return None

    async def _flush(self, changes: list[Change]) -> None:
        """As often as it takes, as the worker does it."""
        while True:
            try:
                await flush(self._store, self._publish, changes)
            except NotNow:
                await turn()
            else:
                return

    def fold(self, log: list[Return]) -> None:
        self._fold.add(contribution_of(log[self.position], PARTITION, self.position))
        self.position += 1

    def step_flush(self) -> int | None:
        assert self.flushing is not None
        self.flushing.step()
        if not self.flushing.done:
            return None
        self.flushing = None
        return self.flushed_to

    @property
    def loaded(self) -> bool:
        return self._loading is None


class Simulation:
    """One run. Everything follows from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.store = SteppedStore()
        self.log: list[Return] = []
        self.told: dict[Place, Share] = {}
        """The last that was published of each aggregate."""
        self.told_for_certain = True
        """Not where figures were damaged, or where a sleeper or a rebuild ended at any point: what such a one said last
        may be old, and nobody does again what others have settled meanwhile."""
        self._given: dict[tuple[int, int], Return] = {}
        self._committed = 0
        self._owner = Worker(self.store, self._publish, 0)
        self._sleepers: list[Worker] = []
        self._rebuilding: Task | None = None
        self._rebuild_owed = False
        self._damaged = False
        actions: list[tuple[Callable[[], None], tuple[float, ...]]] = [
            (self.a_return_is_judged, (10,)),
            (self.the_owner_goes_on, (30,)),
            (self.the_owner_folds_while_it_writes, (0, 5)),
            (self.the_owner_is_replaced_in_its_sleep, (0, 1, 4)),
            (self.the_owner_is_killed, (0, 1, 4)),
            (self.a_sleeper_goes_on, (2, 20)),
            (self.a_sleeper_is_killed, (0, 1)),
            (self.the_group_reads_everything_again, (0, 0, 1)),
            (self.a_rebuild_begins, (0, 0, 1, 2)),
            (self.the_rebuild_goes_on, (2, 20)),
            (self.the_rebuild_is_killed, (0, 0, 1)),
            (self.something_is_damaged, (0, 0, 0, 0.3)),
        ]
        self._actions = [action for action, _ in actions]
        self._weights = [self.random.choice(weights) for _, weights in actions]
        self._flush_now = self.random.random() < 0.5

    def run(self, steps: int) -> None:
        """Let things happen; then let all who live finish, in any order."""
        for action in self.random.choices(self._actions, self._weights, k=steps):
            action()
        self._finish()

    def wanted(self) -> Cells:
        return expected(self.log)

    def stored(self) -> Cells:
        return found(self.store.aggregates.items())

    async def _publish(self, aggregates: Iterable[tuple[Place, Share]]) -> None:
        for place, share in sorted(aggregates):
            await turn()
            self.told[place] = share
        await turn()

    def a_return_is_judged(self) -> None:
        """The same (revision, judgement) is always the same return, and may come again, late or early."""
        at = (self.random.randint(1, 6), self.random.choice((0, 0, 1)))
        self.log.append(self._given.setdefault(at, self._return(*at)))

    def _return(self, revision: int, judgement: int) -> Return:
        if self.random.random() < 0.2:
            return Return("TH", "2013-H1", revision, None, judgement)
        figures = tuple(
            (indicator, dimension, member, self.random.randint(0, 2))
            for dimension in DIMENSIONS
            if self.random.random() < 0.5
            for indicator in INDICATORS
            for member in MEMBERS
            if self.random.random() < 0.4
        )
        return Return("TH", "2013-H1", revision, figures, judgement)

    def the_owner_goes_on(self) -> None:
        done = self._owner.step(self.log, self._flush_now)
        if done is not None:
            self._committed = max(self._committed, done)

    def the_owner_folds_while_it_writes(self) -> None:
        if self._owner.loaded and self._owner.position < len(self.log):
            self._owner.fold(self.log)

    def the_owner_is_replaced_in_its_sleep(self) -> None:
        self._sleepers.append(self._owner)
        self._owner = Worker(self.store, self._publish, self._committed)

    def the_owner_is_killed(self) -> None:
        self._owner = Worker(self.store, self._publish, self._committed)

    def the_group_reads_everything_again(self) -> None:
        self._committed = 0
        self._owner = Worker(self.store, self._publish, 0)

    def a_sleeper_goes_on(self) -> None:
        # It learns only later that the partition has another owner, and may even fold and write more.
        if self._sleepers:
            self.random.choice(self._sleepers).step(self.log, self._flush_now)

    def a_sleeper_is_killed(self) -> None:
        if self._sleepers:
            self._sleepers.remove(self.random.choice(self._sleepers))
            self.told_for_certain = False

    def a_rebuild_begins(self) -> None:
        if self._rebuilding is None:
            self._rebuilding, self._rebuild_owed = Task(self._rebuild), True

    def the_rebuild_goes_on(self) -> None:
        if self._rebuilding is not None:
            self._rebuilding.step()
            if self._rebuilding.done:
                self._rebuilding, self._rebuild_owed = None, False

    def the_rebuild_is_killed(self) -> None:
        if self._rebuilding is not None:
            self._rebuilding.kill()
            self._rebuilding, self.told_for_certain = None, False

    def _finish(self) -> None:
        # A rebuild that was interrupted is to be run again: that is all an operator has to know.
        if self._rebuild_owed and self._rebuilding is None:
            self._rebuilding = Task(self._rebuild)
        while True:
            may: list[Callable[[], object]] = [one.step_flush for one in self._sleepers if one.flushing is not None]
            if not self._at_rest():
                may.append(self.the_owner_goes_on)
            if self._rebuilding is not None:
                may.append(self.the_rebuild_goes_on)
            if not may:
                return
            self.random.choice(may)()

    def _at_rest(self) -> bool:
        owner = self._owner
        return owner.loaded and owner.flushing is None and owner.position == len(self.log) == owner.flushed_to

    async def _rebuild(self) -> None:
        read = 0

        async def read_on() -> AsyncIterator[Contribution]:
            nonlocal read
            await turn()
            end = len(self.log)
            while read < end:
                read += 1
                yield contribution_of(self.log[read - 1], PARTITION, read - 1)

        # Without damage no rebuild is ever to be refused, whatever the workers do meanwhile.
        await remake(self.store, self._publish, read_on, force=self._damaged)

    def something_is_damaged(self) -> None:
        """As by hand or a failing disk: a share is lost, has another value, or an order that no guard replaces."""
        self._rebuild_owed, self._damaged, self.told_for_certain = True, True, False
        if self._rebuilding is not None:
            self.the_rebuild_is_killed()
        places = sorted(self.store.aggregates)
        how = self.random.randrange(4)
        if how == 0 or not places:
            garbage = Share(9_000_000_000, 9_000, {"illegal_entries": {"A": 9}})
            self.store.aggregates[Place("2013-H1", "mode", "TH")] = garbage
            self.store.aggregates[Place("1999", "citizenship", "FJ")] = garbage
            return
        place = self.random.choice(places)
        if how == 1:
            del self.store.aggregates[place]
        else:
            order = self.store.aggregates[place].order if how == 2 else 9_000_000_000
            self.store.aggregates[place] = Share(order, order // JUDGEMENTS, {"illegal_entries": {"A": 9}})
