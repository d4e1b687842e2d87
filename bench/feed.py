"""The work: revisions of returns in the order in which they arrive, the same for the same seed.

Of a hundred messages five are sent twice, the second time later, so also after a newer revision; twenty replace an
earlier revision, one of those by a withdrawal. Cycle follows cycle; what replaces comes up to 150 messages later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Protocol

from bench.reports import drawn, revised
from contracts.geography import countries

Json = dict[str, Any]
LONG = 2_000
"""Messages of the long feed: more than three million figures."""
SMALLEST, LARGEST = 300, 3_000
REPLACED, REPEATED, WITHDRAWN = 0.20, 0.05, 0.05
LATER = 150


@dataclass(frozen=True, order=True)
class Sent:
    """A message: which revision of which series. Its content follows from ``Feed``."""

    participant: str
    cycle: str
    revision: int
    withdrawn: bool = False


class Work(Protocol):
    """Messages to be worked off, and what each brings."""

    @property
    def name(self) -> str:
        """Of the files that hold it."""

    @property
    def order(self) -> tuple[Sent, ...]:
        """The messages in the order of their arrival."""

    def report(self, sent: Sent) -> Json:
        """The return that a message brings. KeyError for a withdrawal."""


class Feed:
    """So many messages from a seed, of so many participants."""

    def __init__(self, seed: int, messages: int = LONG, participants: int = 100) -> None:
        self.seed, self.messages = seed, messages
        self.name = f"seed{seed}-{messages}x{participants}"
        self.participants = reporters(participants)
        self.order = tuple(self._arrivals())

    def report(self, sent: Sent) -> Json:
        """The return that a message brings. KeyError for a withdrawal."""
        if sent.withdrawn:
            raise KeyError(sent)
        return _report(self.seed, sent.participant, sent.cycle, sent.revision)

    def _arrivals(self) -> Iterator[Sent]:
        draw = Random(self.seed)
        repeats = round(self.messages * REPEATED)
        replacements = round(self.messages * REPLACED)
        placed: list[tuple[float, Sent]] = []
        newest: list[tuple[float, Sent]] = []
        for place, (cycle, participant) in enumerate(self._series(draw, self.messages - repeats - replacements)):
            newest.append((float(place), Sent(participant, cycle, 1)))
        placed += newest
        for _ in range(replacements):
            number = draw.randrange(len(newest))
            at, old = newest[number]
            withdrawn = draw.random() < WITHDRAWN
            # A withdrawal is followed by no revision here: what would be revised is gone.
            revision = Sent(old.participant, old.cycle, old.revision + 1, withdrawn)
            placed.append((later := at + draw.uniform(1, LATER), revision))
            if withdrawn:
                newest.pop(number)
            else:
                newest[number] = (later, revision)
        placed += [(at + draw.uniform(1, LATER), sent) for at, sent in draw.sample(placed, repeats)]
        yield from (sent for _, sent in sorted(placed))

    def _series(self, draw: Random, count: int) -> Iterator[tuple[str, str]]:
        for number in range(-(-count // len(self.participants))):
            cycle = f"{2012 + number // 2}-H{number % 2 + 1}"
            for place, participant in enumerate(draw.sample(self.participants, len(self.participants))):
                if number * len(self.participants) + place < count:
                    yield cycle, participant


def reporters(count: int) -> list[str]:
    """Participants: the members of the Bali Process first."""
    return [one.alpha2 for one in sorted(countries(), key=lambda one: (not one.bali_process, one.alpha2))][:count]


@lru_cache(maxsize=4 * LATER)
def _report(seed: int, participant: str, cycle: str, revision: int) -> Json:
    draw = Random(f"{seed}|{participant}|{cycle}|{revision}")
    if revision == 1:
        return drawn(draw, participant, cycle, draw.randint(SMALLEST, LARGEST))
    return revised(draw, _report(seed, participant, cycle, revision - 1))
