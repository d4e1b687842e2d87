"""Where ingest keeps submissions and revisions: the calls, and MongoDB behind them (`memory.py`: dictionaries).

Documents are added once (their id and what else is unique decide) and changed by naming the version that is replaced.
There is no other write, so a repeat, a second worker or a sleeper that wakes changes nothing.
"""

import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Literal, Protocol, TypeVar

from contracts.states import IN_FORCE, State
from runtime.mongo import Collection, Database, DuplicateKeyError, InvalidDocument, PyMongoError, WriteError, said
from runtime.mongo import Document as Stored
from runtime.mongo import reachable as answers
from runtime.outcome import NotNow
from services.ingest.documents import Document, Revision, Submission
from services.ingest.rules.line import Follower

Added = Literal["added", "known", "claimed"]
"""Of a submission: new, there already, or new with the key of another."""
Figures = dict[str, list[Any]]
Order = tuple[int, int]
"""A revision and its judgement: the highest pair of a series is its newest."""
D = TypeVar("D", bound=Document)
OPEN: tuple[State, ...] = ("recorded", "needs_explanation", *sorted(IN_FORCE))
DECIDES: Stored = {"$or": [{"outcome": "accepted"}, {"kind": "withdrawal"}]}
"""What ends what was in force before it."""
TOO_LARGE = frozenset({10334, 17280, 17419})
"""The server's codes for a document or a key that is too large, also after an update."""


OPTIONAL = frozenset({"claim", "body"})
"""Fields that a document lacks where there is nothing to say: claims are unique among those that have one."""


class UnfitError(ValueError):
    """The document is one that the database never takes (too large, above all); trying again would not help."""


class Store(Protocol):
    """Every call raises NotNow when the database does not answer, and a write UnfitError."""

    async def prepare(self) -> None:
        """Make the indexes that the promise rests on."""
        ...

    async def reachable(self) -> bool: ...

    async def submission(self, submission_id: str) -> Submission | None: ...

    async def add_submission(self, one: Submission) -> Added: ...

    async def swap_submission(self, old: Submission, new: Submission) -> bool:
        """False where ``old`` is not what the store holds."""
        ...

    async def revision(self, series: str, number: int) -> Revision | None: ...

    async def revision_of(self, submission_id: str) -> Revision | None: ...

    async def add_revision(self, one: Revision) -> bool:
        """False where its number is taken or its submission has one."""
        ...

    async def swap_revision(self, old: Revision, new: Revision) -> Revision | None:
        """The new revision as it is held, or None where ``old`` is not what the store holds."""
        ...

    async def newest(self, series: str) -> int:
        """The highest number of a series; 0 for none."""
        ...

    async def follower(self, series: str, number: int) -> Follower | None:
        """What the nearest later revision is that is accepted or a withdrawal."""
        ...

    async def earlier(self, series: str, number: int, states: Iterable[State]) -> list[int]:
        """The numbers of earlier revisions whose *submission* shows one of ``states``."""
        ...

    async def withdrawal(self, series: str) -> Revision | None:
        """The newest withdrawal."""
        ...

    async def base(self, series: str, *, sent: bool) -> Revision | None:
        """The highest revision neither rejected nor withdrawn; with ``sent``, of those that were not joined."""
        ...

    async def unpublished(self, series: str) -> list[Revision]:
        """Revisions of which the topic may not know."""
        ...

    def underway(self) -> AsyncIterator[Revision]:
        """Revisions that wait for their judgement, or of which the topic may not know, in the order of their ids.

        And accepted parts, as long as what their State wants to follow has not followed.
        """
        ...

    async def decisive(self) -> dict[str, Order]:
        """Of each national series, the newest revision that is accepted or a withdrawal."""
        ...

    async def parts_in_force(self, participant: str, cycle: str) -> list[Revision]:
        """The accepted part of each agency."""
        ...

    async def figures_in_force(self, series: Sequence[str]) -> Figures:
        """By cycle, the figures of what is in force in these series."""
        ...


