"""Where drafts are kept: the collection ``drafts``, or memory for tests. One test suite runs on both."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

from contracts.identity import series_id
from runtime.failpoints import passing
from runtime.mongo import Database, Document, DuplicateKeyError
from runtime.outcome import NotNow
from services.gateway.portal.menu import N_
from services.gateway.portal.returns.draft import Draft, Held, Sent
from services.gateway.portal.returns.typed import TypedAnswer
from services.gateway.problems import Problem
from services.gateway.store import answering

MOST_TRIES = 20
"""People who save one draft in the same moment: each try fails only because somebody else's has succeeded."""

MOST_BYTES = 8 * 2**20
"""Of all answers together. The database takes 16 MiB for a draft and what was sent of it; a return has one."""
TOO_LARGE = N_(
    "The answers of this return are too large together: a draft holds at most 8 megabytes. "
    "Nothing of what you sent now was saved; what was saved before is still there. Use fewer rows or shorter texts."
)


class DraftTooLargeError(Problem):
    """A draft that no try would keep, as it would be told to whoever types."""

    def __init__(self) -> None:
        super().__init__(413, TOO_LARGE)


class Drafts(Protocol):
    """Every method raises NotNow when the database does not answer; doing it again is safe."""

    async def get(self, participant: str, cycle: str, agency: str | None) -> Draft:
        """The draft of a series; an empty one of version 0 where there is none."""
        ...

    async def of(self, participant: str) -> list[Draft]:
        """All drafts of a participant, by series."""
        ...

    async def put(self, draft: Draft) -> bool:
        """Keep this version if the one before it is there now; False where somebody was faster.

        Raises DraftTooLargeError.
        """
        ...


async def changed(drafts: Drafts, there: Draft, change: Callable[[Draft], Draft | None]) -> Draft | None:
    """``change`` the newest version of a draft, again where somebody was faster; None where it gives None.

    Raises DraftTooLargeError.
    """
    newest = there
    for _ in range(MOST_TRIES):
        wanted = change(newest)
        if wanted is None or wanted == newest or await drafts.put(wanted):
            return wanted
        newest = await drafts.get(there.participant, there.cycle, there.agency)
    raise NotNow("the draft is being changed by too many at once")


class MongoDrafts:
    """The collection ``drafts``, which belongs to the gateway."""

    def __init__(self, database: Database) -> None:
        self._drafts = database["drafts"]

    async def prepare(self) -> None:
        """Make the indexes; making them again does nothing."""
        async with answering():
            await self._drafts.create_index("participant")
            await self._drafts.create_index("cycle")  # before one is removed: whether anybody writes a return for it

    async def get(self, participant: str, cycle: str, agency: str | None) -> Draft:
        series = series_id(participant, cycle, agency)
        async with answering():
            found = await self._drafts.find_one({"_id": series})
        return _draft(found) if found else Draft(series, participant, cycle, agency)

    async def of(self, participant: str) -> list[Draft]:
        async with answering():
            return [_draft(one) async for one in self._drafts.find({"participant": participant}).sort("_id", 1)]

    async def put(self, draft: Draft) -> bool:
        whole = _document(draft)
        identity = whole.pop("_id")
        await passing("portal.draft.before")
        async with answering():
            try:
                guard = {"_id": identity, "version": draft.version - 1}
                await self._drafts.replace_one(guard, whole, upsert=True)
            except DuplicateKeyError:
                # This version or a later one is there: ours, if an answer was lost on the way.
                there = await self._drafts.find_one({"_id": identity})
                return there is not None and {**there, "_id": identity} == {**whole, "_id": identity}
        await passing("portal.draft.after")
        return True


class MemoryDrafts:
    """The same for tests of what stands on it."""

    def __init__(self) -> None:
        self._drafts: dict[str, Document] = {}

    async def get(self, participant: str, cycle: str, agency: str | None) -> Draft:
        series = series_id(participant, cycle, agency)
        found = self._drafts.get(series)
        return _draft(found) if found else Draft(series, participant, cycle, agency)

    async def of(self, participant: str) -> list[Draft]:
        return [_draft(one) for _, one in sorted(self._drafts.items()) if one["participant"] == participant]

    async def put(self, draft: Draft) -> bool:
        there = self._drafts.get(draft.series)
        if there is not None and there["version"] != draft.version - 1:
            return there == _document(draft)
        self._drafts[draft.series] = _document(draft)
        return True


def _document(draft: Draft) -> Document:
    # Typed text may look like anything, also like an operator of the database: it is kept as one JSON text.
    held = {
        question: {"typed": one.typed.model_dump(exclude_defaults=True), "v": one.version, "by": one.by, "p": one.page}
        for question, one in draft.answers.items()
    }
    answers = json.dumps(held, ensure_ascii=False)
    if len(answers.encode()) > MOST_BYTES:
        raise DraftTooLargeError
    return {
        "_id": draft.series,
        "participant": draft.participant,
        "cycle": draft.cycle,
        "agency": draft.agency,
        "version": draft.version,
        "answers": answers,
        "saved_at": draft.saved_at,
        "saved_by": draft.saved_by,
        "sent": [asdict(one) for one in draft.sent],
    }


def _draft(found: Document) -> Draft:
    held = json.loads(found["answers"])
    return Draft(
        series=found["_id"],
        participant=found["participant"],
        cycle=found["cycle"],
        agency=found["agency"],
        version=found["version"],
        answers={
            question: Held(TypedAnswer.model_validate(one["typed"]), one["v"], one["by"], one["p"])
            for question, one in held.items()
        },
        saved_at=found["saved_at"],
        saved_by=found["saved_by"],
        sent=tuple(Sent(**one) for one in found["sent"]),
    )
