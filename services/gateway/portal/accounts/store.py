"""Where users, sessions and tries are kept: MongoDB, or memory for tests. One test suite runs on both."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Protocol

from runtime.failpoints import passing
from runtime.mongo import Database, Document, DuplicateKeyError
from services.gateway.portal.accounts.user import Session, User
from services.gateway.store import answering

SESSIONS_KEPT = timedelta(days=2)
"""A day longer than any session lasts; then the database removes it."""
TRIES_KEPT = timedelta(hours=1)


class Accounts(Protocol):
    """Every method raises NotNow when the database does not answer; doing it again is safe."""

    async def user(self, login: str) -> User | None: ...

    async def users(self, participant: str | None = None) -> list[User]:
        """All of them, or those of one participant, by login."""
        ...

    async def put(self, user: User) -> bool:
        """Keep this revision of a user; False where this one or a later one is there and says something else."""
        ...

    async def session(self, key: str) -> Session | None: ...

    async def begin(self, session: Session) -> None: ...

    async def seen(self, key: str, at: datetime) -> None:
        """The session was used; never moves backwards, and never brings back one that has ended."""
        ...

    async def end(self, key: str) -> None: ...

    async def tried(self, whose: Iterable[str], one: str, at: datetime) -> None:
        """Write down a try, ``one`` of its own name, of each of ``whose`` (an account, an address)."""
        ...

    async def tries(self, whose: str, since: datetime, without: str = "") -> list[datetime]:
        """When there were tries, without the one of that name."""
        ...

    async def forget_tries(self, whose: str) -> None: ...

    async def forget_try(self, whose: str, one: str) -> None:
        """The one try turned out to be right."""
        ...


class MongoAccounts:
    """Collections ``users``, ``sessions`` and ``tries``."""

    def __init__(self, database: Database) -> None:
        self._users, self._sessions, self._tries = database["users"], database["sessions"], database["tries"]

    async def prepare(self) -> None:
        """Make the indexes; making them again does nothing."""
        async with answering():
            await self._sessions.create_index("began_at", expireAfterSeconds=int(SESSIONS_KEPT.total_seconds()))
            await self._tries.create_index("at", expireAfterSeconds=int(TRIES_KEPT.total_seconds()))
            await self._tries.create_index([("whose", 1), ("at", 1)])

    async def user(self, login: str) -> User | None:
        async with answering():
            found = await self._users.find_one({"_id": login})
        return _user(found) if found else None

    async def users(self, participant: str | None = None) -> list[User]:
        where = {} if participant is None else {"participant": participant}
        async with answering():
            return [_user(one) async for one in self._users.find(where).sort("_id", 1)]

    async def put(self, user: User) -> bool:
        whole = asdict(user)
        identity = whole.pop("login")
        await passing("portal.user.before")
        async with answering():
            try:
                guard = {"_id": identity, "revision": {"$lt": user.revision}}
                await self._users.replace_one(guard, whole, upsert=True)
            except DuplicateKeyError:
                # Somebody was there with this revision or a later one: ours, if it says the same.
                return await self.user(identity) == user
        await passing("portal.user.after")
        return True

    async def session(self, key: str) -> Session | None:
        async with answering():
            found = await self._sessions.find_one({"_id": key})
        return Session(key=found.pop("_id"), **found) if found else None

    async def begin(self, session: Session) -> None:
        await passing("portal.session.before")
        whole = asdict(session)
        whole.pop("key")
        async with answering():
            await self._sessions.update_one({"_id": session.key}, {"$setOnInsert": whole}, upsert=True)
        await passing("portal.session.after")

    async def seen(self, key: str, at: datetime) -> None:
        async with answering():
            await self._sessions.update_one({"_id": key}, {"$max": {"seen_at": at}})

    async def end(self, key: str) -> None:
        await passing("portal.session_end.before")
        async with answering():
            await self._sessions.delete_one({"_id": key})
        await passing("portal.session_end.after")

    async def tried(self, whose: Iterable[str], one: str, at: datetime) -> None:
        await passing("portal.try.before")
        async with answering():
            for name in whose:
                entry = {"$setOnInsert": {"whose": name, "at": at}}
                await self._tries.update_one({"_id": f"{name}|{one}"}, entry, upsert=True)
        await passing("portal.try.after")

    async def tries(self, whose: str, since: datetime, without: str = "") -> list[datetime]:
        others = {"whose": whose, "at": {"$gte": since}, "_id": {"$ne": f"{whose}|{without}"}}
        async with answering():
            found = await self._tries.find(others, ["at"]).to_list(None)
        return sorted(one["at"] for one in found)

    async def forget_tries(self, whose: str) -> None:
        async with answering():
            await self._tries.delete_many({"whose": whose})

    async def forget_try(self, whose: str, one: str) -> None:
        async with answering():
            await self._tries.delete_one({"_id": f"{whose}|{one}"})


class MemoryAccounts:
    """The same for tests of what stands on it."""

    def __init__(self, *users: User) -> None:
        self._users = {one.login: one for one in users}
        self._sessions: dict[str, Session] = {}
        self._tries: dict[tuple[str, str], datetime] = {}

    async def user(self, login: str) -> User | None:
        return self._users.get(login)

    async def users(self, participant: str | None = None) -> list[User]:
        found = sorted(self._users.values(), key=lambda one: one.login)
        return [one for one in found if participant in (None, one.participant)]

    async def put(self, user: User) -> bool:
        there = self._users.get(user.login)
        if there is not None and there.revision >= user.revision:
            return there == user
        self._users[user.login] = user
        return True

    async def session(self, key: str) -> Session | None:
        return self._sessions.get(key)

    async def begin(self, session: Session) -> None:
        self._sessions.setdefault(session.key, session)

    async def seen(self, key: str, at: datetime) -> None:
        there = self._sessions.get(key)
        if there is not None:
            self._sessions[key] = replace(there, seen_at=max(at, there.seen_at))

    async def end(self, key: str) -> None:
        self._sessions.pop(key, None)

    async def tried(self, whose: Iterable[str], one: str, at: datetime) -> None:
        for name in whose:
            self._tries.setdefault((name, one), at)

    async def tries(self, whose: str, since: datetime, without: str = "") -> list[datetime]:
        held = self._tries.items()
        return sorted(at for (name, one), at in held if name == whose and one != without and at >= since)

    async def forget_tries(self, whose: str) -> None:
        self._tries = {key: at for key, at in self._tries.items() if key[0] != whose}

    async def forget_try(self, whose: str, one: str) -> None:
        self._tries.pop((whose, one), None)


def _user(found: Document) -> User:
    return User(login=found.pop("_id"), **found)
