"""The fold: what a return changes in the aggregates. Values in, values out.

An aggregate is the figures of one period, dimension and member, State by State. What a State puts into it follows
from its newest return of that period alone, so a worker keeps that return (``Known``), and for a newer one compares
cell by cell. ``start``, ``add`` and ``result`` are the three steps; ``widened`` is what follows when another worker
has written the series meanwhile. Source of the order of revisions: docs/architecture.md, "Series, revisions,
judgements".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from contracts.events import JUDGEMENTS
from contracts.identity import series_id
from services.aggregation.packing import Tables, pack, unpack

NONE: Mapping[str, int] = {}
Touched = dict[str, set[str]]
"""Dimension to the members whose cells have changed since the series was last written, even if they changed back."""


def order_of(revision: int, judgement: int) -> int:
    """(revision, judgement) as one number, so that a guard is one comparison: the higher is the newer.

    0 is older than everything.
    """
    return revision * JUDGEMENTS + judgement


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one State's return of one cycle puts into the aggregates; a withdrawal puts nothing."""

    participant: str
    cycle: str
    revision: int
    judgement: int
    tables: Tables
    answered: tuple[str, ...] = ()
    centre_only: tuple[str, ...] = ()
    withdrawn: bool = False
    partition: int = -1
    offset: int = -1

    @property
    def series(self) -> str:
        return series_id(self.participant, self.cycle)

    @property
    def order(self) -> int:
        return order_of(self.revision, self.judgement)


@dataclass(frozen=True, slots=True)
class Known:
    """What memory keeps of a series."""

    order: int
    packed: bytes
    cells: int
    centre_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A series that has changed since it was last written.

    ``base``: the order at which the database is believed to hold it (0: not at all); ``closed``: what is kept to the
    centre there; ``touched``: every cell that any step from there to ``now`` has changed.
    """

    base: int
    closed: tuple[str, ...]
    now: Contribution
    touched: Touched

    @property
    def closing(self) -> tuple[str, ...]:
        """Tables that other States can see now and may not see any more."""
        return tuple(table for table in self.now.centre_only if self.base and table not in self.closed)


class Share(NamedTuple):
    """One State's part of an aggregate. No cells: it had some once, and a later revision has none."""

    order: int
    revision: int
    cells: dict[str, int]


class Place(NamedTuple):
    """Which aggregate."""

    period: str
    dimension: str
    member: str


Shares = dict[Place, dict[str, Share]]
"""Aggregate to participant to share."""


def stamp(by: Mapping[str, Share]) -> int:
    """Another number after each write to the aggregate of these shares: orders only grow."""
    return sum(share.order for share in by.values())


def start(known: Known | None, new: Contribution) -> Change | None:
    """The change that ``new`` makes to what is known of its series; None where it is not newer."""
    if known is None:
        return Change(0, (), new, touched_between({}, new.tables))
    if known.order >= new.order:
        return None
    return Change(known.order, known.centre_only, new, touched_between(unpack(known.packed), new.tables))


def add(change: Change, new: Contribution) -> Change:
    """The change with one more return of the same series; the same where that is not newer.

    The touched cells are united: a cell that revision 4 brought and 5 took away again is written as empty at 5, so
    that a late write of 4, by a worker that slept, finds something newer.
    """
    if change.now.order >= new.order:
        return change
    touched = united(change.touched, touched_between(change.now.tables, new.tables))
    return replace(change, now=new, touched=touched)


def result(changes: Iterable[Change]) -> Shares:
    """What the touched aggregates hold from now on, as absolute values."""
    shares: Shares = {}
    for change in changes:
        now = change.now
        cells: dict[tuple[str, str], dict[str, int]] = {}
        for table, values in now.tables.items():
            indicator, _, dimension = table.partition("|")
            for member in change.touched.get(dimension, set()) & values.keys():
                cells.setdefault((dimension, member), {})[indicator] = values[member]
        for dimension, members in change.touched.items():
            for member in members:
                by = shares.setdefault(Place(now.cycle, dimension, member), {})
                other = by.get(now.participant)
                if other is None or other.order < now.order:
                    by[now.participant] = Share(now.order, now.revision, cells.get((dimension, member), {}))
    return shares


def widened(change: Change, stored: Contribution | None) -> Change | None:
    """What is still to be written when the database holds ``stored`` in place of the change's base.

    Another worker, or a rebuild, was there meanwhile. None: it holds this very return, nothing is left to do.
    """
    if stored is None:
        everything = touched_between({}, change.now.tables)
        return replace(change, base=0, closed=(), touched=united(change.touched, everything))
    if stored.order == change.now.order:
        return None
    if stored.order > change.now.order:
        # What we wrote may stand in cells that the newer return does not have: bring them up to it.
        return Change(stored.order, stored.centre_only, stored, change.touched)
    differing = touched_between(stored.tables, change.now.tables)
    return replace(change, base=stored.order, closed=stored.centre_only, touched=united(change.touched, differing))


def known_of(contribution: Contribution) -> Known:
    """What memory keeps of a return."""
    tables = contribution.tables
    return Known(contribution.order, pack(tables), sum(map(len, tables.values())), contribution.centre_only)


def touched_between(old: Tables, new: Tables) -> Touched:
    """The members, by dimension, of which some cell differs between two returns."""
    touched: Touched = {}
    for table in old.keys() | new.keys():
        before, after = old.get(table, NONE), new.get(table, NONE)
        if before != after:
            members = {member for member, _ in before.items() ^ after.items()} if before else set(after)
            touched.setdefault(table.partition("|")[2], set()).update(members)
    return touched


def united(some: Touched, others: Touched) -> Touched:
    """The cells of either."""
    dimensions = some.keys() | others.keys()
    return {dimension: some.get(dimension, set()) | others.get(dimension, set()) for dimension in dimensions}
