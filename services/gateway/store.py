"""What the gateway reads of the other services' collections. It writes none."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Protocol

from contracts.figures import field_of
from runtime.mongo import Database, Document, asking, decoded, encoded
from runtime.outcome import NotNow
from services.gateway.held import HELD_SECONDS
from services.gateway.in_force import InForce
from services.gateway.visibility import Contribution, contribution, contributions

HEADER = ("series", "participant", "cycle", "agency", "revision", "judgement", "submission_id", "kind", "state",
          "recorded_at", "history", "context.received_at")  # fmt: skip
"""What tells a revision without its content: a list of revisions must not load their reports."""
SUBMISSION_HEAD = ("kind", "participant", "cycle", "agency", "state", "revision", "received_at")
"""What tells a submission in a list of them: a thousand findings each would be some 0.7 MB each."""
STATUS = (*SUBMISSION_HEAD, "findings", "timeline")
PAGE_FINDINGS = 5_000
"""A page of submissions ends with the one that brings it to so many findings: some 3.5 MB, where 200 with a thousand
each would be 140."""
LINE = ("participant", "cycle", "agency")
AGGREGATE = ("period", "participant", "revision")
CONTRIBUTION = ("participant", "cycle", "revision", "order", "answered", "centre_only", "withdrawn")
REMEMBERED_SECONDS = 0.25
"""So long the returns in force count as they were read: no longer than aggregation lets figures wait. Thousands of
them stand behind every search, and a page of figures is several searches (docs/profiles.md, "Reading")."""
UNCHANGED_SECONDS = HELD_SECONDS
"""So long what followed from them counts while none of them changes; its figures may be HELD_SECONDS old already."""
AT_ONCE = 500
"""Aggregates that are read and summed at a time: what they need of memory is used again, and others get their turn."""
CYCLE_USERS = ("reports", "submissions", "drafts")
"""Collections of what States have said, or begun to say, about a cycle."""
Filter = Mapping[str, Any]


class Reads(Protocol):
    """Every look-up raises NotNow when the database does not answer."""

    async def submission(self, submission_id: str) -> Document | None: ...

    async def submissions(
        self, where: Filter, after: tuple[Any, str] | None, limit: int
    ) -> tuple[list[Document], bool]:
        """Newest first by (received_at, id), from behind ``after``; and whether more follow.

        At most ``limit``, fewer where they hold PAGE_FINDINGS before that. ``where``: fields and their values, or
        ``$in``.
        """
        ...

    async def submission_heads(self, where: Filter, limit: int) -> list[Document]:
        """The newest ones, without findings and timeline. ``where`` as for ``submissions``."""
        ...

    async def newest_submissions(self, where: Filter) -> list[Document]:
        """The newest of each participant, cycle and agency, without findings and timeline, in any order."""
        ...

    async def body_hash(self, claim: str) -> str | None:
        """The hash of the body that was recorded under a sender's Idempotency-Key."""
        ...

    async def revisions(self, **where: str | None) -> list[Document]:
        """Headers of the revisions with these fields, as ``cycle`` and ``agency`` (None: national ones)."""
        ...

    async def revision(self, series: str, number: int) -> Document | None:
        """One revision, whole."""
        ...

    async def uses(self, cycle: str) -> list[str]:
        """Which collections of CYCLE_USERS have anything of a cycle."""
        ...

    async def in_force(self, *, anew: bool = False) -> InForce:
        """The returns in force, as they were at most REMEMBERED_SECONDS ago; ``anew``: as they are now."""
        ...

    def aggregates(
        self, dimension: str, periods: Sequence[str], indicators: Sequence[str], member: str | None
    ) -> AsyncIterator[Sequence[Document]]:
        """Some at a time: what each State has of these indicators in each period, of one member if it is given."""
        ...

    async def notices(self, where: Filter, after: tuple[Any, str] | None, limit: int) -> list[Document]:
        """Newest first by (at, id), from behind ``after``."""
        ...

    async def channel_states(self, where: Filter, before: int, limit: int) -> list[Document]:
        """How the notices' channels stand, by id and from behind the first ``before``, without what they say."""
        ...


