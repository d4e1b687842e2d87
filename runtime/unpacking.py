"""How far a batch may unpack, and to how many messages, whoever wrote it; and what comes where one cannot be read.

A broker counts a batch as it is sent: some thousand bytes of zstd may hold a message of hundreds of megabytes, which
ends every worker that reads it, one after the other. No setting of the broker helps: it takes such a batch whatever it
has to compress it with, and where it has to unpack it (`compression.type=uncompressed`) it does that before it asks for
the size, and ends itself (seen with Kafka 4 and 200 MB). So the limit is here. aiokafka has none and no place to set
one; its decoders and the class that parts a fetch into batches are replaced.

Nor is it the bytes alone: 692,374 of zstd held 932,866 messages of nothing, each of which is set aside on its own.

And a broker takes a header whose name is not UTF-8, over which aiokafka's reader fails, and so does the next worker's.
"""

import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiokafka.consumer.fetcher
import cramjam
from aiokafka import codec
from aiokafka.record import default_records, legacy_records, memory_records

from contracts.wire import MAX_EVENT_BYTES, Headers
from runtime.logs import logger

log = logger(__name__)

MAX_UNPACKED_BYTES = 2 * MAX_EVENT_BYTES
"""Of a whole batch: as much as the largest message that a broker takes, and many times what producers put together."""
MAX_RECORDS = 5_000
"""Of a whole batch: fifty turns of a worker. The smallest return with its headers is some 250 bytes, and a producer
that is not told otherwise puts 16 kB together, and sends 1 MB at most."""
REASON = "batch_unreadable"
_MARK = "vrs_batch_unreadable"


class UnpackingError(Exception):
    """A batch unpacks to more than the limits."""


@dataclass(frozen=True)
class StandIn:
    """The record that comes in the place of a batch, or of what is left of one, that cannot be read; at the offset of
    its last."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: None = None
    value: None = None
    checksum: None = None
    headers: tuple[tuple[str, bytes], ...] = ((_MARK, b""),)


def stands_in(headers: Headers) -> bool:
    """Whether a message stands in the place of a batch that cannot be read."""
    return any(name == _MARK for name, _ in headers)


def bound() -> None:
    """From now on no consumer of this process unpacks a batch to more than the limits. Again changes nothing."""
    for name, decode in _DECODERS.items():
        for module in _modules():
            if hasattr(module, name):
                setattr(module, name, decode)
    aiokafka.consumer.fetcher.MemoryRecords = Batches


class Batches:
    """aiokafka's batches of one fetch, of which each that cannot be read gives one record that says so."""

    def __init__(self, fetched: bytes) -> None:
        self._batches = memory_records.MemoryRecords(fetched)
        self.has_next, self.size_in_bytes = self._batches.has_next, self._batches.size_in_bytes

    def next_batch(self) -> Any:
        batch = self._batches.next_batch()
        # Of a control batch aiokafka takes the one record itself; older formats no broker takes since Kafka 4.
        return Bounded(batch) if hasattr(batch, "base_offset") and not batch.is_control_batch else batch


class Bounded:
    """One of aiokafka's batches."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        try:
            # By its offsets, which a broker has counted; what a topic has dropped since counts too.
            if (count := self._batch.next_offset - self._batch.base_offset) > MAX_RECORDS:
                raise UnpackingError(f"{count} messages")
            yield from self._batch
        except Exception as error:  # noqa: BLE001 - whatever it is, it would end every worker that reads the batch
            log.warning("a batch cannot be read", error=type(error).__name__, to=self._batch.next_offset - 1)
            yield StandIn(self._batch.next_offset - 1, self._batch.max_timestamp, self._batch.timestamp_type)


def _gzip(payload: Any) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(payload)) as unpacking:
        unpacked = unpacking.read(MAX_UNPACKED_BYTES + 1)
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise UnpackingError("gzip")
    return unpacked


def _snappy(payload: Any) -> bytes:
    # A block says at its beginning how far it unpacks, and that much is set aside for it.
    view, length = memoryview(payload), 0
    if codec._detect_xerial_stream(payload):  # noqa: SLF001
        at = 16
        while at < len(view):
            size = int.from_bytes(view[at : at + 4], "big", signed=True)
            if size <= 0:
                raise UnpackingError("snappy")
            length += cramjam.snappy.decompress_raw_len(view[at + 4 : at + 4 + size])
            at += 4 + size
    else:
        length = cramjam.snappy.decompress_raw_len(view)
    if length > MAX_UNPACKED_BYTES:
        raise UnpackingError("snappy")
    return bytes(codec.snappy_decode(payload))


def _into_a_limit(decompress_into: Callable[[Any, bytearray], int]) -> Callable[[Any], bytes]:
    def decode(payload: Any) -> bytes:
        unpacked = bytearray(MAX_UNPACKED_BYTES)
        return bytes(memoryview(unpacked)[: decompress_into(payload, unpacked)])

    return decode


_DECODERS = {
    "gzip_decode": _gzip,
    "snappy_decode": _snappy,
    "lz4_decode": _into_a_limit(cramjam.lz4.decompress_into),
    "zstd_decode": _into_a_limit(cramjam.zstd.decompress_into),
}


def _modules() -> list[Any]:
    """Where the decoders are looked up: aiokafka has each module in C, and in Python for where that is missing."""
    found: list[Any] = [default_records, legacy_records]
    if memory_records.MemoryRecords.__module__ != memory_records.__name__:
        from aiokafka.record._crecords import default_records as fast
        from aiokafka.record._crecords import legacy_records as fast_legacy

        found += [fast, fast_legacy]
    return found
