"""One record of a topic, as services take it in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from contracts.wire import Headers
from runtime.logs import logger

log = logger(__name__)


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

    @property
    def place(self) -> str:
        """Where it stands, as in the key of a dead letter: ``vrs.submissions:3:17``."""
        return f"{self.topic}:{self.partition}:{self.offset}"


@contextmanager
def at_work_on(message: Message) -> Iterator[None]:
    """Log over which message a worker ends: every error that comes out of here ends it, and may end the next one too.

    The kind of the error only: what it says may quote the message.
    """
    try:
        yield
    except Exception as error:
        log.error("ends over a message", place=message.place, error=type(error).__name__)
        raise
