"""Figures as they were read, cycle by cycle, and held while no return of that cycle changes.

Decoding a million figures is most of a search (docs/profiles.md, "Reading"), and all but the last cycles are past.
"""

import sys
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from contracts.figures import members_of

MOST_HELD = 1_000_000
"""Figures, at some 80 bytes each."""
OWN_WEIGHT = 100
"""What a cycle that is held weighs without a figure: who its returns are of is some kilobytes."""
HELD_SECONDS = 300.0
"""A repair of figures changes no return: it is seen after twice so long (docs/guides/operations.md). What is taken from
here when it is nearly as old as that may be kept as an answer (``InForce``) for as long again."""


class Place(NamedTuple):
    """What was read: of one cycle and dimension, of one indicator where one was asked for.

    All members of them, always: whoever asks names a member, and could name as many as there are words.
    """

    cycle: str
    dimension: str
    indicator: str | None


class Counted:
    """The figures of one cycle that count under its returns in force, added aggregate by aggregate."""

    def __init__(self, revisions: Mapping[str, int]) -> None:
        """``revisions``: of the returns in force, by participant."""
        self._revisions = revisions
        self.cells: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        """By indicator, member and participant."""
        self.size = 0
        self.behind = False
        """Whether some are of later returns: whoever reads the returns anew gets these figures too."""

    def add(self, document: Mapping[str, Any]) -> None:
        """An aggregate of the cycle, once."""
        participant, cells = sys.intern(document["participant"]), document.get("cells", {})
        revision = self._revisions.get(participant, 0)
        if document["revision"] > revision:
            # What may be seen was read before the figures were. A revision that came between the two may have closed
            # a table, and its contribution, written last, is what says so: until that is read its figures are
            # nobody's. Older ones can only be figures that stood when the contribution was read.
            self.behind = self.behind or revision > 0 or bool(cells)
            return
        for indicator, fields in cells.items():
            members = self.cells[indicator]
            for member, value in members_of(fields).items():
                members[member][participant] = value
            self.size += len(fields)


class Shelf:
    """What was read lately, up to the weight of ``most`` figures; each place with the version of the returns that it
    counts under."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most, self._size = most, 0
        self._held: dict[Place, tuple[object, float, Counted]] = {}

    def get(self, place: Place, version: object, now: float) -> Counted | None:
        """The figures, if they were read under this version, and lately. ``now``: seconds that only grow."""
        there, at, counted = self._held.get(place, (None, now, None))
        return counted if there == version and now - at < HELD_SECONDS else None

    def put(self, place: Place, version: object, now: float, counted: Counted) -> None:
        """Holds them. Drops what is too old, and what was put here first where it becomes too much."""
        self._drop(place)
        self._held[place] = (version, now, counted)
        self._size += _weight(counted)
        # They stand in the order in which they were put here.
        while (first := next(iter(self._held), None)) and (self._size > self._most or self._is_old(first, now)):
            self._drop(first)

    def _is_old(self, place: Place, now: float) -> bool:
        return now - self._held[place][1] >= HELD_SECONDS

    def _drop(self, place: Place) -> None:
        if (there := self._held.pop(place, None)) is not None:
            self._size -= _weight(there[2])


def _weight(counted: Counted) -> int:
    return counted.size + OWN_WEIGHT
