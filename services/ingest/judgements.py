"""What validation says of a revision, taken into its line; and what follows from it for agencies and their State."""

from typing import assert_never

from contracts.directory import Directory
from contracts.events import ReportReviewed, ReportWithdrawn
from runtime.logs import logger
from runtime.outcome import Done
from services.ingest.announcements import Announcements
from services.ingest.documents import Revision
from services.ingest.parts import Parts
from services.ingest.rules import line
from services.ingest.rules.line import Judged
from services.ingest.series import Series
from services.ingest.store import Store

log = logger(__name__)


class Judgements:
    """``directory`` is refreshed before each batch by whoever reads the topics."""

    def __init__(
        self, store: Store, series: Series, announcements: Announcements, parts: Parts, directory: Directory
    ) -> None:
        self._store, self._series, self._announcements = store, series, announcements
        self._parts, self._directory = parts, directory

    async def take(self, event: Judged | ReportWithdrawn | ReportReviewed) -> Done:
        """Everything that follows from the event; whatever is done already stays as it is.

        A revision that is not known here was judged before a restore of the database: it will be recorded, published
        and judged again when its submission is.
        """
        if isinstance(event, ReportWithdrawn | ReportReviewed):
            return Done("own")  # ingest's own words: whoever published them has done what follows
        revision = await self._series.change(event.series, event.revision, lambda one, _: line.judged(one, event))
        if revision is None or revision.submission_id != event.submission_id:
            log.warning("a judgement of a revision that is not known", series=event.series, revision=event.revision)
            return Done("unknown")
        await self._series.mirror(revision)
        await self._series.ripple(revision)
        if revision.judgement == event.judgement and revision.outcome is not None:
            await self._answer(revision, revision.outcome)
            await self._flow(revision)
        return Done(revision.state)

    async def _answer(self, revision: Revision, outcome: str) -> None:
        """The outcome, also of a revision that a later one has replaced meanwhile: its sender waits for it."""
        submission = await self._store.submission(revision.submission_id)
        at = next(
            (step.at for step in reversed(revision.history) if step.service == "validation"), revision.recorded_at
        )
        if submission is not None:
            await self._announcements.answered(submission, outcome, revision.findings, revision, at)

    async def _flow(self, part: Revision) -> None:
        """Follow the State's setting for an accepted part, once: a replay under another setting joins nothing."""
        if part.agency is None or part.outcome != "accepted" or part.flowed:
            return
        participant = self._directory.participant(part.participant)
        if participant is not None:
            match participant.release:
                case "flow_through":
                    joined = await self._parts.join(part.participant, part.cycle, released_at=None)
                    if not isinstance(joined, Revision):
                        log.warning("parts were not joined", series=part.series, reason=joined)
                case "focal_point":
                    pass
                case _:
                    assert_never(participant.release)
        await self._series.change(part.series, part.revision, lambda one, _: one.model_copy(update={"flowed": True}))
