"""The returns in force at one moment, and which of them stand for a span, table by table. Pure.

What is decided per return is decided once here, before any figure is looked at: a search reads a million figures of
thousands of returns (docs/profiles.md, "Reading"). `may` says what may be seen, `contracts.period` what stands.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, TypeVar

from contracts.figures import Table
from contracts.period import Period, cover_span
from services.gateway.subject import Subject
from services.gateway.visibility import Contribution, Visibility

Found = TypeVar("Found")
Span = tuple[Period, ...]
REMEMBERED = 100
"""Answers of one reading that are worth keeping: a page, its chart, its map and its files ask the same."""
MOST_ROWS = 100_000
"""Of all answers that are remembered, at some 300 bytes each with the names of its States."""


class InForce:
    """All of them, as they were read. Answers are kept: the next one who asks the same gets the same.

    Nothing here refers to the whole again: with the next return it is given up, and its answers must go at once. Those
    of a cycle of references would wait for the collector, which comes by seldom (runtime/process.py).
    """

    def __init__(self, returns: Iterable[Contribution]) -> None:
        self.returns = tuple(returns)
        self._standings: dict[Hashable, Standing] = {}
        self._cycles: dict[Span, frozenset[Period]] = {}
        self._answers: dict[Hashable, tuple[Any, int]] = {}
        self._rows = 0

    def answer(self, asked: Hashable) -> Any:
        """What was found, by what was asked and by whom (docs/decisions/0012-in-force.md); None if it is not kept."""
        found, _ = self._answers.get(asked, (None, 0))
        return found

    def keep(self, asked: Hashable, found: Any, rows: int) -> None:
        """Remembers an answer in the place of the oldest ones."""
        self._forget(asked)
        self._answers[asked] = (found, rows)
        self._rows += rows
        while len(self._answers) > REMEMBERED or self._rows > MOST_ROWS:
            self._forget(next(iter(self._answers)))

    def _forget(self, asked: Hashable) -> None:
        _, rows = self._answers.pop(asked, (None, 0))
        self._rows -= rows

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

    def cycles_within(self, span: Span) -> frozenset[Period]:
        """The cycles of which anybody has a return in force, within a span."""

        def found() -> frozenset[Period]:
            return frozenset(cycle for cycle in self.reporters if any(one.contains(cycle) for one in span))

        return _remembered(self._cycles, span, found)

    def standing(self, subject: Subject, dimension: str, span: Span, indicator: str | None) -> "Standing":
        """What stands for a span of what somebody may see."""

        def found() -> Standing:
            visibility = Visibility(subject, self.of(subject.participant))
            return Standing(self.within([span]), visibility, dimension, span, indicator)

        return _remembered(self._standings, (subject, dimension, span, indicator), found)


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


def _remembered(held: dict[Any, Found], key: Hashable, find: Callable[[], Found]) -> Found:
    """What is held under the key, or what is found now, held in the place of the oldest."""
    if key not in held:
        found = find()
        if len(held) >= REMEMBERED:
            del held[next(iter(held))]
        held[key] = found
    return held[key]


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
