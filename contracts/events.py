"""Every event, by the name its CloudEvent ``type`` carries. Commands ask, events tell what has happened.

The payload is JSON. A type's shape never changes in a way that breaks a reader: a new shape is a new ``.v2``. New
fields may come at any depth but one: a ``Report`` knows all its fields, so what it gains is known to its readers first
(docs/guides/operations.md, "Upgrading").
"""

from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contracts.codes import AgencyCode, CycleId, ParticipantCode
from contracts.context import Context
from contracts.figures import Figure, Table
from contracts.findings import Finding
from contracts.moment import Moment
from contracts.records import Agency, Cycle, Extension, FocalPoint, Participant
from contracts.report import Report

Pointer = Annotated[str, StringConstraints(strict=True, max_length=500)]
Reason = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2_000)]

LARGEST_REVISION = 2**31 - 1
JUDGEMENTS = 1_000_000
"""More than any series or revision gets. What counts beyond is no event of ours, and no database could hold it."""
RevisionNumber = Annotated[int, Field(ge=1, le=LARGEST_REVISION)]


class Payload(BaseModel):
    """Base of every event's data. Readers ignore fields they do not know, so that writers can add some."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    type: ClassVar[str]

    def encoded(self) -> bytes:
        """As JSON, under the names of the wire and without the fields that nobody has set."""
        return self.model_dump_json(by_alias=True, exclude_unset=True).encode()

    def _encoded_with(self, *plain: str) -> bytes:
        """The same where most of the payload stands in these fields and is plain JSON: pydantic asks of each value
        what it is.
        """
        plainly = {name: getattr(self, name) for name in plain if name in self.model_fields_set}
        empty = {name: type(value)() for name, value in plainly.items()}
        told = self.model_copy(update=empty).model_dump(mode="json", by_alias=True, exclude_unset=True)
        try:
            return orjson.dumps({**told, **plainly}, default=tuple)  # which a figure is, by another name
        except TypeError:  # an integer beyond 64 bits
            return Payload.encoded(self)


class Sender(Payload):
    """Who a submission or command comes from, as its token or its topic says; never as its payload says."""

    type: ClassVar[str] = ""
    role: Literal["centre", "focal-point", "agency"]
    participant: ParticipantCode | None = None
    agency: AgencyCode | None = None

    @property
    def name(self) -> str:
        """``centre``, ``focal-point:TH``, ``agency:TH:TH-IMM``: part of every id its submissions get."""
        return ":".join(part for part in (self.role, self.participant, self.agency) if part)


# --- vrs.submissions and vrs.in.<AGENCY> -----------------------------------------------------------------


class SubmissionReceived(Payload):
    """A report and who sent it. ``report`` is as it was sent; ``body_hash`` is contracts.identity.body_hash of it."""

    type: ClassVar[str] = "vrs.submission.received.v1"
    submission_id: str
    idempotency_key: str | None = None
    body_hash: str
    sender: Sender
    report: dict[str, Any]
    received_at: Moment

    def encoded(self) -> bytes:
        """As every payload, in a fifth of the time."""
        return self._encoded_with("report")


class DirectSubmission(Payload):
    """The same event as an agency writes it on its own topic: only the report is needed, bare or under ``report``.

    Who sends it follows from the topic, and its id from the CloudEvent's ``source`` and ``id``.
    """

    type: ClassVar[str] = SubmissionReceived.type
    report: dict[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: Any) -> Any:
        return {"report": data} if isinstance(data, dict) and "template" in data else data


class Explanation(Payload):
    """Why a figure is as it is. ``pointer``: RFC 6901, to a figure, a row or an answer of the report."""

    type: ClassVar[str] = ""
    pointer: Pointer
    comment: Reason


class Command(Payload):
    """What commands about a series have in common."""

    command_id: str
    participant: ParticipantCode
    cycle: CycleId
    sender: Sender
    received_at: Moment


class ExplanationsGiven(Command):
    """Explanations for a submission that waits in ``needs_explanation``; it is judged again with them."""

    type: ClassVar[str] = "vrs.explanations.given.v1"
    submission_id: str
    explanations: Annotated[list[Explanation], Field(min_length=1, max_length=1_000)]


class ReviewRequested(Command):
    """The centre verifies a revision, or asks for a correction of the cells at ``pointers``."""

    type: ClassVar[str] = "vrs.review.requested.v1"
    revision: RevisionNumber
    outcome: Literal["verified", "correction_requested"]
    reason: str = ""
    pointers: list[Pointer] = []


class WithdrawalRequested(Command):
    """A State takes its return of a cycle back."""

    type: ClassVar[str] = "vrs.withdrawal.requested.v1"
    reason: Reason


class ReleaseRequested(Command):
    """A focal point releases the joined parts of its agencies as the national return."""

    type: ClassVar[str] = "vrs.release.requested.v1"


# --- vrs.reports.recorded --------------------------------------------------------------------------------


class Revision(Payload):
    """Which revision of which series an event is about. ``judgement`` grows when a revision is judged again.

    Whoever keeps state keeps the highest (revision, judgement) of a series and ignores the rest.
    """

    submission_id: str
    series: str
    participant: ParticipantCode
    cycle: CycleId
    agency: AgencyCode | None = None
    revision: RevisionNumber
    judgement: Annotated[int, Field(ge=0, lt=JUDGEMENTS)] = 0


class ReportRecorded(Revision):
    """A numbered revision, with everything validation needs to judge it."""

    type: ClassVar[str] = "vrs.report.recorded.v1"
    sender: Sender
    report: Report
    explanations: list[Explanation] = []
    context: Context


# --- vrs.reports.judged ----------------------------------------------------------------------------------


class ReportAccepted(Revision):
    """The enriched report and its figures. ``answered``: tables with figures or a true "nothing to report"."""

    type: ClassVar[str] = "vrs.report.accepted.v1"
    findings: list[Finding] = []
    report: dict[str, Any]
    figures: list[Figure] = []
    answered: list[Table] = []
    centre_only: list[Table] = []

    def encoded(self) -> bytes:
        """As every payload, in half the time."""
        return self._encoded_with("report", "figures")


class ReportRejected(Revision):
    """A blocker stands against the revision; the one in force stays."""

    type: ClassVar[str] = "vrs.report.rejected.v1"
    findings: list[Finding]


class ReportExplanationNeeded(Revision):
    """No blocker, but figures that ask for a comment; the revision waits for it."""

    type: ClassVar[str] = "vrs.report.explanation_needed.v1"
    findings: list[Finding]


class ReportWithdrawn(Revision):
    """The series has no return in force from this revision on, until a later one is accepted."""

    type: ClassVar[str] = "vrs.report.withdrawn.v1"
    reason: str


class ReportReviewed(Revision):
    """The centre has verified the revision or asks for a correction."""

    type: ClassVar[str] = "vrs.report.reviewed.v1"
    outcome: Literal["verified", "correction_requested"]
    reason: str = ""
    pointers: list[Pointer] = []


# --- vrs.cycles, vrs.participants ------------------------------------------------------------------------


class RecordChanged(Payload):
    """Base of the records of the compacted topics: the newest of a key is the whole truth about it."""

    record: Cycle | Extension | Participant | FocalPoint | Agency
    changed_at: Moment


class CycleChanged(RecordChanged):
    """A cycle as it is from now on."""

    type: ClassVar[str] = "vrs.cycle.changed.v1"
    record: Cycle


class ExtensionGranted(RecordChanged):
    """More time for one participant; a later one for the same participant replaces it."""

    type: ClassVar[str] = "vrs.extension.granted.v1"
    record: Extension


class ParticipantChanged(RecordChanged):
    """A participant as it is from now on."""

    type: ClassVar[str] = "vrs.participant.changed.v1"
    record: Participant


class FocalPointChanged(RecordChanged):
    """A focal point as it is from now on; ``active: false`` ends it."""

    type: ClassVar[str] = "vrs.focal_point.changed.v1"
    record: FocalPoint


class AgencyChanged(RecordChanged):
    """An agency as it is from now on; ``active: false`` ends it."""

    type: ClassVar[str] = "vrs.agency.changed.v1"
    record: Agency


# --- what comes out --------------------------------------------------------------------------------------


class AggregateUpdated(Payload):
    """What one State's return in force for a period says under one dimension, as of now.

    ``cells``: indicator to member to value; none where a later revision has none. ``version`` grows with every revision
    and judgement: the highest is the newest.
    """

    type: ClassVar[str] = "vrs.aggregate.updated.v1"
    id: str
    period: CycleId
    dimension: str
    participant: ParticipantCode
    revision: int
    cells: dict[str, dict[str, int]]
    version: int

    def encoded(self) -> bytes:
        """The same in a third of the time: thousands of figures a message, and every field is set and plain JSON."""
        return orjson.dumps(self.__dict__)


class NotificationSent(Payload):
    """A notice reached a channel. No address, no figure."""

    type: ClassVar[str] = "vrs.notification.sent.v1"
    notice_id: str
    cycle: CycleId | None
    participant: ParticipantCode | None
    focal_point: str
    kind: str
    channel: Literal["inbox", "email"]
    at: Moment


class NotificationFailed(NotificationSent):
    """A channel refused a notice, or it was not needed any more; it is tried again unless ``final``.

    One that was not needed is tried again all the same where it comes due again, under a higher ``attempt``.
    """

    type: ClassVar[str] = "vrs.notification.failed.v1"
    attempt: int
    reason: str
    final: bool = False


class SubmissionAnswered(Payload):
    """The answer on ``vrs.out.<AGENCY>`` to what an agency published straight to Kafka."""

    type: ClassVar[str] = "vrs.submission.answered.v1"
    submission_id: str
    event_id: str | None = None
    state: str
    revision: int | None = None
    findings: list[Finding] = []


class DeadLettered(Payload):
    """Where an unreadable message stands, and why it is set aside. Never what it says."""

    type: ClassVar[str] = "vrs.deadletter.recorded.v1"
    service: str
    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    hash: str
    """SHA-256 of the message's value, hexadecimal."""
    at: Moment


PAYLOADS: tuple[type[Payload], ...] = (
    SubmissionReceived,
    ExplanationsGiven,
    ReviewRequested,
    WithdrawalRequested,
    ReleaseRequested,
    ReportRecorded,
    ReportAccepted,
    ReportRejected,
    ReportExplanationNeeded,
    ReportWithdrawn,
    ReportReviewed,
    CycleChanged,
    ExtensionGranted,
    ParticipantChanged,
    FocalPointChanged,
    AgencyChanged,
    AggregateUpdated,
    NotificationSent,
    NotificationFailed,
    SubmissionAnswered,
    DeadLettered,
)
BY_TYPE = {payload.type: payload for payload in PAYLOADS}
