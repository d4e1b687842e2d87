"""When does a worker stand still without knowing it? Judged by what the broker says, not by the client that reads.

A client of Kafka can come to a state in which it believes all is well and brings nothing any more: its process is
ready, its lag grows, and nobody ends it. Whatever the cause, the remedy is the same: end the process, and begin anew.
"""

from collections.abc import Hashable, Mapping
from typing import NamedTuple, TypeVar

STANDS_SECONDS = 20.0
"""How long messages may wait for a worker that does nothing. Some looks long, and well past a rebalance."""
APART_SECONDS = 90.0
"""How long a worker may belong to no group while a broker answers: longer than the longest silence of another member
and the time it takes a group to form on a loaded machine."""
Name = TypeVar("Name", bound=Hashable)


class Place(NamedTuple):
    """A partition as the broker knows it: the offset that the group has committed, and the messages past it."""

    position: int
    behind: int


class Standstill:
    """Is told what stands at each look; says when it has stood for too long."""

    def __init__(self) -> None:
        self._standing: dict[Hashable, tuple[int, float]] = {}
        self._apart_since: float | None = None

    def look(self, now: float, places: Mapping[Name, Place], *, at_work: bool, joined: bool) -> str | None:
        """Why the worker should begin anew, or None. To be called only where a broker has answered.

        ``now``: seconds of a clock that goes evenly; ``places``: the partitions that this worker has; ``at_work``:
        whether it works on a message, or waits for an effect, just now; ``joined``: whether it believes to be a member.
        """
        before, self._standing = self._standing, {}
        if not at_work:
            for name, place in places.items():
                if place.behind > 0:
                    position, since = before.get(name, (place.position, now))
                    self._standing[name] = (place.position, since if position == place.position else now)
        long = [name for name, (_, since) in self._standing.items() if now - since >= STANDS_SECONDS]
        if long:
            return f"{len(long)} partitions have had messages for {STANDS_SECONDS:g} s and nothing is done"
        self._apart_since = None if joined else self._apart_since if self._apart_since is not None else now
        if self._apart_since is not None and now - self._apart_since >= APART_SECONDS:
            return f"a member of no group for {APART_SECONDS:g} s, although a broker answers"
        return None
