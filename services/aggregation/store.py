"""Where contributions and aggregates are kept: a Protocol, MongoDB, and memory.

Every write is guarded by the order of what it writes, so that a repeat or a late writer changes nothing. The
contribution of a series is written last and names what it follows: once it stands at an order, so do its aggregates.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol, TypeVar

from runtime.failpoints import passing
from runtime.mongo import (
    BulkWriteError,
    Collection,
    Database,
    DeleteOne,
    Document,
    ReplaceOne,
    UpdateOne,
    asking,
)
from services.aggregation import documents
from services.aggregation.repair import Damaged, Repair
from services.aggregation.rules import Change, Contribution, Known, Place, Share, Shares, known_of

T = TypeVar("T")
DUPLICATE_KEY = 11000
Operation = UpdateOne | ReplaceOne[Document] | DeleteOne


class Store(Protocol):
    """Every method raises NotNow when the database did not do its part; doing it again is safe."""

    async def prepare(self) -> None:
        """Make the indexes that reading needs."""

    async def load(self, partition: int) -> list[tuple[str, Known]]:
        """The series whose messages come by that partition."""

    async def close(self, changes: Sequence[Change]) -> None:
        """Keep to the centre what a change closes, before any figure of it is written."""

    async def write(self, shares: Shares) -> list[Place]:
        """Put each share in its place. Gives those where a newer one, or the same, stood already."""

    async def read(self, places: Iterable[Place]) -> list[tuple[Place, Share]]:
        """Aggregates as they are now."""

    async def orders(self, places: Iterable[Place]) -> dict[Place, int]:
        """The order at which each aggregate stands now, without reading its figures."""

    async def settle(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        """Put each contribution in the place of its base. Gives those that found something else there, with it."""

    def scan(self) -> AsyncIterator[Document]:
        """Every aggregate, as it stands there."""

    async def repair(self, repairs: Sequence[Repair]) -> None:
        """Make repairs; one whose aggregate is not the one that was seen any more is left out."""

    async def stored(self) -> tuple[list[Contribution], list[Damaged]]:
        """Every contribution: those that can be read, and those that cannot."""

    async def forget(self, contributions: Sequence[Contribution | Damaged]) -> None:
        """Take contributions away, each if it still is at that order."""


class MemoryStore:
    """The same in memory, for tests and for folding without a database."""

    def __init__(self) -> None:
        self.contributions: dict[str, Contribution] = {}
        self.aggregates: Shares = {}

    async def prepare(self) -> None:
        """Nothing to make."""

    async def load(self, partition: int) -> list[tuple[str, Known]]:
        return [(s, known_of(one)) for s, one in self.contributions.items() if one.partition == partition]

    async def close(self, changes: Sequence[Change]) -> None:
        for change in changes:
            stored = self.contributions.get(change.now.series)
            if change.closing and stored is not None and stored.order < change.now.order:
                closed = tuple(sorted({*stored.centre_only, *change.closing}))
                self.contributions[change.now.series] = replace(stored, centre_only=closed)

    async def write(self, shares: Shares) -> list[Place]:
        refused: list[Place] = []
        for place, share in shares.items():
            if place in self.aggregates and self.aggregates[place].order >= share.order:
                refused.append(place)
            else:
                self.aggregates[place] = share
        return refused

    async def read(self, places: Iterable[Place]) -> list[tuple[Place, Share]]:
        return [(place, self.aggregates[place]) for place in places if place in self.aggregates]

    async def orders(self, places: Iterable[Place]) -> dict[Place, int]:
        return {place: self.aggregates[place].order for place in places if place in self.aggregates}

    async def settle(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        unsettled: list[tuple[Change, Contribution | None]] = []
        for change in changes:
            stored = self.contributions.get(change.now.series)
            if (stored.order if stored else 0) == change.base:
                self.contributions[change.now.series] = replace(change.now, tables={})
            elif stored is None or stored.order != change.now.order:
                unsettled.append((change, stored))
        return unsettled

    async def scan(self) -> AsyncIterator[Document]:
        for place, share in list(self.aggregates.items()):
            yield documents.aggregate(place, share)

    async def repair(self, repairs: Sequence[Repair]) -> None:
        for one in repairs:
            place = one.place
            if place in self.aggregates and documents.aggregate(place, self.aggregates[place]) == one.seen:
                if one.wanted is None:
                    del self.aggregates[place]
                else:
                    self.aggregates[place] = one.wanted

    async def stored(self) -> tuple[list[Contribution], list[Damaged]]:
        return list(self.contributions.values()), []

    async def forget(self, contributions: Sequence[Contribution | Damaged]) -> None:
        for one in contributions:
            stored = self.contributions.get(one.series)
            if stored is not None and stored.order == one.order:
                del self.contributions[one.series]


class MongoStore:
    """Collections ``contributions`` and ``aggregates``; their shapes are in ``documents``."""

    def __init__(self, database: Database, operations_per_call: int = 1_000) -> None:
        self._contributions: Collection = database["contributions"]
        self._aggregates: Collection = database["aggregates"]
        self._per_call = operations_per_call

    async def prepare(self) -> None:
        with asking("indexes"):
            await self._contributions.create_index("partition")
            await self._contributions.create_index([("cycle", 1), ("participant", 1)])
            await self._aggregates.create_index([("dimension", 1), ("period", 1)])

    async def load(self, partition: int) -> list[tuple[str, Known]]:
        found = self._contributions.find({"partition": partition}, documents.KNOWN_FIELDS)
        return [(one["_id"], documents.known(one)) async for one in _reading(found)]

    async def close(self, changes: Sequence[Change]) -> None:
        closing = [documents.closing(change) for change in changes if change.closing]
        for chunk in in_chunks(closing, self._per_call):
            await self._bulk(self._contributions, chunk, "close")

    async def write(self, shares: Shares) -> list[Place]:
        refused = list(shares)
        # Two that make the same aggregate at once collide, and the newer may be the one that is refused. What is there
        # when it is tried again is compared.
        for _ in range(2):
            trying, refused = refused, []
            for chunk in in_chunks(trying, self._per_call):
                operations = [documents.sharing(place, shares[place]) for place in chunk]
                _, there = await self._bulk(self._aggregates, operations, "aggregates")
                refused += [chunk[number] for number in there]
        return refused

    async def read(self, places: Iterable[Place]) -> list[tuple[Place, Share]]:
        found: list[tuple[Place, Share]] = []
        for chunk in in_chunks(places, self._per_call):
            cursor = self._aggregates.find({"_id": {"$in": [documents.place_id(place) for place in chunk]}})
            found += [documents.shared(one) async for one in _reading(cursor)]
        return found

    async def orders(self, places: Iterable[Place]) -> dict[Place, int]:
        found: dict[Place, int] = {}
        for chunk in in_chunks(places, self._per_call):
            ids = {documents.place_id(place): place for place in chunk}
            cursor = self._aggregates.find({"_id": {"$in": list(ids)}}, ["order"])
            found |= {ids[one["_id"]]: int(one["order"]) async for one in _reading(cursor)}
        return found

    async def settle(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        unsettled: list[tuple[Change, Contribution | None]] = []
        for chunk in in_chunks(changes, self._per_call):
            operations = [documents.following(one) for one in chunk]
            matched, _ = await self._bulk(self._contributions, operations, "contributions")
            if matched < len(chunk):
                unsettled += await self._differing(chunk)
        return unsettled

    async def scan(self) -> AsyncIterator[Document]:
        async for one in _reading(self._aggregates.find()):
            yield one

    async def repair(self, repairs: Sequence[Repair]) -> None:
        for chunk in in_chunks(repairs, self._per_call):
            await self._bulk(self._aggregates, [one.operation() for one in chunk], "repairs")

    async def stored(self) -> tuple[list[Contribution], list[Damaged]]:
        found: list[Contribution] = []
        damaged: list[Damaged] = []
        async for one in _reading(self._contributions.find()):
            contribution = documents.readable(one)
            if contribution is None:
                damaged.append(Damaged(one["_id"], one.get("order")))
            else:
                found.append(contribution)
        return found, damaged

    async def forget(self, contributions: Sequence[Contribution | Damaged]) -> None:
        for one in contributions:
            with asking("contributions"):
                # Damage may hold what would be read as a condition. None is also where there is no order.
                await self._contributions.delete_one({"_id": {"$eq": one.series}, "order": {"$eq": one.order}})

    async def _differing(self, changes: Sequence[Change]) -> list[tuple[Change, Contribution | None]]:
        """Those changes whose series does not stand at their order."""
        cursor = self._contributions.find({"_id": {"$in": [change.now.series for change in changes]}})
        stored = {one["_id"]: documents.contribution(one) async for one in _reading(cursor)}
        found = [(change, stored.get(change.now.series)) for change in changes]
        return [(change, one) for change, one in found if one is None or one.order != change.now.order]

    async def _bulk(self, collection: Collection, operations: Sequence[Operation], what: str) -> tuple[int, list[int]]:
        """Do operations; gives how many found or made their document, and which ones found its key there already.

        A guard that does not match turns an upsert into an insert of a key that is there.
        """
        await passing(f"aggregation.{what}.before")
        errors: list[Document] = []
        counts: Mapping[str, Any]
        with asking(what):
            try:
                counts = (await collection.bulk_write(operations, ordered=False)).bulk_api_result
            except BulkWriteError as error:
                counts = dict(error.details)
                errors = counts["writeErrors"]
                if counts.get("writeConcernErrors") or any(one["code"] != DUPLICATE_KEY for one in errors):
                    raise
        await passing(f"aggregation.{what}.after")
        return counts["nMatched"] + counts["nUpserted"], [one["index"] for one in errors]


async def _reading(cursor: AsyncIterator[Document]) -> AsyncIterator[Document]:
    with asking("reading"):
        async for one in cursor:
            yield one


def in_chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The same in their order, at most ``size`` at a time."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
