"""Reports: the revision in force, the revisions of a line, and what their owner or the centre says about them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from contracts.events import Command, ReleaseRequested, ReviewRequested, WithdrawalRequested
from contracts.findings import Finding
from contracts.identity import body_hash, command_id, event_id, series_id
from contracts.states import State
from contracts.topics import SUBMISSIONS
from runtime.logs import logger
from runtime.mongo import Document
from services.gateway.api.messages import Accepted, IdempotencyKey, Review, Withdrawal, accepted
from services.gateway.api.paged import Cursor, Limit, Page, page_of
from services.gateway.api.permission import demand, demand_no_personal_data, demand_sight, needs
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.api.waiting import appearing
from services.gateway.ports import Gateway
from services.gateway.problems import Problem, documented, fault, not_found
from services.gateway.rules import Target, may
from services.gateway.series import Revision, in_force, revision_of, withdrawable
from services.gateway.sharing import shared_figures, shared_report
from services.gateway.subject import Subject

router = APIRouter(prefix="/reports/{reporter}/{cycle}", route_class=Route, tags=["reports"], responses=documented())
log = logger(__name__)
PartOf = Annotated[str | None, Query(description="An agency's part instead of the national return.")]


class RevisionLine(BaseModel):
    """One revision in the list of a line."""

    revision: int
    judgement: int
    submission_id: str
    kind: str
    state: State
    in_force: bool
    recorded_at: datetime


class ReportView(RevisionLine):
    """A revision with its content: as judged and enriched, or as read where it has not been accepted.

    Another State sees the tables that their owner shares; findings, explanations and reviews are the owner's.
    """

    reporter: str
    cycle: str
    agency: str | None
    report: dict[str, Any] | None
    figures: list[tuple[str, str, str, int]]
    findings: list[Finding]
    explanations: list[dict[str, Any]]
    review: dict[str, Any] | None


@router.get("", dependencies=[needs("see_return")])
async def report(reporter: str, cycle: str, caller: Caller, gateway: Ports, agency: PartOf = None) -> ReportView:
    """The revision in force."""
    door = caller.participant is not None and reporter != caller.participant and await _door(gateway, caller, cycle)
    demand_sight(caller, "see_return", Target(reporter, agency, door_open=door))
    line = await _line(gateway, reporter, cycle, agency)
    standing = in_force(line)
    if standing is None:
        raise not_found()
    owned = may(caller, "see_history", Target(reporter, agency))
    return _view(await _stored(gateway, standing), standing, standing=True, owned=owned)


@router.get("/revisions", dependencies=[needs("see_history")])
async def revisions(
    reporter: str,
    cycle: str,
    caller: Caller,
    gateway: Ports,
    agency: PartOf = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RevisionLine]:
    """Every revision of the line, first to last. Of one's own State; the centre sees all."""
    line = await _own_line(gateway, caller, reporter, cycle, agency)
    standing = in_force(line)
    lines = [_revision_line(one, standing is not None and one.revision == standing.revision) for one in line]
    items, following = page_of(lines, lambda one: f"{one.revision:010}", limit, cursor)
    return Page(items=items, next=following)


@router.get("/revisions/{number}", dependencies=[needs("see_history")])
async def revision(
    reporter: str,
    cycle: str,
    number: Annotated[int, Path(ge=1, le=10**9)],
    caller: Caller,
    gateway: Ports,
    agency: PartOf = None,
) -> ReportView:
    """One revision, whatever became of it."""
    line = await _own_line(gateway, caller, reporter, cycle, agency)
    found = next((one for one in line if one.revision == number), None)
    if found is None:
        raise not_found()
    standing = in_force(line)
    stands = standing is not None and standing.revision == number
    return _view(await _stored(gateway, found), found, standing=stands, owned=True)


