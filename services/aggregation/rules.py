"""The fold: what a return changes in the aggregates. Values in, values out.

An aggregate is what one State's return in force for one period says under one dimension; figures over States are sums
of these. It follows from the State's newest return of that period alone, so a worker keeps of each series which order
(``Known``) stands, and a newer return replaces the aggregates of the one before. ``start``, ``add`` and ``result`` are
the three steps; ``widened`` is what follows when another worker has written the series meanwhile. Source of the order
of revisions: docs/architecture.md, "Series, revisions, judgements".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from contracts.events import JUDGEMENTS
from contracts.identity import series_id
from services.aggregation.tables import Table, Tables


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
    dimensions: tuple[str, ...] = ()
    """Sorted: those that it has figures of."""
    cells: int = 0
    answered: tuple[str, ...] = ()
    centre_only: tuple[str, ...] = ()
    withdrawn: bool = False
    partition: int = -1
    offset: int = -1
    tables: Tables = field(default_factory=dict, compare=False)
    """Its figures, while it is new; a stored one has them in its aggregates."""

    @property
    def series(self) -> str:
        return series_id(self.participant, self.cycle)

    @property
    def order(self) -> int:
        return order_of(self.revision, self.judgement)


class Known(NamedTuple):
    """What memory keeps of a series."""

    order: int
    dimensions: tuple[str, ...] = ()
    cells: int = 0
    centre_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A series that has changed since it was last written.

    ``base``: the order at which the database is believed to hold it (0: not at all); ``closed``: what is kept to the
    centre there; ``dimensions``: every one that any return from there to ``now`` has figures of.
    """

    base: int
    closed: tuple[str, ...]
    now: Contribution
    dimensions: frozenset[str]

    @property
    def closing(self) -> tuple[str, ...]:
        """Tables that other States can see now and may not see any more."""
        return tuple(table for table in self.now.centre_only if self.base and table not in self.closed)

    @property
    def places(self) -> list["Place"]:
        """The aggregates that it touches."""
        return [Place(self.now.cycle, dimension, self.now.participant) for dimension in sorted(self.dimensions)]


class Place(NamedTuple):
    """Which aggregate."""

    period: str
    dimension: str
    participant: str


class Share(NamedTuple):
    """What stands there. No cells: it had some once, and a later revision has none."""

    order: int
    revision: int
    cells: Table


Shares = dict[Place, Share]


def start(known: Known | None, new: Contribution) -> Change | None:
    """The change that ``new`` makes to what is known of its series; None where it is not newer."""
    if known is None:
        return Change(0, (), new, frozenset(new.dimensions))
    if known.order >= new.order:
        return None
    return Change(known.order, known.centre_only, new, frozenset(known.dimensions + new.dimensions))


def add(change: Change, new: Contribution) -> Change:
    """The change with one more return of the same series; the same where that is not newer.

    The dimensions are united: one that revision 4 brought and 5 took away again is written as empty at 5, so that a
    late write of 4, by a worker that slept, finds something newer.
    """
    if change.now.order >= new.order:
        return change
    return replace(change, now=new, dimensions=change.dimensions | frozenset(new.dimensions))


def result(changes: Iterable[Change]) -> Shares:
    """What the touched aggregates hold from now on, as absolute values.

    Without those of a stored return that ``widened`` has put in: they stand already, and are not known here.
    """
    shares: Shares = {}
    for change in changes:
        now = change.now
        for place in change.places:
            if place.dimension in now.tables or place.dimension not in now.dimensions:
                shares[place] = Share(now.order, now.revision, now.tables.get(place.dimension, {}))
    return shares


def widened(change: Change, stored: Contribution | None) -> Change | None:
    """What is still to be written when the database holds ``stored`` in place of the change's base.

    Another worker, or a rebuild, was there meanwhile. None: it holds this very return, nothing is left to do.
    """
    if stored is None:
        return replace(change, base=0, closed=())
    if stored.order == change.now.order:
        return None
    if stored.order > change.now.order:
        # What we wrote may stand under dimensions that the newer return does not have: they become empty at its order.
        # Those it has are told once more, since ours may have been told after them.
        return Change(stored.order, stored.centre_only, stored, change.dimensions)
    dimensions = change.dimensions | frozenset(stored.dimensions)
    return replace(change, base=stored.order, closed=stored.centre_only, dimensions=dimensions)


def known_of(contribution: Contribution) -> Known:
    """What memory keeps of a return."""
    return Known(contribution.order, contribution.dimensions, contribution.cells, contribution.centre_only)
