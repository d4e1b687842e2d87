"""Where returns and notices are kept: MongoDB, or memory for tests. One test suite runs on both."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from runtime.mongo import BulkWriteError, Database, Document, DuplicateKeyError, asking
from runtime.outcome import NotNow
from services.notification.documents import (
    from_channel,
    from_notice,
    from_return,
    to_channel,
    to_notice,
    to_return,
)
from services.notification.notices import Channel, ChannelKind, Notice
from services.notification.returns import Return, instant, merge

OVERLAP = timedelta(seconds=5)
"""How far a reading of changes reaches back: writes of the same moment become visible one after the other."""
_CONFLICTS = 50
_BEFORE_ANY = datetime(1970, 1, 1, tzinfo=UTC)
_DUPLICATE = 11000


class Store(Protocol):
    """Every method raises NotNow when the database did not do its part; doing it again is safe."""

    async def server_time(self) -> datetime:
        """The one clock that all workers agree on, in UTC."""

    async def remember(self, fact: Return) -> bool:
        """Join a fact to what is known of its return; False when it was known already."""

    async def returns_since(self, mark: datetime | None) -> tuple[list[Return], datetime]:
        """The returns that changed since ``mark`` (None: all), perhaps some more, and the next mark."""

    async def returned(self, identity: str) -> Return | None:
        """What is known of a return, by its id."""

    async def existing(self, ids: Collection[str]) -> set[str]:
        """Which of these notices there are."""

    async def withheld(self, ids: Collection[str]) -> list[Notice]:
        """Those of these notices of which a channel ended as not needed."""

    async def insert(self, notices: Sequence[Notice]) -> set[str]:
        """Write the rows that are not there yet; gives the ids of those this call has written."""

    async def waking(self, now: datetime, limit: int) -> list[Notice]:
        """Notices of which a channel wants attention by ``now``."""

    async def channel(self, notice: str, kind: ChannelKind) -> Channel | None:
        """A channel of a notice as it is now."""

    async def swap(self, notice: str, old: Channel, new: Channel, due_at: datetime | None = None) -> bool:
        """Replace a channel if its fence is still that of ``old``; False when somebody else was there first.

        ``due_at``: when the notice came due, where that has moved.
        """

    async def waiting(self) -> int:
        """How many channels are planned or being tried again."""


class MongoStore:
    """Collections ``returns`` and ``notices``, of which this service is the only writer."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._returns, self._notices = database["returns"], database["notices"]

    async def prepare(self) -> None:
        """Make the indexes; making them again does nothing."""
        with asking("indexes"):
            await self._returns.create_index("written_at")
            await self._notices.create_index("channels.wake_at")
            # The inbox of a participant and that of the centre, as the gateway reads them.
            for reader in ("participant", "audience"):
                await self._notices.create_index([(reader, 1), ("at", -1), ("_id", -1)])

    async def server_time(self) -> datetime:
        with asking("the time"):
            answer = await self.database.command("hello")
        at: datetime = answer["localTime"]
        return at.astimezone(UTC)

    async def remember(self, fact: Return) -> bool:
        for _ in range(_CONFLICTS):
            with asking("the return"):
                document = await self._returns.find_one({"_id": fact.id})
                known = to_return(document) if document else None
                together = merge(known, fact) if known else fact
                if together == known:
                    return False
                if await self._replace(fact.id, document, together):
                    return True
        raise NotNow(f"others keep changing {fact.id}")

    async def _replace(self, identity: str, document: Document | None, new: Return) -> bool:
        version = document["version"] if document else 0
        # written_at is the database's own clock: the order in which readers find changes, not a fact.
        change = {"$set": from_return(new) | {"version": version + 1}, "$currentDate": {"written_at": True}}
        try:
            found = await self._returns.update_one(
                {"_id": identity, "version": version}, change, upsert=document is None
            )
        except DuplicateKeyError:
            return False
        return bool(found.matched_count or found.upserted_id)

    async def returns_since(self, mark: datetime | None) -> tuple[list[Return], datetime]:
        # Not the newest written_at: a burst would then be read again at every tick until something newer comes.
        reading = await self.server_time()
        changed = {} if mark is None else {"written_at": {"$gte": mark - OVERLAP}}
        with asking("the returns"):
            found = await self._returns.find(changed).to_list(None)
        return [to_return(one) for one in found], reading

    async def returned(self, identity: str) -> Return | None:
        with asking("the return"):
            document = await self._returns.find_one({"_id": identity})
        return to_return(document) if document else None

    async def existing(self, ids: Collection[str]) -> set[str]:
        found: set[str] = set()
        with asking("the notices"):
            for some in _parts(ids):
                found.update([one["_id"] async for one in self._notices.find({"_id": {"$in": some}}, {"_id": 1})])
        return found

    async def withheld(self, ids: Collection[str]) -> list[Notice]:
        found: list[Notice] = []
        with asking("the notices"):
            for some in _parts(ids):
                ended = {"_id": {"$in": some}, "channels.state": "not_needed"}
                found += [to_notice(one) async for one in self._notices.find(ended)]
        return found

    async def insert(self, notices: Sequence[Notice]) -> set[str]:
        if not notices:
            return set()
        ids = [one.id for one in notices]
        with asking("the notices"):
            try:
                await self._notices.insert_many([from_notice(one) for one in notices], ordered=False)
            except BulkWriteError as error:
                details = error.details or {}
                refused = details.get("writeErrors", [])
                unsure = details.get("writeConcernErrors") or not refused
                if unsure or any(one["code"] != _DUPLICATE for one in refused):
                    raise
                there = {one["index"] for one in refused}
                return {one for index, one in enumerate(ids) if index not in there}
        return set(ids)

    async def waking(self, now: datetime, limit: int) -> list[Notice]:
        with asking("the notices"):
            found = await self._notices.find({"channels.wake_at": {"$lte": now}}).limit(limit).to_list(limit)
        return [to_notice(one) for one in found]

    async def channel(self, notice: str, kind: ChannelKind) -> Channel | None:
        with asking("the notice"):
            found = await self._notices.find_one({"_id": notice}, {"channels": 1})
        return next((to_channel(one) for one in (found or {}).get("channels", []) if one["kind"] == kind), None)

    async def swap(self, notice: str, old: Channel, new: Channel, due_at: datetime | None = None) -> bool:
        same = {"_id": notice, "channels": {"$elemMatch": {"kind": old.kind, "fence": old.fence}}}
        change = {"channels.$": from_channel(new)} | ({} if due_at is None else {"at": due_at})
        with asking("the notice"):
            found = await self._notices.update_one(same, {"$set": change})
        return bool(found.matched_count)

    async def waiting(self) -> int:
        with asking("the notices"):
            # wake_at is the indexed one; whatever is still to be tried has it.
            tried = {"wake_at": {"$gt": _BEFORE_ANY}, "next_at": {"$type": "date"}}
            return await self._notices.count_documents({"channels": {"$elemMatch": tried}})


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    """A thousand at a time: one question of some 50 KB each."""
    wanted = sorted(ids)
    return (wanted[start : start + 1_000] for start in range(0, len(wanted), 1_000))


