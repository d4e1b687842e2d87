"""Joining the parts of a State's agencies into its national return."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from contracts.identity import revision_id, series_id
from services.ingest.documents import Revision, Step, Submission
from services.ingest.recording import Recording
from services.ingest.rules import joining
from services.ingest.rules.joining import Joined, Refused
from services.ingest.series import Series
from services.ingest.store import Store


class Parts:
    """Joining twice what has not changed is one revision: its id follows from what it is made of."""

    def __init__(self, store: Store, series: Series, recording: Recording, now: Callable[[], datetime]) -> None:
        self._store, self._series, self._recording, self._now = store, series, recording, now

    async def join(self, participant: str, cycle: str, *, released_at: datetime | None) -> Revision | Refused:
        """Record the joined return, or say why there is none.

        ``released_at``: when the focal point released it; None where accepted parts flow through by themselves.
        """
        series = series_id(participant, cycle)
        refused: list[Refused] = []

        async def draft(number: int) -> Revision | None:
            made = await self._make(series, participant, cycle, released_at)
            if not isinstance(made, Joined):
                refused[:] = [made]
                return None
            if (known := await self._store.revision_of(made.submission_id)) is not None:
                return known
            at = self._now()
            context = await self._recording.context(made.report, made.received_at, tuple(made.overlaps))
            return Revision(
                id=revision_id(series, number),
                series=series,
                participant=participant,
                cycle=cycle,
                revision=number,
                submission_id=made.submission_id,
                kind="joined",
                sender=joining.released_by(participant),
                report=made.report.to_json(),
                context=context.model_dump(mode="json"),
                state="recorded",
                history=[Step(state="recorded", at=at, service="ingest")],
                recorded_at=at,
            )

        revision = await self._series.add(series, draft)
        await self._complete(series)
        return refused[0] if revision is None else revision

    async def _make(self, series: str, participant: str, cycle: str, released_at: datetime | None) -> Joined | Refused:
        parts = await self._store.parts_in_force(participant, cycle)
        withdrawal = await self._store.withdrawal(series)
        if released_at is None:
            parts = joining.flowing(parts, withdrawal)
        base = await self._store.base(series, sent=True)
        # In a thread: fifty parts of 1 MB take ten seconds, in which the group would hear nothing of this worker.
        return await asyncio.to_thread(joining.joined, base, parts, withdrawal, released_at)

    async def _complete(self, series: str) -> None:
        """Finish every joined revision that is not: after a crash the parts may have changed, and so the next id."""
        for one in await self._store.unpublished(series):
            if one.kind == "joined":
                await self._store.add_submission(submission_of(one))
                await self._series.finish(one)


def submission_of(one: Revision) -> Submission:
    """The document by which a joined return is seen and explained like any other."""
    return Submission(
        id=one.submission_id,
        kind="joined",
        series=one.series,
        participant=one.participant,
        cycle=one.cycle,
        sender=one.sender.name,
        body_hash="",
        state="received",
        timeline=[Step(state="received", at=one.recorded_at, service="ingest")],
        received_at=one.recorded_at,
    )
