"""A machine over the fold: returns of several States in any order, repeated, withdrawn, by workers that lose a
partition, are killed before or between their writes, or wake up late. In the end the aggregates hold what a plain
recomputation of everything ever judged gives.
"""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from services.aggregation.fold import Fold
from services.aggregation.rules import Change, Contribution, Place, Share, known_of, result, widened
from tests.unit.aggregation.returns import Cells, Return, contribution_of, expected, found

PARTITION = 0
SERIES = (("TH", "2012"), ("TH", "2012"), ("TH", "2013-H1"), ("MY", "2012"))
FIGURES = st.lists(
    st.tuples(
        st.sampled_from(("illegal_entries", "refused_entries")),
        st.sampled_from(("citizenship", "total")),
        st.sampled_from("AB"),
        st.integers(0, 2),
    ),
    max_size=6,
    unique_by=lambda one: one[:3],
).map(tuple)


class Stored:
    """What the database does with a guarded write, in plain dictionaries."""

    def __init__(self) -> None:
        self.contributions: dict[str, Contribution] = {}
        self.aggregates: dict[Place, Share] = {}

    def write(self, change: Change) -> None:
        """The shares, each only over an older one."""
        for place, share in result([change]).items():
            if place not in self.aggregates or self.aggregates[place].order < share.order:
                self.aggregates[place] = share

    def settle(self, change: Change) -> Change | None:
        """The contribution, if the one it follows is still there; else what is still to be written."""
        stored = self.contributions.get(change.now.series)
        if (stored.order if stored else 0) == change.base:
            self.contributions[change.now.series] = replace(change.now, tables={})
            return None
        return widened(change, stored)


class Folding(RuleBasedStateMachine):
    """One partition and whoever works on it."""

    judged = Bundle("judged")

    def __init__(self) -> None:
        super().__init__()
        self.stored = Stored()
        self.log: list[Return] = []
        self.given: dict[tuple[str, str, int, int], Return] = {}
        self.committed = 0
        self.asleep: list[list[Change]] = []
        self.fold, self.position = Fold(), 0
        self.begin()

    @initialize()
    def begin(self) -> None:
        """A worker gets the partition: it loads what the database has and reads on from the last commit."""
        self.fold, self.position = Fold(), self.committed
        known = [(name, known_of(one)) for name, one in self.stored.contributions.items()]
        self.fold.load(PARTITION, known)

    @rule(
        target=judged,
        of=st.sampled_from(SERIES),
        revision=st.integers(1, 3),
        judgement=st.integers(0, 1),
        figures=st.one_of(FIGURES, FIGURES, st.none()),
    )
    def a_return_is_judged(
        self,
        of: tuple[str, str],
        revision: int,
        judgement: int,
        figures: tuple[tuple[str, str, str, int], ...] | None,
    ) -> Return:
        """The same revision and judgement is always the same return; None is a withdrawal."""
        one = self.given.setdefault((*of, revision, judgement), Return(*of, revision, figures, judgement))
        self.log.append(one)
        return one

    @rule(one=judged)
    def a_repeat_arrives(self, one: Return) -> None:
        self.log.append(one)

    @rule(most=st.integers(1, 5))
    def the_worker_folds(self, most: int) -> None:
        for one in self.log[self.position : self.position + most]:
            self.fold.add(contribution_of(one, PARTITION, self.position))
            self.position += 1

    @rule()
    def the_worker_writes(self) -> None:
        self.write_out(self.fold.take())
        self.committed = max(self.committed, self.position)

    @rule(some=st.integers(0, 3))
    def the_worker_is_killed_between_its_writes(self, some: int) -> None:
        for change in self.fold.take()[:some]:
            self.stored.write(change)
        self.begin()

    @rule()
    def the_worker_falls_asleep_before_its_write(self) -> None:
        self.asleep.append(self.fold.take())
        self.begin()

    @rule()
    def a_sleeper_wakes_and_writes(self) -> None:
        if self.asleep:
            self.write_out(self.asleep.pop(0))

    @rule()
    def the_group_reads_everything_again(self) -> None:
        self.committed = 0
        self.begin()

    def write_out(self, changes: list[Change]) -> None:
        while changes:
            for change in changes:
                self.stored.write(change)
            left = [self.stored.settle(change) for change in changes]
            changes = [change for change in left if change is not None]

    @invariant()
    def memory_counts_what_it_holds(self) -> None:
        seen = self.log[: self.position]
        newest = expected([*seen])
        assert self.fold.cells >= 0
        if self.committed == 0 and not self.stored.contributions:
            assert self.fold.cells == len(newest)

    def teardown(self) -> None:
        """All that sleep wake, all that waits is folded and written; then everything is counted anew."""
        for changes in self.asleep:
            self.write_out(changes)
        self.the_worker_folds(len(self.log))
        self.the_worker_writes()
        wanted: Cells = expected(self.log)
        assert found(self.stored.aggregates.items()) == wanted


TestFolding = Folding.TestCase
