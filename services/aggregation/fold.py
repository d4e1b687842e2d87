"""The memory of one worker: the series of its partitions, and what changed since the last write. A cache, no truth.

Pure as ``rules``: it opens nothing and waits for nothing, so a measurement can drive it alone.
"""

from collections.abc import Iterable

from services.aggregation.rules import Change, Contribution, Known, add, known_of, start


class Fold:
    """Series by partition, so that a partition that goes to another worker is dropped in one step."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, Known]] = {}
        self._changes: dict[int, dict[str, Change]] = {}
        self.cells = 0
        """How many figures memory holds."""

    @property
    def changed(self) -> int:
        """How many series wait to be written."""
        return sum(map(len, self._changes.values()))

    def load(self, partition: int, series: Iterable[tuple[str, Known]]) -> None:
        """Begin a partition with what the database holds of it; what was known before is forgotten."""
        self.drop({partition})
        known = self._known[partition] = dict(series)
        self._changes[partition] = {}
        self.cells += sum(one.cells for one in known.values())

    def loaded(self, partition: int) -> bool:
        return partition in self._known

    def add(self, new: Contribution) -> int | None:
        """Take in a return; gives how many figures it has, or None where it is not the newest of its series.

        KeyError for a partition that is not loaded.
        """
        series = new.series
        known, changes = self._known[new.partition], self._changes[new.partition]
        before, waiting = known.get(series), changes.get(series)
        if before is not None and before.order >= new.order:
            return None
        change = start(before, new) if waiting is None else add(waiting, new)
        if change is None:
            return None
        changes[series] = change
        after = known[series] = known_of(new)
        self.cells += after.cells - (before.cells if before else 0)
        return after.cells

    def take(self) -> list[Change]:
        """What changed since the last call. Later returns of these series build on what is taken here."""
        taken = [change for changes in self._changes.values() for change in changes.values()]
        for changes in self._changes.values():
            changes.clear()
        return taken

    def drop(self, partitions: set[int]) -> None:
        """Forget partitions, and what waits of them: their next owner gets the same messages again."""
        for partition in partitions:
            known = self._known.pop(partition, {})
            self._changes.pop(partition, None)
            self.cells -= sum(one.cells for one in known.values())