class MemoryStore:
    """The same in memory, for tests of what stands on it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._returns: dict[str, tuple[Return, datetime]] = {}
        self._notices: dict[str, Notice] = {}

    async def server_time(self) -> datetime:
        return instant(self._clock())

    async def remember(self, fact: Return) -> bool:
        known = self._returns.get(fact.id)
        together = merge(known[0], fact) if known else fact
        if known and together == known[0]:
            return False
        self._returns[fact.id] = together, self._clock()
        return True

    async def returns_since(self, mark: datetime | None) -> tuple[list[Return], datetime]:
        found = [one for one, at in self._returns.values() if mark is None or at >= mark - OVERLAP]
        return found, self._clock()

    async def returned(self, identity: str) -> Return | None:
        known = self._returns.get(identity)
        return known[0] if known else None

    async def existing(self, ids: Collection[str]) -> set[str]:
        return set(ids) & self._notices.keys()

    async def withheld(self, ids: Collection[str]) -> list[Notice]:
        there = [self._notices[one] for one in sorted(ids) if one in self._notices]
        return [one for one in there if any(channel.state == "not_needed" for channel in one.channels)]

    async def insert(self, notices: Sequence[Notice]) -> set[str]:
        new = {one.id: one for one in notices if one.id not in self._notices}
        self._notices.update(new)
        return set(new)

    async def waking(self, now: datetime, limit: int) -> list[Notice]:
        waking = (one for one in self._notices.values() if any(channel.wants(now) for channel in one.channels))
        return list(waking)[:limit]

    async def channel(self, notice: str, kind: ChannelKind) -> Channel | None:
        found = self._notices.get(notice)
        return found.channel(kind) if found else None

    async def swap(self, notice: str, old: Channel, new: Channel, due_at: datetime | None = None) -> bool:
        found = self._notices.get(notice)
        if found is None or found.channel(old.kind).fence != old.fence:
            return False
        channels = tuple(new if one.kind == old.kind else one for one in found.channels)
        self._notices[notice] = Notice(replace(found.plan, at=due_at or found.plan.at), channels)
        return True

    async def waiting(self) -> int:
        return sum(channel.next_at is not None for one in self._notices.values() for channel in one.channels)
