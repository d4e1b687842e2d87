"""The two documents that ingest owns: a submission with its status, and a numbered revision of a series.

Values; a changed document is a new value. Each carries a ``version``: a write names the version it replaces, so that
what a sleeper writes when it wakes is refused.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from contracts.events import Explanation, Sender
from contracts.findings import Finding
from contracts.states import State

Outcome = Literal["accepted", "rejected", "needs_explanation"]
Kind = Literal["report", "joined", "withdrawal"]
SubmissionKind = Literal["report", "joined", "withdrawal", "review", "explanations", "release"]


class Document(BaseModel):
    """What both have in common. Unknown fields are kept out of sight, so that a newer release can add some."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    version: int = 0


class Step(BaseModel):
    """A state reached, when, and by which service's doing."""

    model_config = ConfigDict(frozen=True)

    state: State
    at: datetime
    service: str


class Review(BaseModel):
    """The centre's word on a revision."""

    model_config = ConfigDict(frozen=True)

    command_id: str
    outcome: Literal["verified", "correction_requested"]
    reason: str
    pointers: list[str]
    at: datetime


class Submission(Document):
    """One thing that was sent, by its id, and what became of it. ``body`` is JSON text, as it was sent."""

    kind: SubmissionKind
    series: str | None = None
    participant: str | None = None
    cycle: str | None = None
    agency: str | None = None
    sender: str
    claim: str | None = None
    body: str | None = None
    body_hash: str
    state: State
    revision: int | None = None
    findings: list[Finding] = []
    timeline: list[Step]
    received_at: datetime
    answer_topic: str | None = None
    event_id: str | None = None
    """Of the CloudEvent by which an agency sent it straight to Kafka."""
    settled: int = -1
    """The version of the revision from which the state was taken last."""


class Revision(Document):
    """One revision of a series, with all that was said about it."""

    series: str
    participant: str
    cycle: str
    agency: str | None = None
    revision: int
    judgement: int = 0
    submission_id: str
    kind: Kind
    sender: Sender
    report: dict[str, Any] | None = None
    own: dict[str, Any] | None = None
    """Of a partial report that was put on others: what the State itself has said so far, without any agency's part."""
    context: dict[str, Any] | None = None
    explanations: list[Explanation] = []
    explained_by: list[str] = []
    """The commands whose explanations are in: none is taken twice."""
    reason: str | None = None
    """Of a withdrawal."""
    state: State
    history: list[Step]
    outcome: Outcome | None = None
    findings: list[Finding] = []
    enriched: dict[str, Any] | None = None
    figures: list[Any] = []
    answered: list[Any] = []
    centre_only: list[Any] = []
    recorded_at: datetime
    published: bool = False
    """Whether the topic has this judgement of it."""
    review: Review | None = None
    reviews: list[Review] = []
    flowed: bool = False
    """Of a part: whether its State's setting was followed once it was accepted, so that a replay joins nothing anew."""
