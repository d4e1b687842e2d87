"""O7: what the workers say on the wire. One broker and one database cannot show the difference between an
acknowledgement of one and of all (nor between "written" and "written by a majority"), so it is read where it is said.

Every proxy looks at what its worker sends, without changing it: produce requests must ask for all replicas, writes to
MongoDB for a majority with its journal. Sources: Kafka protocol, Produce requests 0 to 8 (not "flexible"); MongoDB
wire protocol, OP_MSG.
"""

import struct
from collections import Counter
from typing import Any

import bson

PRODUCE, OP_MSG, ALL_REPLICAS = 0, 2013, -1
LARGEST_FRAME = 64 * 2**20
WRITES = frozenset({"insert", "update", "delete", "findAndModify"})


class Frames:
    """Bytes of one connection to frames; ``size_at``: where in a frame its own length counts from."""

    def __init__(self, little_endian: bool) -> None:
        self._little, self._held = little_endian, b""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are complete now."""
        self._held += data
        found = []
        while len(self._held) >= 4:
            size = struct.unpack("<i" if self._little else ">i", self._held[:4])[0]
            size += 0 if self._little else 4  # Kafka does not count the length's own bytes
            if not 4 < size <= LARGEST_FRAME or len(self._held) < size:
                break
            found.append(self._held[:size])
            self._held = self._held[size:]
        return found


class Watch:
    """What was said, counted by what it asked for. Safe to read once the proxies are closed."""

    def __init__(self) -> None:
        self.produced: Counter[tuple[str, int]] = Counter()
        self.written: Counter[tuple[str, str]] = Counter()

    def listener(self, link: str) -> "Listener | None":
        """What looks at one connection of a link; None where nothing is to be seen."""
        if link.endswith(">kafka"):
            return Listener(link, Frames(little_endian=False), self._kafka)
        if link.endswith(">mongo"):
            return Listener(link, Frames(little_endian=True), self._mongo)
        return None

    def findings(self) -> list[str]:
        """Everything that was asked for and should not have been."""
        wrong = [
            f"O7 {link} asked {count} times for acks={acks}"
            for (link, acks), count in self.produced.items()
            if acks != ALL_REPLICAS
        ]
        good = repr(("majority", True))
        wrong += [
            f"O7 {link} wrote {count} times with (w, j) = {concern}"
            for (link, concern), count in self.written.items()
            if concern != good
        ]
        return sorted(wrong)

    def _kafka(self, link: str, frame: bytes) -> None:
        key, version = struct.unpack(">hh", frame[4:8])
        if key != PRODUCE:
            return
        place = 12  # behind size, key, version and correlation id
        for _ in range(2 if version >= 3 else 1):  # the client's name, then the transaction's
            length = struct.unpack(">h", frame[place : place + 2])[0]
            place += 2 + max(0, length)
        self.produced[link, struct.unpack(">h", frame[place : place + 2])[0]] += 1

    def _mongo(self, link: str, frame: bytes) -> None:
        if struct.unpack("<i", frame[12:16])[0] != OP_MSG or len(frame) < 26 or frame[20] != 0:
            return
        size = struct.unpack("<i", frame[21:25])[0]
        command: dict[str, Any] = bson.decode(frame[21 : 21 + size])
        if next(iter(command), None) in WRITES:
            concern = command.get("writeConcern") or {}
            self.written[link, repr((concern.get("w"), concern.get("j")))] += 1


class Listener:
    """Looks at what one client says on one connection."""

    def __init__(self, link: str, frames: Frames, see: Any) -> None:
        self._link, self._frames, self._see = link, frames, see

    def hear(self, data: bytes) -> None:
        for frame in self._frames.feed(data):
            self._see(self._link, frame)
