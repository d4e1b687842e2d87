"""Where keys are kept: MongoDB, or memory for tests. One test suite runs on both."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Protocol

from runtime.failpoints import passing
from runtime.mongo import Database, Document, DuplicateKeyError
from services.gateway.keys.key import Key
from services.gateway.store import answering

KEPT_AFTERWARDS = timedelta(days=730)
"""So long after it has expired one can look up who made and revoked a key; then the database removes it."""


class Keys(Protocol):
    """Every method raises NotNow when the database does not answer; doing it again is safe."""

    async def key(self, key_id: str) -> Key | None: ...

    async def of_agency(self, agency: str) -> list[Key]:
        """All that are kept, newest first."""
        ...

    async def add(self, key: Key) -> bool:
        """Keep a new key; False where there is one of this name."""
        ...

    async def revoke(self, agency: str, key_id: str | None, at: datetime, by: str) -> None:
        """End a key of an agency, or without ``key_id`` all of them; who was first stays written down."""
        ...

    async def used(self, key_id: str, at: datetime) -> None:
        """Never moves backwards."""
        ...


class MongoKeys:
    """The collection ``keys``."""

    def __init__(self, database: Database) -> None:
        self._keys = database["keys"]

    async def prepare(self) -> None:
        """Make the indexes; making them again does nothing."""
        async with answering():
            await self._keys.create_index([("agency", 1), ("made_at", -1)])
            await self._keys.create_index("expires_at", expireAfterSeconds=int(KEPT_AFTERWARDS.total_seconds()))

    async def key(self, key_id: str) -> Key | None:
        async with answering():
            found = await self._keys.find_one({"_id": key_id})
        return _key(found) if found else None

    async def of_agency(self, agency: str) -> list[Key]:
        async with answering():
            return [_key(one) async for one in self._keys.find({"agency": agency}).sort([("made_at", -1), ("_id", 1)])]

    async def add(self, key: Key) -> bool:
        whole = asdict(key)
        identity = whole.pop("id")
        await passing("keys.add.before")
        async with answering():
            try:
                await self._keys.insert_one({"_id": identity, **whole})
            except DuplicateKeyError:
                return False
        await passing("keys.add.after")
        return True

    async def revoke(self, agency: str, key_id: str | None, at: datetime, by: str) -> None:
        which = {"agency": agency, "revoked_at": None, **({"_id": key_id} if key_id is not None else {})}
        await passing("keys.revoke.before")
        async with answering():
            await self._keys.update_many(which, {"$set": {"revoked_at": at, "revoked_by": by}})
        await passing("keys.revoke.after")

    async def used(self, key_id: str, at: datetime) -> None:
        async with answering():
            await self._keys.update_one({"_id": key_id}, {"$max": {"last_used_at": at}})


class MemoryKeys:
    """The same for tests of what stands on it."""

    def __init__(self, *keys: Key) -> None:
        self._keys = {one.id: one for one in keys}
        self.looks = 0
        """How often a key was looked up."""

    async def key(self, key_id: str) -> Key | None:
        self.looks += 1
        return self._keys.get(key_id)

    async def of_agency(self, agency: str) -> list[Key]:
        held = sorted(self._keys.values(), key=lambda one: (-one.made_at.timestamp(), one.id))
        return [one for one in held if one.agency == agency]

    async def add(self, key: Key) -> bool:
        return self._keys.setdefault(key.id, key) is key

    async def revoke(self, agency: str, key_id: str | None, at: datetime, by: str) -> None:
        for one in await self.of_agency(agency):
            if key_id in (None, one.id) and one.revoked_at is None:
                self._keys[one.id] = replace(one, revoked_at=at, revoked_by=by)

    async def used(self, key_id: str, at: datetime) -> None:
        there = self._keys.get(key_id)
        if there is not None:
            self._keys[key_id] = replace(there, last_used_at=max(at, there.last_used_at or at))


def _key(found: Document) -> Key:
    return Key(id=found.pop("_id"), **found)
