"""Commands: who may give them, and the document by which their sender sees what became of them.

The gateway has asked the same before; ingest asks again, because it is the one that acts.
"""

from datetime import datetime
from typing import assert_never

from contracts import identity
from contracts.events import Command, ExplanationsGiven, ReleaseRequested, ReviewRequested, Sender, WithdrawalRequested
from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding
from services.ingest.documents import Revision, Step, Submission, SubmissionKind
from services.ingest.rules.intake import instant, personal_data, rejected
from services.ingest.rules.line import MOST_EXPLAINED

AnyCommand = ExplanationsGiven | ReviewRequested | WithdrawalRequested | ReleaseRequested


def received(command: AnyCommand, at: datetime) -> Submission:
    """The document of a command; rejected at once where its sender may not give it or it names a person."""
    body = command.model_dump(mode="json", exclude={"sender", "received_at"}, exclude_unset=True)
    personal = personal_data(body)
    arrived = instant(command.received_at)
    taken = Submission(
        id=command.command_id,
        kind=kind(command),
        series=identity.series_id(command.participant, command.cycle),
        participant=command.participant,
        cycle=command.cycle,
        sender=command.sender.name,
        body=None if personal else identity.canonical_json(body),
        body_hash=identity.body_hash(body),
        state="received",
        timeline=[Step(state="received", at=arrived, service="gateway")],
        received_at=arrived,
    )
    findings = personal or ([] if may(command) else [not_the_senders(command)])
    return rejected(taken, findings, at) if findings else taken


def kind(command: AnyCommand) -> SubmissionKind:
    """What the document of a command is called."""
    match command:
        case ExplanationsGiven():
            return "explanations"
        case ReviewRequested():
            return "review"
        case WithdrawalRequested():
            return "withdrawal"
        case ReleaseRequested():
            return "release"
        case _:
            assert_never(command)


def may(command: AnyCommand) -> bool:
    """The centre reviews; a State's focal point withdraws and releases; whoever reports explains."""
    sender = command.sender
    if isinstance(command, ReviewRequested):
        return sender.role == "centre"
    if isinstance(command, ExplanationsGiven) and sender.role == "agency":
        return sender.participant == command.participant
    return sender.role == "focal-point" and sender.participant == command.participant


def not_the_senders(command: Command) -> Finding:
    """The finding for a command on another participant's return."""
    return FINDINGS["sender.not_reporter"].at(reporter=command.participant)


def explains(sender: Sender, revision: Revision, command: ExplanationsGiven) -> bool:
    """Whether the revision is the one the command speaks of, and the sender's own: an agency explains its part only."""
    if (revision.participant, revision.cycle) != (command.participant, command.cycle):
        return False
    return sender.role != "agency" or revision.agency == sender.agency


def nothing_to_do(detail: str) -> list[Finding]:
    """The finding of a command that finds nothing to act on."""
    return [FINDINGS["command.nothing_to_do"].at(detail=detail)]


def too_long() -> list[Finding]:
    """The finding of explanations that do not fit beside those that are there."""
    return [FINDINGS["command.explanations_too_long"].at(most=f"{MOST_EXPLAINED:,}")]


def done(command: Submission, revision: Revision, at: datetime) -> Submission:
    """The document of a command that has had its effect on ``revision``; unchanged once it has ended."""
    if command.state != "received":
        return command
    step = Step(state="accepted", at=at, service="ingest")
    return command.model_copy(
        update={
            "state": "accepted",
            "series": revision.series,
            "agency": revision.agency,
            "revision": revision.revision,
            "timeline": [*command.timeline, step],
        }
    )
