"""What a rebuild has to put right: what is stored against what the topic's messages say. Values in, values out.

A rebuild takes nothing away that is right, so that readers miss no figure and workers lose no base meanwhile. A stored
share that is another than it should be is replaced only while it still is the very one that was seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.events import JUDGEMENTS
from contracts.identity import series_id
from services.aggregation.rules import Change, Contribution, Place, Share, Shares

Seen = Any
"""A stored share as it stands there; after damage it may be anything."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Put ``wanted`` in the place of ``seen``; None: nothing belongs there."""

    place: Place
    participant: str
    seen: Seen
    wanted: Share | None

    @property
    def series(self) -> str:
        return series_id(self.participant, self.place.period)


class Comparison:
    """Stored shares are seen one by one; what is left of the wanted ones in the end is missing."""

    def __init__(self, wanted: Shares) -> None:
        self._left: Shares = {place: dict(by) for place, by in wanted.items()}
        self.repairs: list[Repair] = []

    def see(self, place: Place, participant: str, seen: Seen) -> None:
        wanted = self._left.get(place, {}).pop(participant, None)
        if not stands(seen, wanted):
            self.repairs.append(Repair(place, participant, seen, wanted))

    def missing(self, but: set[str]) -> Shares:
        """Wanted and not seen, save of the series ``but``."""
        missing: Shares = {}
        for place, by in self._left.items():
            for participant, share in by.items():
                if series_id(participant, place.period) not in but:
                    missing.setdefault(place, {})[participant] = share
        return missing


def stands(seen: Seen, wanted: Share | None) -> bool:
    """Whether a stored share may stay. A lower order than the wanted one is right where no cell has changed since."""
    share = share_of(seen)
    if share is None or wanted is None:
        return False
    return share.order <= wanted.order and share.cells == wanted.cells


def share_of(seen: Seen) -> Share | None:
    """A stored share; None where it is damaged."""
    if not isinstance(seen, dict) or seen.keys() != {"order", "revision", "cells"}:
        return None
    order, revision, cells = seen["order"], seen["revision"], seen["cells"]
    if not isinstance(order, int) or not isinstance(cells, dict) or revision != order // JUDGEMENTS:
        return None
    return Share(int(order), int(revision), cells)


def decided(repairs: Iterable[Repair], later: Mapping[str, Contribution]) -> list[Repair]:
    """The repairs to be made, knowing the returns that were judged while we compared (``later``, by series).

    A share beyond what we had folded is right if it comes from one of these. If not, no worker wrote it: what a worker
    writes stands in the topic before, and ``later`` was read after the share was seen.
    """
    made: list[Repair] = []
    for one in repairs:
        share, new = share_of(one.seen), later.get(one.series)
        if share is None or new is None or (one.wanted is not None and share.order <= one.wanted.order):
            made.append(one)
        elif share.order > new.order:
            made.append(replace(one, wanted=share_in(new, one.place)))
    return made


def share_in(contribution: Contribution, place: Place) -> Share:
    """What a return puts into one aggregate."""
    cells = {
        table.partition("|")[0]: values[place.member]
        for table, values in contribution.tables.items()
        if table.partition("|")[2] == place.dimension and place.member in values
    }
    return Share(contribution.order, contribution.revision, cells)


def unfounded(stored: Iterable[Contribution], newest: Mapping[str, int]) -> list[Contribution]:
    """Stored contributions that no message brought: newer than the newest of their series in the topic."""
    return [one for one in stored if one.order > newest[one.series]]


def outstanding(stored: Mapping[str, Contribution], changes: Iterable[Change]) -> list[Change]:
    """The changes that bring the stored contributions to what was folded; none for those that are there or beyond."""
    found = []
    for change in changes:
        one = stored.get(change.now.series)
        if one is None:
            found.append(change)
        elif one.order < change.now.order or (one.order == change.now.order and not _same(one, change.now)):
            found.append(replace(change, base=one.order, closed=one.centre_only))
    return found


def _same(one: Contribution, other: Contribution) -> bool:
    return (one.tables, one.answered, one.centre_only, one.withdrawn, one.partition) == (
        other.tables,
        other.answered,
        other.centre_only,
        other.withdrawn,
        other.partition,
    )
