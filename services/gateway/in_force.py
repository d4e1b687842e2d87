"""The returns in force at one moment, and which of them stand for a span, table by table. Pure.

What is decided per return is decided once here, before any figure is looked at: a search reads a million figures of
thousands of returns (docs/profiles.md, "Reading"). `may` says what may be seen, `contracts.period` what stands.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from contracts.figures import Table
from contracts.period import Period, cover_span
from services.gateway.subject import Subject
from services.gateway.visibility import Contribution, Visibility

Span = tuple[Period, ...]
REMEMBERED = 100
"""Answers of one reading that are worth keeping: a page, its chart, its map and its files ask the same."""


class InForce:
    """All of them, as they were read. Answers are kept: the next one who asks the same gets the same."""

    def __init__(self, returns: Iterable[Contribution]) -> None:
        self.returns = tuple(returns)
        self.standing = lru_cache(REMEMBERED)(self._standing)
        self.cycles_within = lru_cache(REMEMBERED)(self._cycles_within)
        self.answers: dict[Hashable, Any] = {}
        """What was found, by what was asked and by whom (docs/decisions/0012-in-force.md)."""

    def keep(self, asked: Hashable, found: Any) -> None:
        """Remembers an answer in the place of the oldest one."""
        if len(self.answers) >= REMEMBERED:
            del self.answers[next(iter(self.answers))]
        self.answers[asked] = found

    @cached_property
    def reporters(self) -> Mapping[Period, frozenset[str]]:
        """Who has a return in force, by cycle."""
        found: dict[Period, set[str]] = defaultdict(set)
        for one in self.returns:
            found[one.cycle].add(one.participant)
        return {cycle: frozenset(codes) for cycle, codes in found.items()}

    @cached_property
    def versions(self) -> Mapping[str, frozenset[tuple[str, int, int]]]:
        """Participant, revision and order of every return of a cycle. A contribution is written after its figures:
        those that count under these returns are the same until the version is another one."""
        found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for one in self.returns:
            found[str(one.cycle)].append((one.participant, one.revision, one.order))
        return {cycle: frozenset(held) for cycle, held in found.items()}

    def of(self, participant: str | None) -> frozenset[Period]:
        """The cycles of which a participant has a return in force."""
        return frozenset(cycle for cycle, codes in self.reporters.items() if participant in codes)

    def within(self, spans: Iterable[Span]) -> list[Contribution]:
        """The returns for cycles within the spans."""
        wanted = {cycle for span in spans for cycle in self.cycles_within(span)}
        return [one for one in self.returns if one.cycle in wanted]

    def _cycles_within(self, span: Span) -> frozenset[Period]:
        return frozenset(cycle for cycle in self.reporters if any(one.contains(cycle) for one in span))

    def _standing(self, subject: Subject, dimension: str, span: Span, indicator: str | None) -> "Standing":
        visibility = Visibility(subject, self.of(subject.participant))
        return Standing(self.within([span]), visibility, dimension, span, indicator)


class Standing:
    """What the returns say about the tables of a dimension in a span; of one ``indicator`` where one is asked for."""

    def __init__(
        self, returns: Iterable[Contribution], sees: Visibility, dimension: str, span: Span, indicator: str | None
    ) -> None:
        self.by_cycle: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        """By cycle and indicator: the participants whose figures count."""
        self.complete: dict[str, frozenset[str]] = {}
        """By participant: the indicators for which its returns cover the whole span."""

        @cache
        def covered(cycles: frozenset[Period]) -> tuple[frozenset[Period], bool]:
            found = cover_span(span, cycles)
            return frozenset(found.chosen), found.complete

        @cache
        def asked(answered: frozenset[Table]) -> frozenset[Table]:
            return frozenset(
                one for one in answered if one.dimension == dimension and indicator in (None, one.indicator)
            )

        held: dict[str, list[tuple[Contribution, frozenset[Table]]]] = defaultdict(list)
        for one in returns:
            held[one.participant].append((one, sees.among(one, asked(one.answered))))
        for participant, seen in held.items():
            covers = {table: covered(cycles) for table, cycles in _cycles_by_table(seen).items()}
            filled = (table.indicator for table, (_, complete) in covers.items() if complete)
            self.complete[participant] = frozenset(filled)
            for one, tables in seen:
                for table in tables:
                    if one.cycle in covers[table][0]:
                        self.by_cycle[str(one.cycle)][table.indicator].add(participant)


def _cycles_by_table(seen: Sequence[tuple[Contribution, frozenset[Table]]]) -> dict[Table, frozenset[Period]]:
    """The cycles of which a State answers each table. Tables that it always answers together share one set of them,
    so that the cover of that set is chosen once."""
    cycles: dict[frozenset[Table], set[Period]] = defaultdict(set)
    for one, tables in seen:
        cycles[tables].add(one.cycle)
    together = [(tables, frozenset(found)) for tables, found in cycles.items()]
    found: dict[Table, frozenset[Period]] = {}
    for tables, those in together:
        for table in tables:
            found[table] = found[table] | those if table in found else those
    return found
