"""A judgement as the event that tells of it. Pure."""

from typing import Any, assert_never

from contracts.events import ReportAccepted, ReportExplanationNeeded, ReportRecorded, ReportRejected
from services.validation.rules import Judgement
from services.validation.rules.found import found

Judged = ReportAccepted | ReportRejected | ReportExplanationNeeded


def judged_event(recorded: ReportRecorded, judgement: Judgement) -> Judged:
    """The payload for ``vrs.reports.judged``."""
    revision: dict[str, Any] = {
        "submission_id": recorded.submission_id,
        "series": recorded.series,
        "participant": recorded.participant,
        "cycle": recorded.cycle,
        "agency": recorded.agency,
        "revision": recorded.revision,
        "judgement": recorded.judgement,
        "findings": judgement.findings,
    }
    match judgement.outcome:
        case "accepted":
            content: dict[str, Any] = {
                "report": judgement.report,
                "figures": judgement.figures,
                "answered": judgement.answered,
                "centre_only": judgement.centre_only,
            }
            return ReportAccepted.model_construct(**revision, **content)
        case "rejected":
            return ReportRejected.model_construct(**revision)
        case "needs_explanation":
            return ReportExplanationNeeded.model_construct(**revision)
        case _:
            assert_never(judgement.outcome)


def too_large() -> Judgement:
    """For a good report that fits into no message once it is enriched: its sender learns why, the topic goes on."""
    return Judgement("rejected", [found("report.too_large").finding])
