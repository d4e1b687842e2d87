"""Submissions: sending a return, asking what became of it, explaining what was asked about."""

import asyncio
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import JSONResponse
from pydantic import PlainValidator

from contracts.events import ExplanationsGiven, SubmissionReceived
from contracts.identity import body_hash, command_id, event_id, submission_id
from contracts.report import Report
from contracts.states import State
from contracts.topics import SUBMISSIONS
from runtime.logs import logger
from runtime.mongo import Document
from runtime.publisher import TooLargeError
from services.gateway import paging
from services.gateway.api.dry_run import judged
from services.gateway.api.messages import (
    REVISIONS,
    Accepted,
    ExplanationGiven,
    IdempotencyKey,
    SubmissionKind,
    SubmissionStatus,
    accepted,
    status_of,
)
from services.gateway.api.paged import Cursor, Limit, Page, after_moment
from services.gateway.api.permission import demand, demand_no_personal_data, needs, refuse
from services.gateway.api.route import TOO_LARGE, Caller, Ports, ReportRoute, Route
from services.gateway.api.waiting import appearing
from services.gateway.intake import read_report
from services.gateway.ports import Gateway, Judgement
from services.gateway.problems import Problem, documented, not_found, refusal
from services.gateway.recognising import Head
from services.gateway.rules import Target, may
from services.gateway.subject import Subject
from services.gateway.used_keys import used_for_another_body

router = APIRouter(route_class=Route, tags=["submissions"], responses=documented())
log = logger(__name__)
AsSent = Annotated[Any, PlainValidator(lambda incoming: incoming, json_schema_input_type=Report), Body()]
"""An ``Incoming``, described as what is sent."""


async def submit(
    incoming: AsSent,
    caller: Caller,
    gateway: Ports,
    idempotency_key: IdempotencyKey = None,
    dry_run: Annotated[bool, Query(description="Judge it as if it were sent, and store nothing.")] = False,
) -> JSONResponse:
    """Send a return or an agency's part of one. 202: it is on Kafka for good, and will be judged.

    The same report under the same key may be sent any number of times: it is one submission.
    """
    # In a thread: a report of 1 MB is looked through for a second, and others are waiting.
    head, faults = await asyncio.to_thread(read_report, incoming)
    if head is None:
        refuse(faults, "The report cannot be taken as it is. Nothing was stored.")
        raise not_found()
    _demand_own(caller, head)
    sent_hash = body_hash(incoming.value)
    if dry_run:
        report = await asyncio.to_thread(Report.model_validate, incoming.value)
        judgement = await judged(gateway, caller, report)
        return JSONResponse(judgement.model_dump(mode="json"))
    sender = caller.sender
    if idempotency_key is not None and await used_for_another_body(gateway, sender, idempotency_key, sent_hash):
        raise Problem(422, "The Idempotency-Key was used before.", [refusal("idempotency.conflict")])
    one = submission_id(sender.name, idempotency_key, sent_hash)
    event = SubmissionReceived(
        submission_id=one,
        idempotency_key=idempotency_key,
        body_hash=sent_hash,
        sender=sender,
        report=incoming.value,
        received_at=gateway.now(),
    )
    try:
        await gateway.outbox.publish(SUBMISSIONS, head.reporter, event_id(one, "received"), event, one)
    except TooLargeError as error:
        raise Problem(413, TOO_LARGE) from error
    log.info("submission taken", submission_id=one, reporter=head.reporter, cycle=head.cycle)
    return accepted(one)


router.add_api_route(
    "/submissions",
    submit,
    methods=["POST"],
    status_code=202,
    response_model=Accepted,
    responses={200: {"model": Judgement}},
    dependencies=[needs("submit")],
    route_class_override=ReportRoute,
)


@router.get("/submissions", dependencies=[needs("see_status")])
async def submissions(
    caller: Caller,
    gateway: Ports,
    reporter: str | None = None,
    cycle: str | None = None,
    state: State | None = None,
    kind: Annotated[SubmissionKind | None, Query(description="Without it: what became a revision.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SubmissionStatus]:
    """The submissions that the caller may see, newest first. A page with many findings holds fewer than ``limit``."""
    where = {"participant": reporter, "cycle": cycle, "state": state}
    wanted: dict[str, Any] = {name: value for name, value in where.items() if value is not None}
    wanted["kind"] = kind or {"$in": list(REVISIONS)}
    if caller.participant is not None:
        if reporter not in (None, caller.participant):
            return Page(items=[], next=None)
        wanted["participant"] = caller.participant
    if caller.agency is not None:
        wanted["agency"] = caller.agency
    found, more = await gateway.reads.submissions(wanted, after_moment(cursor), limit)
    return Page(
        items=[status_of(one, caller) for one in found if _may_see(caller, one)],
        next=paging.cursor(found[-1]["received_at"].isoformat(), found[-1]["_id"]) if more else None,
    )


@router.get("/submissions/{submission}")
async def status(submission: str, caller: Caller, gateway: Ports) -> SubmissionStatus:
    """What became of a submission. Waits shortly for one that is taken and not yet recorded."""
    return status_of(await _visible(gateway, caller, submission), caller)


@router.post(
    "/submissions/{submission}/explanations",
    status_code=202,
    response_model=Accepted,
    responses=documented(409),
    dependencies=[needs("explain")],
)
async def explain(
    request: Request,
    submission: str,
    explanations: Annotated[list[ExplanationGiven], Body(min_length=1, max_length=1_000)],
    caller: Caller,
    gateway: Ports,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """Say why figures are as they are; the submission is judged again with it."""
    body = [one.model_dump() for one in explanations]
    found = await _visible(gateway, caller, submission)
    demand(caller, "explain", Target(found["participant"], found.get("agency")))
    if found["state"] != "needs_explanation":
        raise Problem(409, f"The submission is {found['state']}; only one that needs explanation can be explained.")
    await demand_no_personal_data(body)
    sender = caller.sender
    one = command_id(sender.name, "explain", idempotency_key, body_hash({"path": request.url.path, "body": body}))
    command = ExplanationsGiven.model_validate(
        {
            "command_id": one,
            "participant": found["participant"],
            "cycle": found["cycle"],
            "sender": sender,
            "received_at": gateway.now(),
            "submission_id": submission,
            "explanations": body,
        }
    )
    await gateway.outbox.publish(SUBMISSIONS, command.participant, event_id(one, "asked"), command, submission)
    return accepted(one, submission)


def _demand_own(caller: Subject, head: Head) -> None:
    if may(caller, "submit", Target(head.reporter, head.agency)):
        return
    if head.reporter != caller.participant:
        error = refusal("sender.not_reporter", "/reporter", reporter=head.reporter)
    else:
        error = refusal("sender.not_agency", "/agency", agency=head.agency or "the State itself")
    raise Problem(403, "A token sends for its own State, and an agency's for itself.", [error])


async def _visible(gateway: Gateway, caller: Subject, submission: str) -> Document:
    if not _is_an_id(submission):
        raise not_found()

    async def look() -> Document | None:
        found = await gateway.reads.submission(submission)
        return found if found is not None and _may_see(caller, found) else None

    found = await appearing(look, gateway.settings.submission_wait_seconds)
    if found is None:
        raise not_found()
    return found


def _may_see(caller: Subject, found: Document) -> bool:
    return may(caller, "see_status", Target(found["participant"], found.get("agency")))


def _is_an_id(text: str) -> bool:
    """Whether we could ever have given this id: only then is it worth waiting for."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