@router.post(
    "/verification", status_code=202, response_model=Accepted, responses=documented(409), dependencies=[needs("review")]
)
async def verification(
    request: Request,
    reporter: str,
    cycle: str,
    review: Review,
    caller: Caller,
    gateway: Ports,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """The centre verifies the return in force, or asks for a correction of some of its cells."""
    demand(caller, "review", Target(reporter))
    demand_no_personal_data(review.model_dump())
    if review.outcome == "correction_requested" and not review.reason.strip():
        error = fault("review.reason_missing", "Say what is to be corrected, and why.", "/reason")
        raise Problem(422, "A request for correction has a reason.", [error])
    line = await _line(gateway, reporter, cycle, None)
    standing = in_force(line)
    if standing is None:
        raise not_found()
    if review.revision not in (None, standing.revision):
        raise Problem(409, f"Revision {standing.revision} is in force, not {review.revision}.")
    # Without a key, a word that stands already is the same word; after another one it is a new word.
    last = (await _stored(gateway, standing)).get("review")
    if idempotency_key is None and last and all(last.get(name) == value for name, value in review.said().items()):
        return accepted(last["command_id"])
    after = {} if idempotency_key else {"after": last and last["command_id"]}
    body = {**review.said(), "revision": standing.revision, **after}
    command = ReviewRequested(
        **_command(request, gateway, caller, "review", standing, idempotency_key, body),
        revision=standing.revision,
        outcome=review.outcome,
        reason=review.reason,
        pointers=review.pointers,
    )
    return await _publish(gateway, command)


@router.post(
    "/withdraw", status_code=202, response_model=Accepted, responses=documented(409), dependencies=[needs("withdraw")]
)
async def withdraw(
    request: Request,
    reporter: str,
    cycle: str,
    withdrawal: Withdrawal,
    caller: Caller,
    gateway: Ports,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """Take one's own return of a cycle back: its figures leave every aggregate."""
    demand(caller, "withdraw", Target(reporter))
    demand_no_personal_data(withdrawal.model_dump())

    async def look() -> Revision | None:
        return withdrawable(await _line(gateway, reporter, cycle, None))

    ended = await appearing(look, gateway.settings.submission_wait_seconds)
    if ended is None:
        raise not_found()
    # Without a key, what tells one withdrawal from the next is the revision it ends.
    body = {**withdrawal.model_dump(), **({} if idempotency_key else {"revision": ended.revision})}
    command = WithdrawalRequested(
        **_command(request, gateway, caller, "withdraw", ended, idempotency_key, body), reason=withdrawal.reason
    )
    return await _publish(gateway, command)


@router.post(
    "/release", status_code=202, response_model=Accepted, responses=documented(409), dependencies=[needs("release")]
)
async def release(
    request: Request,
    reporter: str,
    cycle: str,
    caller: Caller,
    gateway: Ports,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """Release the joined parts of one's own agencies as the national return."""
    demand(caller, "release", Target(reporter))
    held = [revision_of(one) for one in await gateway.reads.revisions(participant=reporter, cycle=cycle)]
    agencies = sorted({one.agency for one in held if one.agency is not None})
    parts = [in_force(one for one in held if one.agency == agency) for agency in agencies]
    released = [part for part in parts if part is not None]
    if not released:
        raise Problem(409, "No agency's part of this return has been accepted yet.")
    # Without a key, what tells one release from the next is the parts that it joins, and onto what.
    joined = {part.series: [part.revision, part.judgement] for part in released}
    onto = max((one.revision for one in held if one.agency is None and one.kind != "joined"), default=0)
    body = {} if idempotency_key else {"parts": joined, "onto": onto}
    command = ReleaseRequested(**_command(request, gateway, caller, "release", released[0], idempotency_key, body))
    return await _publish(gateway, command)


def _command(
    request: Request,
    gateway: Gateway,
    caller: Subject,
    name: str,
    about: Revision,
    key: str | None,
    body: object,
) -> dict[str, Any]:
    asked = body_hash({"path": request.url.path, "body": body})
    return {
        "command_id": command_id(caller.sender.name, name, key, asked),
        "participant": about.participant,
        "cycle": about.cycle,
        "sender": caller.sender,
        "received_at": gateway.now(),
    }


async def _publish(gateway: Gateway, command: Command) -> JSONResponse:
    one = command.command_id
    await gateway.outbox.publish(SUBMISSIONS, command.participant, event_id(one, "asked"), command, one)
    log.info("command taken", submission_id=one, command=command.type, series=f"{command.participant}|{command.cycle}")
    return accepted(one)


async def _line(gateway: Gateway, reporter: str, cycle: str, agency: str | None) -> list[Revision]:
    found = await gateway.reads.revisions(series=series_id(reporter, cycle, agency))
    return sorted((revision_of(one) for one in found), key=lambda one: one.revision)


async def _own_line(gateway: Gateway, caller: Subject, reporter: str, cycle: str, agency: str | None) -> list[Revision]:
    demand_sight(caller, "see_history", Target(reporter, agency))
    line = await _line(gateway, reporter, cycle, agency)
    if not line:
        raise not_found()
    return line


async def _door(gateway: Gateway, caller: Subject, cycle: str) -> bool:
    """Whether the caller's own State has a return of the cycle in force."""
    return in_force(await _line(gateway, caller.participant or "", cycle, None)) is not None


async def _stored(gateway: Gateway, wanted: Revision) -> Document:
    found = await gateway.reads.revision(wanted.series, wanted.revision)
    if found is None:
        raise not_found()
    return found


def _revision_line(one: Revision, standing: bool) -> RevisionLine:
    return RevisionLine(
        revision=one.revision,
        judgement=one.judgement,
        submission_id=one.submission_id,
        kind=one.kind,
        state=one.state,
        in_force=standing,
        recorded_at=one.recorded_at,
    )


def _view(stored: Document, one: Revision, *, standing: bool, owned: bool) -> ReportView:
    content: dict[str, Any] | None = stored.get("enriched") or stored.get("report")
    figures: Iterable[list[Any]] = stored.get("figures") or ()
    if not owned:
        content = shared_report(content or {})
        figures = shared_figures(figures, stored.get("centre_only") or ())
    return ReportView(
        **_revision_line(one, standing).model_dump(),
        reporter=one.participant,
        cycle=one.cycle,
        agency=one.agency,
        report=content,
        figures=[tuple(figure) for figure in figures],
        findings=[Finding.model_validate(found) for found in stored.get("findings") or ()] if owned else [],
        explanations=(stored.get("explanations") or []) if owned else [],
        review=stored.get("review") if owned else None,
    )
