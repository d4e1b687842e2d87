"""The same with as few records as can be: a return's differences in twelve packs, totals of a table in one value."""

from collections.abc import Iterator
from zlib import crc32

import msgspec
from cells import Cells
from quixstreams import State
from told import application, read

FOLDED = (b"vrs.report.accepted.v1", b"vrs.report.withdrawn.v1")
BUCKETS = 12
"""As many as partitions, so that the totals can be spread over as many workers."""

Table = tuple[str, str]
Tables = dict[str, dict[str, int]]
"""``dimension|indicator`` to member to value."""


class Return(msgspec.Struct, gc=False):
    """What this job needs of an event; the rest is skipped unread."""

    series: str
    cycle: str
    revision: int
    judgement: int = 0
    agency: str | None = None
    figures: list[tuple[str, str, str, int]] = []


class Last(msgspec.Struct, array_like=True, gc=False):
    """The last return of a series."""

    order: tuple[int, int]
    tables: Tables


class Pack(msgspec.Struct, array_like=True, gc=False):
    """The differences of one return in one bucket of members."""

    cycle: str
    tables: Tables


_return = msgspec.json.Decoder(Return)
_last = msgspec.msgpack.Decoder(Last)
_pack = msgspec.msgpack.Decoder(Pack)
_totals = msgspec.msgpack.Decoder(dict[str, int])
_encode = msgspec.msgpack.Encoder().encode
_bucket: dict[str, int] = {}


def differences(
    value: bytes, _key: str, _timestamp: int, headers: list[tuple[str, bytes]], state: State
) -> Iterator[bytes]:
    """A pack, after its bucket's number, for every bucket in which the return changes something."""
    if dict(headers).get("ce_type") not in FOLDED:
        return
    event = _return.decode(value)
    order = (event.revision, event.judgement)
    stored = state.get_bytes(event.series)
    last = Last((0, 0), {}) if stored is None else _last.decode(stored)
    if event.agency or last.order >= order:
        return
    tables = _tables(event)
    state.set_bytes(event.series, _encode(Last(order, tables)))
    packs: list[Tables] = [{} for _ in range(BUCKETS)]
    for name in tables.keys() | last.tables.keys():
        after, before = tables.get(name, {}), last.tables.get(name, {})
        for member, value_ in _changes(before, after):
            packs[bucket_of(member)].setdefault(name, {})[member] = value_
    for number, pack in enumerate(packs):
        if pack:
            yield bytes((number,)) + _encode(Pack(event.cycle, pack))


def _tables(event: Return) -> Tables:
    tables: Tables = {}
    for indicator, dimension, member, value in event.figures:
        tables.setdefault(f"{dimension}|{indicator}", {})[member] = value
    return tables


def _changes(before: dict[str, int], after: dict[str, int]) -> Iterator[tuple[str, int]]:
    if not before:
        yield from after.items()
        return
    for member in {member for member, _ in before.items() ^ after.items()}:
        yield member, after.get(member, 0) - before.get(member, 0)


def bucket_of(member: str) -> int:
    """The same in every process."""
    found = _bucket.get(member)
    if found is None:
        found = _bucket[member] = crc32(member.encode()) % BUCKETS
    return found


def totals(value: bytes, state: State) -> dict[str, int]:
    """The cells of a pack as they are now."""
    pack, cells = _pack.decode(memoryview(value)[1:]), {}
    for name, differing in pack.tables.items():
        dimension, _, indicator = name.partition("|")
        key, start = f"{pack.cycle}|{name}", f"{pack.cycle}|{dimension}|"
        stored = state.get_bytes(key)
        held = {} if stored is None else _totals.decode(stored)
        for member, difference in differing.items():
            held[member] = now = held.get(member, 0) + difference
            cells[f"{start}{member}|{indicator}"] = now
        state.set_bytes(key, _encode(held))
    return cells


def main() -> None:
    told = read()
    app = application(told)
    packs = app.dataframe(app.topic(told.topic, key_deserializer="str", value_deserializer="bytes"))
    packs = packs.apply(differences, stateful=True, expand=True, metadata=True).group_by(
        lambda pack: pack[0],
        name="bucket",
        key_serializer="integer",
        key_deserializer="integer",
        value_serializer="bytes",
        value_deserializer="bytes",
    )
    packs.apply(totals, stateful=True).sink(Cells(told.mongo, told.database))
    app.run()


if __name__ == "__main__":
    main()
