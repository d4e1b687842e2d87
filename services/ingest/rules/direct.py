"""What an agency publishes on its own topic: the topic says who it is, the event's source and id name the thing."""

import hashlib
import re
from datetime import datetime

from contracts import identity
from contracts.events import DirectSubmission, Sender, SubmissionAnswered
from contracts.finding_kinds import FINDINGS
from contracts.generated import is_generated
from contracts.records import Agency
from contracts.topics import IN_PREFIX, agency_out
from contracts.wire import Event, Unreadable
from screening import screen
from services.ingest.rules.intake import Incoming, instant

TOPICS = re.escape(IN_PREFIX) + ".+"
"""Every agency's topic, whether or not we know the agency: what stands there is set aside, not overlooked."""
LONGEST_ID = 500
_BLANK = re.compile(r"\s")


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
        event_id=told(event.id),
    )


def key_of(source: str, event_id: str) -> str:
    """What stands for the Idempotency-Key. Nobody screens an event's attributes, so their hash is kept, not they."""
    return "ce:" + identity.body_hash([source, event_id])


def told(event_id: str) -> str:
    """The name under which an event is kept and answered: its id, or its hash where somebody may be named in it.

    A repeat has the same name, and a sender finds its answer. A blank speaks for words and so, perhaps, for a name of a
    person, which no screen knows; a longer id than ``LONGEST_ID`` is not looked through, and is hashed as well.
    """
    if len(event_id) <= LONGEST_ID and (is_generated(event_id) or not (_BLANK.search(event_id) or screen(event_id))):
        return event_id
    return "sha256:" + hashlib.sha256(event_id.encode()).hexdigest()


def unreadable(agency: Agency, event: Unreadable, value_hash: str) -> SubmissionAnswered | None:
    """The answer to a message that is no event of ours; None where it does not even say which it is."""
    if event.id is None:
        return None
    return SubmissionAnswered(
        submission_id=identity.submission_id(sender(agency).name, f"ce:{event.id}", value_hash),
        event_id=told(event.id),
        state="rejected",
        findings=[FINDINGS["event.unreadable"].at(detail=event.reason.replace("_", " "))],
    )
