"""The store in dictionaries, for tests of what stands on it. One suite runs on this and on MongoDB."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from contracts.states import IN_FORCE, State
from services.ingest.documents import Revision, Submission
from services.ingest.rules.line import Follower, decisive
from services.ingest.store import Added, D, Figures, Order, newest_of


class MemoryStore:
    """``store.Store`` without a database."""

    def __init__(self) -> None:
        self.submissions: dict[str, Submission] = {}
        self.revisions: dict[str, Revision] = {}

    async def prepare(self) -> None:
        return None

    async def reachable(self) -> bool:
        return True

    async def submission(self, submission_id: str) -> Submission | None:
        return self.submissions.get(submission_id)

    async def add_submission(self, one: Submission) -> Added:
        if one.id in self.submissions:
            return "known"
        if one.claim is not None and one.claim in (other.claim for other in self.submissions.values()):
            return "claimed"
        self.submissions[one.id] = one
        return "added"

    async def swap_submission(self, old: Submission, new: Submission) -> bool:
        return _swapped(self.submissions, old, new) is not None

    async def revision(self, series: str, number: int) -> Revision | None:
        return self._highest(series, lambda one: one.revision == number)

    async def revision_of(self, submission_id: str) -> Revision | None:
        return next((one for one in self.revisions.values() if one.submission_id == submission_id), None)

    async def add_revision(self, one: Revision) -> bool:
        if one.id in self.revisions or await self.revision_of(one.submission_id) is not None:
            return False
        self.revisions[one.id] = one
        return True

    async def swap_revision(self, old: Revision, new: Revision) -> Revision | None:
        return _swapped(self.revisions, old, new)

    async def newest(self, series: str) -> int:
        found = self._highest(series, lambda _: True)
        return found.revision if found else 0

    async def follower(self, series: str, number: int) -> Follower | None:
        later = (one for one in self._series(series) if one.revision > number and decisive(one) is not None)
        return next((decisive(one) for one in later), None)

    async def earlier(self, series: str, number: int, states: Iterable[State]) -> list[int]:
        wanted = set(states)
        found = [one for one in self.submissions.values() if one.series == series and one.kind in ("report", "joined")]
        return sorted(one.revision for one in found if one.state in wanted and one.revision and one.revision < number)

    async def withdrawal(self, series: str) -> Revision | None:
        return self._highest(series, lambda one: one.kind == "withdrawal")

    async def base(self, series: str, *, sent: bool) -> Revision | None:
        ended = await self.withdrawal(series)
        after, kinds = ended.revision if ended else 0, {"report"} if sent else {"report", "joined"}
        return self._highest(
            series, lambda one: one.revision > after and one.kind in kinds and one.outcome != "rejected"
        )

    async def unpublished(self, series: str) -> list[Revision]:
        return [one for one in self._series(series) if not one.published]

    async def underway(self) -> AsyncIterator[Revision]:
        for _, one in sorted(self.revisions.items()):
            halted = one.agency is not None and one.outcome == "accepted" and not one.flowed
            if halted or not one.published or (one.outcome is None and one.kind != "withdrawal"):
                yield one

    async def decisive(self) -> dict[str, Order]:
        found = (one for one in self.revisions.values() if one.agency is None and decisive(one) is not None)
        return newest_of((one.series, (one.revision, one.judgement)) for one in found)

    async def parts_in_force(self, participant: str, cycle: str) -> list[Revision]:
        found = [one for one in self.revisions.values() if (one.participant, one.cycle) == (participant, cycle)]
        accepted = [one for one in found if one.agency is not None and one.outcome == "accepted"]
        highest = {one.series: one for one in sorted(accepted, key=lambda one: one.revision)}
        return [part for _, part in sorted(highest.items())]

    async def figures_in_force(self, series: Sequence[str]) -> Figures:
        return {one.cycle: one.figures for name in series for one in self._series(name) if one.state in IN_FORCE}

    def _series(self, series: str) -> list[Revision]:
        return sorted((one for one in self.revisions.values() if one.series == series), key=lambda one: one.revision)

    def _highest(self, series: str, wanted: Callable[[Revision], bool]) -> Revision | None:
        return next((one for one in reversed(self._series(series)) if wanted(one)), None)


def _swapped(held: dict[str, D], old: D, new: D) -> D | None:
    if held[old.id].version != old.version:
        return None
    held[old.id] = new.model_copy(update={"version": old.version + 1})
    return held[old.id]
