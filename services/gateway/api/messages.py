"""What goes in and out of the routes about submissions and reports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Header
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts.events import Reason
from contracts.findings import Finding
from contracts.generated import is_generated
from contracts.states import State
from runtime.mongo import Document
from screening import screen
from services.gateway.rules import Target, may
from services.gateway.subject import Subject


def _of_nobody(key: str | None) -> str | None:
    if key is not None and not is_generated(key) and screen(key):
        raise ValueError("it seems to hold personal data")
    return key


IdempotencyKey = Annotated[
    str | None,
    AfterValidator(_of_nobody),
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x20-\x7e]+$",
        description="The same key with the same body is the same request, however often it is sent.",
    ),
]
RfcPointer = Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^(/([^/~]|~[01])*)*$")]


SubmissionKind = Literal["report", "joined", "withdrawal", "review", "explanations", "release"]
REVISIONS: tuple[SubmissionKind, ...] = ("report", "joined", "withdrawal")
"""What becomes a numbered revision; the other kinds are commands about one."""


class Asked(BaseModel):
    """Base of request bodies: a field that nobody knows is a mistake of the sender's."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ExplanationGiven(Asked):
    """Why a figure is as it is. ``pointer``: RFC 6901, to a figure, a row or an answer of the report."""

    pointer: RfcPointer
    comment: Reason


class Review(Asked):
    """The centre's word on a return. ``revision``: which one was looked at, if not the one in force."""

    outcome: Literal["verified", "correction_requested"]
    reason: Annotated[str, StringConstraints(strict=True, max_length=2_000)] = ""
    pointers: Annotated[list[RfcPointer], Field(max_length=1_000)] = []
    revision: Annotated[int, Field(strict=True, ge=1, le=10**9)] | None = None

    def said(self) -> dict[str, Any]:
        """The word itself, as ingest keeps it."""
        return self.model_dump(include={"outcome", "reason", "pointers"})


class Withdrawal(Asked):
    """Why a return is taken back."""

    reason: Reason


class Accepted(BaseModel):
    """The request is on Kafka; ``status_url`` tells what becomes of it."""

    id: str
    status_url: str


def accepted(one: str, about: str | None = None) -> JSONResponse:
    """The 202. ``about``: the submission whose status tells the outcome, if not the request's own."""
    path = f"/api/v1/submissions/{about or one}"
    return JSONResponse(Accepted(id=one, status_url=path).model_dump(), 202, {"Location": path})


class Step(BaseModel):
    """When a submission came to a state, and which service brought it there."""

    state: State
    at: datetime
    service: str


class SubmissionStatus(BaseModel):
    """What became of a submission or a command. ``kind`` tells which it is."""

    id: str
    kind: SubmissionKind
    reporter: str | None
    cycle: str | None
    agency: str | None
    state: State
    revision: int | None
    received_at: datetime | None
    findings: list[Finding]
    timeline: list[Step]


def status_of(found: Document, caller: Subject) -> SubmissionStatus:
    """The status as ``caller`` may read it: an operator gets the findings' codes, whose texts may name figures."""
    whole = may(caller, "see_finding_texts", Target(found.get("participant"), found.get("agency")))
    return SubmissionStatus(
        id=found["_id"],
        kind=found.get("kind") or "report",
        reporter=found.get("participant"),
        cycle=found.get("cycle"),
        agency=found.get("agency"),
        state=found["state"],
        revision=found.get("revision"),
        received_at=found.get("received_at"),
        findings=[_finding(one, whole) for one in found.get("findings") or ()],
        timeline=[Step.model_validate(one) for one in found.get("timeline") or ()],
    )


def _finding(stored: dict[str, Any], whole: bool) -> Finding:
    found = Finding.model_validate(stored)
    return found if whole else Finding(code=found.code, severity=found.severity, message="")