class MongoStore:
    """The collections ``submissions`` and ``reports``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._submissions: Collection = database.submissions
        self._reports: Collection = database.reports

    async def prepare(self) -> None:
        where_text = {"claim": {"$type": "string"}}
        async with answering():
            await self._submissions.create_index("claim", unique=True, partialFilterExpression=where_text)
            await self._submissions.create_index([("series", 1), ("revision", 1)])
            await self._submissions.create_index([("participant", 1), ("received_at", -1), ("_id", -1)])
            await self._submissions.create_index([("received_at", -1), ("_id", -1)])
            # The gateway asks for a cycle: whether anything refers to it, who has reported, what was sent for it.
            await self._submissions.create_index([("cycle", 1), ("received_at", -1), ("_id", -1)])
            # ... and for the newest of each line of a State: all that this asks for, so that no document is looked at.
            line = [("participant", 1), ("cycle", 1), ("agency", 1), ("received_at", -1), ("_id", -1), ("kind", 1)]
            await self._submissions.create_index(line)
            await self._reports.create_index("submission_id", unique=True)
            await self._reports.create_index([("series", 1), ("revision", -1)])
            await self._reports.create_index([("participant", 1), ("cycle", 1)])
            await self._reports.create_index([("cycle", 1), ("agency", 1)])

    async def reachable(self) -> bool:
        async with answering():
            return await answers(self._database)

    async def submission(self, submission_id: str) -> Submission | None:
        async with answering():
            return _read(Submission, await self._submissions.find_one({"_id": submission_id}))

    async def add_submission(self, one: Submission) -> Added:
        if await self._add(self._submissions, one):
            return "added"
        return "known" if await self.submission(one.id) is not None else "claimed"

    async def swap_submission(self, old: Submission, new: Submission) -> bool:
        return await self._swap(self._submissions, old, new) is not None

    async def revision(self, series: str, number: int) -> Revision | None:
        return await self._one({"series": series, "revision": number})

    async def revision_of(self, submission_id: str) -> Revision | None:
        return await self._one({"submission_id": submission_id})

    async def add_revision(self, one: Revision) -> bool:
        return await self._add(self._reports, one)

    async def swap_revision(self, old: Revision, new: Revision) -> Revision | None:
        return await self._swap(self._reports, old, new)

    async def newest(self, series: str) -> int:
        async with answering():
            found = await self._reports.find_one({"series": series}, ["revision"], sort=[("revision", -1)])
        return found["revision"] if found else 0

    async def follower(self, series: str, number: int) -> Follower | None:
        later = {"series": series, "revision": {"$gt": number}}
        async with answering():
            found = await self._reports.find_one({**later, **DECIDES}, ["kind"], sort=[("revision", 1)])
        if found is None:
            return None
        return "withdrawal" if found["kind"] == "withdrawal" else "accepted"

    async def earlier(self, series: str, number: int, states: Iterable[State]) -> list[int]:
        where: Stored = {"series": series, "revision": {"$lt": number}, "state": {"$in": list(states)}}
        async with answering():
            found = await self._submissions.find(where, ["revision", "kind"]).to_list(None)
        return sorted({one["revision"] for one in found if one["kind"] in ("report", "joined")})

    async def withdrawal(self, series: str) -> Revision | None:
        return await self._one({"series": series, "kind": "withdrawal"})

    async def base(self, series: str, *, sent: bool) -> Revision | None:
        ended = await self.withdrawal(series)
        kinds = ["report"] if sent else ["report", "joined"]
        return await self._one(
            {
                "series": series,
                "revision": {"$gt": ended.revision if ended else 0},
                "kind": {"$in": kinds},
                "outcome": {"$ne": "rejected"},
            }
        )

    async def unpublished(self, series: str) -> list[Revision]:
        async with answering():
            found = await self._reports.find({"series": series, "published": False}).sort("revision", 1).to_list(None)
        return [Revision.model_validate(_named(one)) for one in found]

    async def underway(self) -> AsyncIterator[Revision]:
        waiting: Stored = {"outcome": None, "kind": {"$ne": "withdrawal"}}
        halted: Stored = {"agency": {"$ne": None}, "outcome": "accepted", "flowed": {"$ne": True}}
        where: Stored = {"$or": [{"published": False}, waiting, halted]}
        async with answering():
            async for one in self._reports.find(where).sort("_id", 1):
                yield Revision.model_validate(_named(one))

    async def decisive(self) -> dict[str, Order]:
        where: Stored = {"agency": None, **DECIDES}
        async with answering():
            found = await self._reports.find(where, ["series", "revision", "judgement"]).to_list(None)
        return newest_of((one["series"], (one["revision"], one["judgement"])) for one in found)

    async def parts_in_force(self, participant: str, cycle: str) -> list[Revision]:
        where: Stored = {"participant": participant, "cycle": cycle, "agency": {"$ne": None}, "outcome": "accepted"}
        async with answering():
            found = await self._reports.find(where, ["series", "revision"]).to_list(None)
        highest: dict[str, int] = {}
        for one in found:
            highest[one["series"]] = max(one["revision"], highest.get(one["series"], 0))
        parts = [await self.revision(series, number) for series, number in sorted(highest.items())]
        return [part for part in parts if part is not None]

    async def figures_in_force(self, series: Sequence[str]) -> Figures:
        where: Stored = {"series": {"$in": list(series)}, "state": {"$in": sorted(IN_FORCE)}}
        async with answering():
            found = await self._reports.find(where, ["cycle", "revision", "figures"]).sort("revision", 1).to_list(None)
        return {one["cycle"]: one["figures"] for one in found}

    async def _one(self, where: Stored) -> Revision | None:
        """The highest of those."""
        async with answering():
            return _read(Revision, await self._reports.find_one(where, sort=[("revision", -1)]))

    async def _add(self, collection: Collection, one: Document) -> bool:
        async with answering():
            try:
                await collection.insert_one(_stored(one))
            except DuplicateKeyError:
                return False
            return True

    async def _swap(self, collection: Collection, old: D, new: D) -> D | None:
        after = new.model_copy(update={"version": old.version + 1})
        # Only what differs becomes a document: a revision holds its report three times over, and keeps it.
        changed = {name for name in type(old).model_fields if getattr(old, name) != getattr(after, name)}
        fields = _stored(after, changed)
        gone = dict.fromkeys(changed - fields.keys(), "")
        update = {"$set": fields, **({"$unset": gone} if gone else {})}
        async with answering():
            done = await collection.update_one({"_id": old.id, "version": old.version}, update)
        return after if done.matched_count else None


def newest_of(found: Iterable[tuple[str, Order]]) -> dict[str, Order]:
    """The highest of each series."""
    newest: dict[str, Order] = {}
    for series, judged in found:
        newest[series] = max(judged, newest.get(series, judged))
    return newest


def _stored(one: Document, names: set[str] | None = None) -> Stored:
    """The fields of those names, or all, as they are kept: no claim and no body where there is none."""
    fields = one.model_dump(include=names)
    absent = [name for name in OPTIONAL & fields.keys() if fields[name] is None]
    return {"_id" if name == "id" else name: value for name, value in fields.items() if name not in absent}


def _named(stored: Stored) -> Stored:
    return {"id": stored["_id"], **stored}


def _read(kind: type[D], stored: Stored | None) -> D | None:
    return None if stored is None else kind.model_validate(_named(stored))


@contextlib.asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """A database that does not answer is "not now"; a duplicate is an answer, and goes to whoever asked.

    What cannot be written at all is neither: waiting for it would hold up everything behind it for good.
    """
    try:
        yield
    except DuplicateKeyError:
        raise
    except (InvalidDocument, OverflowError) as error:
        raise UnfitError(type(error).__name__) from None
    except WriteError as error:
        if error.code in TOO_LARGE:
            raise UnfitError(f"write error {error.code}") from None
        raise NotNow(f"mongo: {said(error)}") from None
    except PyMongoError as error:
        raise NotNow(f"mongo: {said(error)}") from None
