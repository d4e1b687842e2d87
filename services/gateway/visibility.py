"""What a return in force answers, and who may see which of its tables. Pure: `may` decides, seldom asked."""

import sys
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from contracts.figures import Table
from contracts.period import Period
from services.gateway.rules import Target, may
from services.gateway.subject import Subject


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one State's return in force for one cycle answers, and which tables of it are the centre's alone."""

    participant: str
    cycle: Period
    answered: frozenset[Table] = frozenset()
    centre_only: frozenset[Table] = frozenset()
    revision: int = 0
    order: int = 0
    """Grows with every revision and judgement."""


def contribution(one: dict[str, Any]) -> Contribution | None:
    """A return in force, from aggregation's document; a withdrawn one is none."""
    if one.get("withdrawn"):
        return None
    return Contribution(
        sys.intern(one["participant"]),
        _period(one["cycle"]),
        _tables(tuple(one.get("answered", ()))),
        _tables(tuple(one.get("centre_only", ()))),
        one["revision"],
        one.get("order", 0),
    )


def contributions(documents: Iterable[dict[str, Any]]) -> list[Contribution]:
    """All of them."""
    return [found for one in documents if (found := contribution(one)) is not None]


class Visibility:
    """What ``subject`` may see, table by table. Its own return of a cycle opens the others' of that very cycle."""

    def __init__(self, subject: Subject, opened: Set[Period]) -> None:
        """``opened``: the cycles of which its own return is in force."""
        self._opened = opened

        @cache
        def allowed(owner: str, centre_only: bool, door_open: bool) -> bool:
            return may(subject, "see_table", Target(owner=owner, centre_only=centre_only, door_open=door_open))

        self._allowed = allowed

    def sees(self, one: Contribution, table: Table) -> bool:
        """Whether this table of a return, were it answered, may be seen."""
        return self._allowed(one.participant, table in one.centre_only, one.cycle in self._opened)

    def among(self, one: Contribution, tables: frozenset[Table]) -> frozenset[Table]:
        """Those of ``tables`` that may be seen: each is one that its owner keeps to the centre, or is not."""
        door = one.cycle in self._opened
        shown, kept = (self._allowed(one.participant, centre_only, door) for centre_only in (False, True))
        if shown and kept:
            return tables
        if shown:
            return tables - one.centre_only if one.centre_only else tables
        return tables & one.centre_only if kept else frozenset()


_period = cache(Period.parse)


@lru_cache(maxsize=10_000)
def _tables(texts: tuple[str, ...]) -> frozenset[Table]:
    """As ``indicator|dimension``. One and the same set for the same texts: most returns answer the same tables."""
    return frozenset(Table(indicator, dimension) for indicator, _, dimension in (text.partition("|") for text in texts))
