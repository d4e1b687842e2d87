"""What ingest tells others: revisions recorded, withdrawn, reviewed; answers to agencies.

Ids and times follow from what is told, so that telling it again is the same event.
"""

from datetime import datetime
from typing import Protocol

from contracts import events as e
from contracts.context import Context
from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding
from contracts.identity import event_id
from contracts.report import Report
from contracts.topics import JUDGED, RECORDED, Topic
from contracts.wire import Event
from runtime.failpoints import passing
from runtime.publisher import TooLargeError
from services.ingest.documents import Review, Revision, Submission


class Outbox(Protocol):
    """``runtime.publisher.Publisher``, or what stands for it in a test. Publishing raises NotNow and TooLargeError."""

    def event(self, event_id: str, data: e.Payload, subject: str | None, at: datetime) -> Event[e.Payload]: ...

    async def publish(self, topic: Topic | str, key: str, event: Event[e.Payload]) -> tuple[int, int]: ...


class Announcements:
    """Each call returns once Kafka has the event durably."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def recorded(self, one: Revision) -> None:
        """A report to be judged, or judged again; one that fits into no message is judged here, as validation would.

        The judgement comes back to ingest like any other, and its sender learns why; the topic goes on.
        """
        data = e.ReportRecorded(
            **_about(one),
            sender=one.sender,
            report=Report.model_validate(one.report),
            explanations=one.explanations,
            context=Context.model_validate(one.context),
        )
        at = [step.at for step in one.history if step.state == "recorded"][-1]
        try:
            await self._tell(RECORDED, one, f"recorded.{one.judgement}", data, at)
        except TooLargeError:
            refused = e.ReportRejected(**_about(one), findings=[FINDINGS["report.too_large"].at()])
            await self._tell(JUDGED, one, f"judged.{one.judgement}", refused, at)

    async def accepted(self, one: Revision) -> None:
        """Validation's word on a revision, from what was kept of it: where the topic that had it is gone."""
        data = e.ReportAccepted.model_validate(
            {
                **_about(one),
                "findings": one.findings,
                "report": one.enriched,
                "figures": one.figures,
                "answered": one.answered,
                "centre_only": one.centre_only,
            }
        )
        at = next((step.at for step in one.history if step.state == "accepted"), one.recorded_at)
        await self._tell(JUDGED, one, f"judged.{one.judgement}", data, at)

    async def withdrawn(self, one: Revision) -> None:
        """The series has no return in force from here on."""
        data = e.ReportWithdrawn(**_about(one), reason=one.reason or "")
        await self._tell(JUDGED, one, "withdrawn", data, one.recorded_at)

    async def reviewed(self, one: Revision, review: Review) -> None:
        """The centre's word on a revision."""
        data = e.ReportReviewed(
            **_about(one), outcome=review.outcome, reason=review.reason, pointers=list(review.pointers)
        )
        await self._tell(JUDGED, one, f"reviewed.{review.command_id}", data, review.at)

    async def answered(
        self, to: Submission, state: str, findings: list[Finding], revision: Revision | None, at: datetime
    ) -> None:
        """Tell an agency what became of what it published straight to Kafka; nothing where it did not."""
        if to.answer_topic is None:
            return
        data = e.SubmissionAnswered(
            submission_id=to.id,
            event_id=to.event_id,
            state=state,
            revision=revision.revision if revision else None,
            findings=findings,
        )
        step = f"answered.{revision.judgement if revision else 'intake'}"
        where = ("answer", to.answer_topic, to.participant or "", to.id, step)
        try:
            await self.tell(*where, data, at)
        except TooLargeError:
            counted = [FINDINGS["report.more_findings"].at(count=len(findings))]
            await self.tell(*where, data.model_copy(update={"findings": counted}), at)

    async def _tell(self, topic: Topic, one: Revision, step: str, data: e.Payload, at: datetime) -> None:
        await self.tell(step.partition(".")[0], topic, one.participant, one.submission_id, step, data, at)

    async def tell(
        self, effect: str, topic: Topic | str, key: str, subject: str, step: str, data: e.Payload, at: datetime
    ) -> None:
        """One event about ``subject``; ``effect`` names the failpoints on both sides."""
        event = self._outbox.event(event_id(subject, step), data, subject, at)
        await passing(f"ingest.{effect}.before")
        await self._outbox.publish(topic, key, event)
        await passing(f"ingest.{effect}.after")


def _about(one: Revision) -> dict[str, object]:
    names = ("submission_id", "series", "participant", "cycle", "agency", "revision", "judgement")
    return {name: getattr(one, name) for name in names}
