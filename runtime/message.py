"""One record of a topic, as services take it in."""

from dataclasses import dataclass
from typing import NamedTuple

from contracts.wire import Headers


class Partition(NamedTuple):
    """A partition of a topic; ``topic`` is the name without the broker's prefix."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Message:
    """One record of a topic. ``topic`` is the name without the broker's prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
