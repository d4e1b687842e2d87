"""Taking a report in: keep the submission, number the revision, freeze what it is judged by, publish it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from contracts.context import Context, Overlap, build, compared_with
from contracts.directory import Directory
from contracts.findings import Finding
from contracts.identity import revision_id, series_id
from contracts.merging import merge
from contracts.report import Report
from runtime.failpoints import passing
from runtime.outcome import Done, NotNow
from services.ingest.announcements import Announcements
from services.ingest.documents import Revision, Step, Submission
from services.ingest.rules import frozen, intake
from services.ingest.rules.intake import Incoming
from services.ingest.rules.joining import as_reported, own
from services.ingest.series import Series
from services.ingest.store import Store, UnfitError


class Recording:
    """``directory`` is refreshed before each batch by whoever reads the topics."""

    def __init__(
        self,
        store: Store,
        series: Series,
        announcements: Announcements,
        directory: Directory,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._series, self._announcements = store, series, announcements
        self._directory, self._now = directory, now

    async def take(self, incoming: Incoming) -> Done:
        """Everything from the submission's document to the recorded event; whatever is done already stays as it is."""
        # In a thread: a report of 1 MB is looked through for a second, and every other partition is waiting.
        read = await asyncio.to_thread(intake.read, incoming)
        try:
            kept = await self._keep(intake.submission(incoming, read, self._now()))
        except UnfitError:
            read = intake.UNFIT
            kept = await self._keep(intake.submission(incoming, read, self._now()))
        if read.report is None:
            kept = await self._refuse(kept, read.findings)
        if read.report is None or (kept.state == "rejected" and kept.revision is None):
            return await self._answer_refusal(kept)
        # Sent again: it is numbered already, and a revision is large.
        revision = await self._store.revision_of(kept.id) if kept.revision is not None else None
        try:
            revision = revision or await self._number(incoming, read.report)
        except UnfitError:
            revision = None
        if revision is None:
            return await self._answer_refusal(await self._refuse(kept, [intake.TOO_LARGE]))
        await self._series.finish(revision)
        return Done("recorded")

    async def _keep(self, one: Submission) -> Submission:
        """The document as it is held: this one, an earlier one of the same id, or one that says "key used before"."""
        await passing("ingest.submission.before")
        if await self._store.add_submission(one) == "claimed":
            await self._store.add_submission(intake.conflicting(one, self._now()))
        await passing("ingest.submission.after")
        return await self.kept(one.id)

    async def kept(self, submission_id: str) -> Submission:
        """A submission that is there; a majority of the database may need a moment to know of it (NotNow)."""
        held = await self._store.submission(submission_id)
        if held is None:
            raise NotNow(f"submission {submission_id} is not to be seen yet")
        return held

    async def _number(self, incoming: Incoming, report: Report) -> Revision | None:
        series = series_id(report.reporter, report.cycle, report.agency)

        async def draft(number: int) -> Revision | None:
            if (known := await self._store.revision_of(incoming.submission_id)) is not None:
                return known
            base = await self._store.base(series, sent=False) if report.scope == "partial" else None
            whole = merge(as_reported(base) if base else None, report)
            sent = await self._store.base(series, sent=True) if base else None
            said = merge(own(sent) if sent else None, report) if base else None
            body = whole.to_json()
            if intake.too_large(body):
                return None
            context = await self.context(whole, incoming.received_at, ())
            at = self._now()
            return Revision(
                id=revision_id(series, number),
                series=series,
                participant=report.reporter,
                cycle=report.cycle,
                agency=report.agency,
                revision=number,
                submission_id=incoming.submission_id,
                kind="report",
                sender=incoming.sender,
                report=body,
                own=said.to_json() if said and said != whole else None,
                context=context.model_dump(mode="json"),
                state="recorded",
                history=[Step(state="recorded", at=at, service="ingest")],
                recorded_at=at,
            )

        return await self._series.add(series, draft)

    async def context(self, report: Report, received_at: datetime, overlaps: tuple[Overlap, ...]) -> Context:
        """What the report is judged by: the cycle's clock and what the same sender has in force around it."""
        series = [series_id(report.reporter, cycle, report.agency) for cycle in compared_with(report.cycle)]
        in_force = await self._store.figures_in_force(series)
        return frozen.fitting(
            build(
                self._directory, report.reporter, report.cycle, report.agency, received_at, in_force, overlaps=overlaps
            )
        )

    async def _refuse(self, kept: Submission, findings: list[Finding]) -> Submission:
        """End it as rejected, unless it has ended or become a revision already."""
        at = self._now()
        await self._series.end(kept, lambda one: intake.rejected(one, findings, at))
        return await self.kept(kept.id)

    async def _answer_refusal(self, kept: Submission) -> Done:
        if kept.revision is None:
            await self._announcements.answered(kept, kept.state, kept.findings, None, kept.timeline[-1].at)
        return Done("rejected")
