"""What an agency publishes on its own topic: the topic says who it is, the event's source and id name the thing."""

import re
from datetime import datetime

from contracts import identity
from contracts.events import DirectSubmission, Sender, SubmissionAnswered
from contracts.finding_kinds import FINDINGS
from contracts.records import Agency
from contracts.topics import IN_PREFIX, agency_out
from contracts.wire import Event, Unreadable
from services.ingest.rules.intake import Incoming, instant

TOPICS = re.escape(IN_PREFIX) + ".+"
"""Every agency's topic, whether or not we know the agency: what stands there is set aside, not overlooked."""
LONGEST_ID = 500


def agency_of(topic: str) -> str:
    """``TH-IMM`` of ``vrs.in.TH-IMM``."""
    return topic.removeprefix(IN_PREFIX)


def sender(agency: Agency) -> Sender:
    """Who stands behind the topic of an agency."""
    return Sender(role="agency", participant=agency.participant, agency=agency.id)


def arrived(agency: Agency, event: Event[DirectSubmission], at: datetime) -> Incoming:
    """The submission. ``at``: when we read it; the sender's clock does not decide what is late."""
    who, key = sender(agency), key_of(event.source, event.id)
    body = identity.body_hash(event.data.report)
    return Incoming(
        sender=who,
        key=key,
        report=event.data.report,
        received_at=instant(at),
        body_hash=body,
        submission_id=identity.submission_id(who.name, key, body),
        answer_topic=agency_out(agency.id).name,
        event_id=event.id[:LONGEST_ID],
    )


def key_of(source: str, event_id: str) -> str:
    """What stands for the Idempotency-Key. Nobody screens an event's attributes, so their hash is kept, not they."""
    return "ce:" + identity.body_hash([source, event_id])


def unreadable(agency: Agency, event: Unreadable, value_hash: str) -> SubmissionAnswered | None:
    """The answer to a message that is no event of ours; None where it does not even say which it is."""
    if event.id is None:
        return None
    return SubmissionAnswered(
        submission_id=identity.submission_id(sender(agency).name, f"ce:{event.id}", value_hash),
        event_id=event.id[:LONGEST_ID],
        state="rejected",
        findings=[FINDINGS["event.unreadable"].at(detail=event.reason.replace("_", " "))],
    )
