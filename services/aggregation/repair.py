"""What a rebuild has to put right: what is stored against what the topic's messages say. Values in, values out.

A rebuild takes nothing away that is right, so that readers miss no figure and workers lose no base meanwhile. A stored
aggregate that is another than it should be is replaced only while it still is the very one that was seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from contracts.identity import series_id
from runtime.mongo import DeleteOne, Document, ReplaceOne
from services.aggregation.documents import aggregate, place_id
from services.aggregation.rules import Change, Contribution, Place, Share, Shares


@dataclass(frozen=True, slots=True)
class Damaged:
    """A stored contribution that cannot be read; ``order`` as it stands there, which may be anything or nothing."""

    series: str
    order: object


@dataclass(frozen=True, slots=True)
class Repair:
    """Put ``wanted`` in the place of ``seen``, a document that may hold anything; None: nothing belongs there."""

    seen: Document
    place: Place | None
    wanted: Share | None

    @property
    def series(self) -> str:
        """Empty for a document whose name is that of no aggregate."""
        return series_id(self.place.participant, self.place.period) if self.place else ""

    @property
    def order(self) -> int | None:
        """That of what was seen; None where it is damaged."""
        order = self.seen.get("order")
        return order if isinstance(order, int) and isinstance(self.seen.get("cells"), dict) else None

    def operation(self) -> "ReplaceOne[Document] | DeleteOne":
        seen = {name: {"$eq": value} for name, value in self.seen.items()}
        if self.wanted is None or self.place is None:
            return DeleteOne(seen)
        return ReplaceOne(seen, aggregate(self.place, self.wanted))


class Comparison:
    """Stored aggregates are seen one by one; what is left of the wanted ones in the end is missing."""

    def __init__(self, wanted: Shares) -> None:
        self._left = {place_id(place): place for place in wanted}
        self._wanted = wanted
        self.repairs: list[Repair] = []

    def see(self, seen: Document) -> None:
        name = str(seen["_id"])
        place = self._left.pop(name, None)
        wanted = self._wanted[place] if place else None
        if place is None or wanted is None or seen != aggregate(place, wanted):
            self.repairs.append(Repair(seen, place or _place(name), wanted))

    def missing(self, but: set[str]) -> Shares:
        """Wanted and not seen, save of the series ``but``."""
        left = self._left.values()
        return {one: self._wanted[one] for one in left if series_id(one.participant, one.period) not in but}


def _place(name: str) -> Place | None:
    parts = name.split("|")
    return Place(*parts) if len(parts) == len(Place._fields) else None


def decided(repairs: Iterable[Repair], later: Mapping[str, Contribution]) -> list[Repair]:
    """The repairs to be made, knowing the returns that were judged while we compared (``later``, by series).

    An aggregate beyond what we had folded is right if it comes from one of these. If not, no worker wrote it: what a
    worker writes stands in the topic before, and ``later`` was read after the aggregate was seen.
    """
    made: list[Repair] = []
    for one in repairs:
        new = later.get(one.series)
        if one.order is None or new is None or (one.wanted is not None and one.order <= one.wanted.order):
            made.append(one)
        elif one.place and one.order > new.order:
            cells = new.tables.get(one.place.dimension, {})
            made.append(replace(one, wanted=Share(new.order, new.revision, cells)))
    return made


def unfounded(stored: Iterable[Contribution], newest: Mapping[str, int]) -> list[Contribution]:
    """Stored contributions that no message brought: newer than the newest of their series in the topic."""
    return [one for one in stored if one.order > newest.get(one.series, 0)]


def untold(stands: Iterable[Contribution | Damaged | Repair], newest: Mapping[str, int]) -> list[str]:
    """The series, sorted, of which something stands that is newer than the newest of them in the topic.

    What is damaged so that it has no order is of some return at least. What has the name of no series is of none.
    """
    return sorted({one.series for one in stands if one.series and _at_least(one.order) > newest.get(one.series, 0)})


def _at_least(order: object) -> int:
    return order if isinstance(order, int) else 1


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
    """Save the offset: what was sent twice stands at the one or the other."""
    return replace(one, offset=other.offset) == other
