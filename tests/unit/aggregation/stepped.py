"""Running several writers step by step in an order that a test chooses, and ending one at any step.

A ``SteppedStore`` hands control back before and after every single document it writes or reads, as a database over
a network would; a ``Task`` drives one coroutine from one such point to the next.
"""

import types
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Sequence

from runtime.mongo import Document
from services.aggregation.documents import aggregate
from services.aggregation.repair import Damaged, Repair
from services.aggregation.rules import Change, Contribution, Known, Place, Share, Shares
from services.aggregation.store import MemoryStore


@types.coroutine
def turn() -> Generator[None, None, None]:
    """Hand control back to whoever drives."""
    yield


class Task:
    """A coroutine that goes on only when told to. It is made at the first step, so that one never told leaves none."""

    def __init__(self, begin: Callable[[], Coroutine[None, None, object]]) -> None:
        self._begin = begin
        self._coroutine: Coroutine[None, None, object] | None = None
        self.done = False
        self.result: object = None

    def step(self) -> None:
        """On to the next point at which it hands control back."""
        if self._coroutine is None:
            self._coroutine = self._begin()
        try:
            self._coroutine.send(None)
        except StopIteration as stop:
            self.done, self.result = True, stop.value

    def kill(self) -> None:
        """End it here, as kill -9 would."""
        if self._coroutine is not None:
            self._coroutine.close()
        self.done = True


class SteppedStore(MemoryStore):
    """One document at a time; each is atomic, and nothing more is."""

    async def load(self, partition: int) -> list[tuple[str, Known]]:
        await turn()
        return await super().load(partition)

    async def close(self, changes: Sequence[Change]) -> None:
        for change in changes:
            await turn()
            await super().close([change])

    async def write(self, shares: Shares) -> list[Place]:
        refused: list[Place] = []
        for place, share in sorted(shares.items()):
            await turn()
            refused += await super().write({place: share})
        return refused

    async def read(self, places: Iterable[Place]) -> list[tuple[Place, Share]]:
        await turn()
        return await super().read(places)

    async def orders(self, places: Iterable[Place]) -> dict[Place, int]:
        await turn()
        return await super().orders(places)

    async def settle(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        unsettled: list[tuple[Change, Contribution | None]] = []
        for change in changes:
            await turn()
            unsettled += await super().settle([change])
        await turn()
        return unsettled

    async def scan(self) -> AsyncIterator[Document]:
        for place in sorted(self.aggregates):
            await turn()
            if place in self.aggregates:
                yield aggregate(place, self.aggregates[place])

    async def repair(self, repairs: Sequence[Repair]) -> None:
        for one in repairs:
            await turn()
            await super().repair([one])

    async def stored(self) -> tuple[list[Contribution], list[Damaged]]:
        await turn()
        return await super().stored()

    async def forget(self, contributions: Sequence[Contribution | Damaged]) -> None:
        for one in contributions:
            await turn()
            await super().forget([one])
