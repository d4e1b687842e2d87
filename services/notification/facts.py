"""What an event tells about a national return, and nothing more: no figures ever come into this service."""

from datetime import datetime
from typing import assert_never

from contracts import events as e
from contracts.moment import Moment
from services.notification.returns import Outcome, Return, Revision, Step, instant


class Received(e.Payload):
    """Of a recorded event's context, the part that tells when it came in."""

    received_at: Moment


class Recorded(e.Revision):
    """The recorded event without its report: a notice has no use for figures, so they are not even read."""

    type = e.ReportRecorded.type
    context: Received


class Accepted(e.Revision):
    """The accepted event without its report and figures."""

    type = e.ReportAccepted.type


class Rejected(e.Revision):
    """The rejected event without its findings, which quote figures."""

    type = e.ReportRejected.type


class ExplanationNeeded(e.Revision):
    """The same for a revision that waits for a comment."""

    type = e.ReportExplanationNeeded.type


Heard = Recorded | Accepted | Rejected | ExplanationNeeded | e.ReportWithdrawn | e.ReportReviewed
HEARD: tuple[type[Heard], ...] = (
    Recorded,
    Accepted,
    Rejected,
    ExplanationNeeded,
    e.ReportWithdrawn,
    e.ReportReviewed,
)


def fact(data: Heard, at: datetime) -> Return | None:
    """The return as this event alone tells it; None for an agency's part, which is no return of its State.

    ``at``: the CloudEvent's time. Never this process's clock: a replay must end in the same document.
    """
    if data.agency is not None:
        return None
    at = instant(at)
    match data:
        case Recorded():
            revision = Revision(recorded=data.judgement, times={"recorded": at})
            return Return(data.participant, data.cycle, instant(data.context.received_at), {data.revision: revision})
        case Accepted():
            revision = _judged(data, "accepted", at)
        case Rejected():
            revision = _judged(data, "rejected", at)
        case ExplanationNeeded():
            revision = _judged(data, "needs_explanation", at)
        case e.ReportWithdrawn():
            revision = Revision(times={"withdrawn": at})
        case e.ReportReviewed():
            step: Step = data.outcome
            revision = Revision(times={step: at})
        case _:
            assert_never(data)
    return Return(data.participant, data.cycle, None, {data.revision: revision})


def _judged(data: e.Revision, outcome: Outcome, at: datetime) -> Revision:
    return Revision(judged=data.judgement, outcome=outcome, times={outcome: at})
