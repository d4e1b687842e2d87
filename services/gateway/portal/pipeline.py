"""What an operator sees of the machinery: how far each service is behind, and what was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from contracts.events import DeadLettered


@dataclass(frozen=True, slots=True)
class Lag:
    """How many records of a topic a consumer group still has to read."""

    service: str
    topic: str
    records: int


class Pipeline(Protocol):
    """Each raises NotNow when Kafka does not answer."""

    async def lags(self) -> list[Lag]: ...

    async def dead_letters(self, most: int) -> list[DeadLettered]:
        """The newest ones. Never what the message said."""
        ...


@dataclass
class MemoryPipeline:
    """For tests of what stands on it."""

    held_lags: Sequence[Lag] = ()
    letters: Sequence[DeadLettered] = field(default=())

    async def lags(self) -> list[Lag]:
        return list(self.held_lags)

    async def dead_letters(self, most: int) -> list[DeadLettered]:
        return sorted(self.letters, key=lambda one: one.at, reverse=True)[:most]
