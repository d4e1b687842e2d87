"""Running several writers step by step in an order that a test chooses, and ending one at any step.

A ``SteppedStore`` hands control back before and after every single document it writes or reads, as a database over
a network would; a ``Task`` drives one coroutine from one such point to the next.
"""

import types
from collections.abc import Coroutine, Generator, Iterable, Sequence

from services.aggregation.rules import Change, Contribution, Known, Place, Share, Shares
from services.aggregation.store import MemoryStore


@types.coroutine
def turn() -> Generator[None, None, None]:
    """Hand control back to whoever drives."""
    yield


async def _from_the_start(coroutine: Coroutine[None, None, object]) -> object:
    try:
        await turn()
    except GeneratorExit:
        coroutine.close()
        raise
    return await coroutine


class Task:
    """A coroutine that goes on only when told to."""

    def __init__(self, coroutine: Coroutine[None, None, object]) -> None:
        self._coroutine = _from_the_start(coroutine)
        self._coroutine.send(None)  # to before its first statement: one that is never driven leaves no warning
        self.done = False
        self.result: object = None

    def step(self) -> None:
        """On to the next point at which it hands control back."""
        try:
            self._coroutine.send(None)
        except StopIteration as stop:
            self.done, self.result = True, stop.value

    def finish(self) -> object:
        while not self.done:
            self.step()
        return self.result

    def kill(self) -> None:
        """End it here, as kill -9 would."""
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

    async def write(self, shares: Shares) -> None:
        for place, by in shares.items():
            await turn()
            await super().write({place: by})

    async def read(self, places: Iterable[Place]) -> list[tuple[Place, dict[str, Share]]]:
        await turn()
        return await super().read(places)

    async def settle(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        unsettled: list[tuple[Change, Contribution | None]] = []
        for change in changes:
            await turn()
            unsettled += await super().settle([change])
        await turn()
        return unsettled

    async def empty(self) -> None:
        await turn()
        self.aggregates.clear()
        await turn()
        self.contributions.clear()