class MongoReads:
    """The collections of docs/architecture.md."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._in_force = InForce(())
        self._contributions: dict[bytes, Contribution | None] = {}
        self._read_at = self._understood_at = self._failed_at = -UNCHANGED_SECONDS
        self._reading = asyncio.Lock()

    async def submission(self, submission_id: str) -> Document | None:
        async with answering():
            return await self._database.submissions.find_one({"_id": submission_id}, STATUS)

    async def submissions(
        self, where: Filter, after: tuple[Any, str] | None, limit: int
    ) -> tuple[list[Document], bool]:
        # A few at a time, so that what the page has no room for is not read either.
        held = self._sorted("submissions", where, "received_at", after, limit + 1, STATUS).batch_size(10)
        async with answering():
            return await _page(held, limit)

    async def submission_heads(self, where: Filter, limit: int) -> list[Document]:
        return await self._newest("submissions", where, "received_at", None, limit, SUBMISSION_HEAD)

    async def newest_submissions(self, where: Filter) -> list[Document]:
        line = {name: {"$ifNull": [f"${name}", None]} for name in LINE}
        newest = {"$top": {"sortBy": {"received_at": -1, "_id": -1}, "output": "$_id"}}
        # Which they are stands in an index of ingest's: of thousands that were sent, only these are read.
        steps: list[Document] = [{"$match": dict(where)}, {"$group": {"_id": line, "newest": newest}}]
        async with answering():
            found = await self._database.submissions.aggregate(steps).to_list(None)
            ids = [one["newest"] for one in found]
            return await self._database.submissions.find({"_id": {"$in": ids}}, SUBMISSION_HEAD).to_list(None)

    async def body_hash(self, claim: str) -> str | None:
        async with answering():
            found = await self._database.submissions.find_one({"claim": claim}, ["body_hash"])
        return found["body_hash"] if found else None

    async def revisions(self, **where: str | None) -> list[Document]:
        async with answering():
            return await self._database.reports.find(dict(where), HEADER).to_list(None)

    async def revision(self, series: str, number: int) -> Document | None:
        async with answering():
            return await self._database.reports.find_one({"series": series, "revision": number})

    async def uses(self, cycle: str) -> list[str]:
        async with answering():
            return [
                name
                for name in CYCLE_USERS
                if await self._database[name].find_one({"cycle": cycle}, {"_id": 1}) is not None
            ]

    async def in_force(self, *, anew: bool = False) -> InForce:
        since = time.monotonic() - (0.0 if anew else REMEMBERED_SECONDS)
        # One reads, and whoever has asked before that began shares what comes of it. Also that nothing does: to wait
        # for a silent database one after the other would take minutes.
        async with self._reading:
            if self._read_at < since:
                if self._failed_at >= since:
                    raise NotNow("mongo: it did not answer another one who has asked")
                await self._read()
        return self._in_force

    async def _read(self) -> None:
        read_at = time.monotonic()
        try:
            async with answering():
                found = await encoded(self._database.contributions, {}, CONTRIBUTION)
        except NotNow:
            self._failed_at = read_at
            raise
        known = self._contributions
        if found != list(known) or self._understood_at < read_at - UNCHANGED_SECONDS:
            # Of thousands one has changed.
            self._contributions = {one: known[one] if one in known else contribution(decoded(one)) for one in found}
            self._in_force = InForce(one for one in self._contributions.values() if one is not None)
            self._understood_at = read_at
        self._read_at = read_at

    async def aggregates(
        self, dimension: str, periods: Sequence[str], indicators: Sequence[str], member: str | None
    ) -> AsyncIterator[Sequence[Document]]:
        where: Document = {"dimension": dimension, "period": {"$in": list(periods)}}
        behind = "" if member is None else f".{field_of(member)}"
        cells = (f"cells.{indicator}{behind}" for indicator in indicators)
        async with answering():
            found = self._database.aggregates.find(where, [*AGGREGATE, *cells], batch_size=AT_ONCE)
            while some := await found.to_list(AT_ONCE):
                yield some

    async def notices(self, where: Filter, after: tuple[Any, str] | None, limit: int) -> list[Document]:
        return await self._newest("notices", where, "at", after, limit, None)

    async def channel_states(self, where: Filter, before: int, limit: int) -> list[Document]:
        async with answering():
            found = self._database.notices.find(dict(where), ["channels"]).sort("_id", 1).skip(before).limit(limit)
            return await found.to_list(None)

    async def _newest(
        self, collection: str, where: Filter, by: str, after: tuple[Any, str] | None, limit: int, fields: Any
    ) -> list[Document]:
        async with answering():
            found: list[Document] = await self._sorted(collection, where, by, after, limit, fields).to_list(None)
        return found

    def _sorted(
        self, collection: str, where: Filter, by: str, after: tuple[Any, str] | None, limit: int, fields: Any
    ) -> Any:
        query = dict(where)
        if after is not None:
            query["$or"] = [{by: {"$lt": after[0]}}, {by: after[0], "_id": {"$lt": after[1]}}]
        return self._database[collection].find(query, fields).sort([(by, -1), ("_id", -1)]).limit(limit)


class MemoryReads:
    """The same over lists of documents, for tests of what stands on it."""

    def __init__(self, **collections: Iterable[Document]) -> None:
        self.collections: dict[str, list[Document]] = {name: list(held) for name, held in collections.items()}

    def add(self, collection: str, *documents: Document) -> None:
        self.collections.setdefault(collection, []).extend(documents)

    async def submission(self, submission_id: str) -> Document | None:
        return next(iter(self._find("submissions", {"_id": submission_id})), None)

    async def submissions(
        self, where: Filter, after: tuple[Any, str] | None, limit: int
    ) -> tuple[list[Document], bool]:
        async def held() -> AsyncIterator[Document]:
            for one in self._newest("submissions", where, "received_at", after, limit + 1):
                yield one

        return await _page(held(), limit)

    async def submission_heads(self, where: Filter, limit: int) -> list[Document]:
        found = self._newest("submissions", where, "received_at", None, limit)
        return [{name: one[name] for name in ("_id", *SUBMISSION_HEAD) if name in one} for one in found]

    async def newest_submissions(self, where: Filter) -> list[Document]:
        heads = await self.submission_heads(where, len(self.collections.get("submissions", ())))
        # The first of a line comes last, and stays.
        return list({tuple(one.get(name) for name in LINE): one for one in reversed(heads)}.values())

    async def body_hash(self, claim: str) -> str | None:
        return next((one["body_hash"] for one in self._find("submissions", {"claim": claim})), None)

    async def revisions(self, **where: str | None) -> list[Document]:
        return self._find("reports", where)

    async def revision(self, series: str, number: int) -> Document | None:
        return next(iter(self._find("reports", {"series": series, "revision": number})), None)

    async def uses(self, cycle: str) -> list[str]:
        return [name for name in CYCLE_USERS if self._find(name, {"cycle": cycle})]

    async def in_force(self, *, anew: bool = False) -> InForce:  # noqa: ARG002 - always anew
        return InForce(contributions(self._find("contributions", {})))

    async def aggregates(
        self, dimension: str, periods: Sequence[str], indicators: Sequence[str], member: str | None
    ) -> AsyncIterator[Sequence[Document]]:
        def asked(cells: Document) -> Document:
            return cells if member is None else {name: cells[name] for name in cells if name == field_of(member)}

        yield [
            {**one, "cells": {name: asked(cells) for name, cells in one["cells"].items() if name in indicators}}
            for one in self._find("aggregates", {"dimension": dimension})
            if one["period"] in periods
        ]

    async def notices(self, where: Filter, after: tuple[Any, str] | None, limit: int) -> list[Document]:
        return self._newest("notices", where, "at", after, limit)

    async def channel_states(self, where: Filter, before: int, limit: int) -> list[Document]:
        return sorted(self._find("notices", where), key=lambda one: str(one["_id"]))[before : before + limit]

    def _find(self, collection: str, where: Filter) -> list[Document]:
        held = self.collections.get(collection, ())
        return [one for one in held if all(_is(one.get(name), value) for name, value in where.items())]

    def _newest(
        self, collection: str, where: Filter, by: str, after: tuple[Any, str] | None, limit: int
    ) -> list[Document]:
        found = sorted(self._find(collection, where), key=lambda one: (one[by], one["_id"]), reverse=True)
        return [one for one in found if after is None or (one[by], one["_id"]) < after][:limit]


async def _page(held: AsyncIterable[Document], limit: int) -> tuple[list[Document], bool]:
    """What a page has room for, by number and by findings, and whether more follow; it takes one of these at most."""
    found: list[Document] = []
    findings = 0
    async for one in held:
        if len(found) == limit or findings >= PAGE_FINDINGS:
            return found, True
        found.append(one)
        findings += len(one.get("findings", ()))
    return found, False


def _is(found: Any, wanted: Any) -> bool:
    return found in wanted["$in"] if isinstance(wanted, dict) else found == wanted


@contextlib.asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """A database that does not answer is "not now"."""
    with asking("mongo"):
        yield
