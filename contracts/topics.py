"""Every topic: what it carries, its key, its partitions, how long it keeps it, and who reads and writes it.

The README's table, the AsyncAPI document, ``vrs topics plan`` and the broker's access lists are made from this
list or checked against it. A topic's number of partitions is fixed for life: changing it would move a series to
another partition and so break its order.
"""

from dataclasses import dataclass, field

from contracts import events as e
from contracts.wire import MAX_EVENT_BYTES

PARTITIONS = 12
DAY_MS = 24 * 60 * 60 * 1000
KEEP = -1


@dataclass(frozen=True)
class Topic:
    """A line of the registry. ``retention_ms`` -1: kept for good. Readers and writers: services, or "agency"."""

    name: str
    payloads: tuple[type[e.Payload], ...]
    key: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    retention_ms: int = KEEP
    compacted: bool = False
    fsync: bool = False
    """One broker does not fsync before it acknowledges. Where the promise "202 = on Kafka" begins, it must."""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> dict[str, str]:
        """The broker's settings for the topic."""
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(MAX_EVENT_BYTES),
            # The broker's clock decides what is old. By the writer's, an agency with a wrong clock would have its
            # reports removed as soon as they are written, and one more than an hour ahead would be refused.
            "message.timestamp.type": "LogAppendTime",
            # A broker that has to unpack a batch does so before it asks for its size: some kilobytes can end it.
            "compression.type": "producer",
            **({"flush.messages": "1"} if self.fsync else {}),
            **self.extra,
        }


COMMANDS = (e.ExplanationsGiven, e.ReviewRequested, e.WithdrawalRequested, e.ReleaseRequested)

SUBMISSIONS = Topic(
    "vrs.submissions",
    (e.SubmissionReceived, *COMMANDS),
    key="participant",
    writers=("gateway",),
    readers=("ingest",),
    fsync=True,
)
RECORDED = Topic(
    "vrs.reports.recorded",
    (e.ReportRecorded,),
    key="participant",
    writers=("ingest",),
    readers=("validation", "notification"),
    retention_ms=90 * DAY_MS,
)
JUDGED = Topic(
    "vrs.reports.judged",
    (e.ReportAccepted, e.ReportRejected, e.ReportExplanationNeeded, e.ReportWithdrawn, e.ReportReviewed),
    key="participant",
    writers=("validation", "ingest"),
    readers=("ingest", "aggregation", "notification"),
    retention_ms=KEEP,
)
AGGREGATES = Topic(
    "vrs.aggregates",
    (e.AggregateUpdated,),
    key="the aggregate's id",
    writers=("aggregation",),
    readers=(),
    compacted=True,
)
CYCLES = Topic(
    "vrs.cycles",
    (e.CycleChanged, e.ExtensionGranted),
    key="the cycle's id, or its extension's (2013-H1/extensions/TH); a null value takes it out",
    writers=("gateway",),
    readers=("gateway", "ingest", "notification"),
    compacted=True,
    fsync=True,
)
PARTICIPANTS = Topic(
    "vrs.participants",
    (e.ParticipantChanged, e.FocalPointChanged, e.AgencyChanged),
    key="participant, or one of its focal points or agencies (TH/agencies/TH-IMM)",
    writers=("gateway",),
    readers=("gateway", "ingest", "notification"),
    compacted=True,
    fsync=True,
)
NOTIFICATIONS = Topic(
    "vrs.notifications",
    (e.NotificationSent, e.NotificationFailed),
    key="participant",
    writers=("notification",),
    readers=(),
    retention_ms=90 * DAY_MS,
)
DEADLETTERS = Topic(
    "vrs.deadletters",
    (e.DeadLettered,),
    key="topic:partition:offset",
    writers=("gateway", "ingest", "validation", "aggregation", "notification"),
    readers=(),
    retention_ms=365 * DAY_MS,
)

TOPICS = (SUBMISSIONS, RECORDED, JUDGED, AGGREGATES, CYCLES, PARTICIPANTS, NOTIFICATIONS, DEADLETTERS)

IN_PREFIX, OUT_PREFIX = "vrs.in.", "vrs.out."


def agency_in(agency: str) -> Topic:
    """The topic on which an agency publishes: the topic is its identity."""
    return Topic(
        IN_PREFIX + agency,
        (e.DirectSubmission,),
        key="participant",
        writers=("agency",),
        readers=("ingest",),
        # Nothing screens what is published straight to Kafka before it is stored there: keep it only for replay.
        retention_ms=30 * DAY_MS,
        fsync=True,
    )


def agency_out(agency: str) -> Topic:
    """The topic on which an agency gets its answers."""
    return Topic(
        OUT_PREFIX + agency,
        (e.SubmissionAnswered,),
        key="participant",
        writers=("ingest",),
        readers=("agency",),
        retention_ms=30 * DAY_MS,
    )
