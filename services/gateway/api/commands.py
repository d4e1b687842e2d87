"""What is said about a return as a whole: the centre's review, its owner's withdrawal and release."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from contracts.events import Command, ReleaseRequested, ReviewRequested, WithdrawalRequested
from contracts.identity import body_hash, command_id, event_id
from contracts.topics import SUBMISSIONS
from runtime.logs import logger
from services.gateway.api.messages import Accepted, IdempotencyKey, Review, Withdrawal, accepted
from services.gateway.api.named import OfCycle, Reporter
from services.gateway.api.permission import demand, demand_no_personal_data, needs
from services.gateway.api.reports import line_of, stored
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.api.waiting import appearing
from services.gateway.ports import Gateway
from services.gateway.problems import Problem, documented, fault, not_found
from services.gateway.rules import Target
from services.gateway.series import Revision, in_force, revision_of, withdrawable
from services.gateway.subject import Subject

router = APIRouter(prefix="/reports/{reporter}/{cycle}", route_class=Route, tags=["reports"], responses=documented())
log = logger(__name__)


@router.post(
    "/verification", status_code=202, response_model=Accepted, responses=documented(409), dependencies=[needs("review")]
)
async def verification(
    request: Request,
    reporter: Reporter,
    cycle: OfCycle,
    review: Review,
    caller: Caller,
    gateway: Ports,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """The centre verifies the return in force, or asks for a correction of some of its cells."""
    demand(caller, "review", Target(reporter))
    await demand_no_personal_data(review.model_dump())
    if review.outcome == "correction_requested" and not review.reason.strip():
        error = fault("review.reason_missing", "Say what is to be corrected, and why.", "/reason")
        raise Problem(422, "A request for correction has a reason.", [error])
    line = await line_of(gateway, reporter, cycle, None)
    standing = in_force(line)
    if standing is None:
        raise not_found()
    if review.revision not in (None, standing.revision):
        raise Problem(409, f"Revision {standing.revision} is in force, not {review.revision}.")
    # Without a key, a word that stands already is the same word; after another one it is a new word.
    last = (await stored(gateway, standing)).get("review")
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
    reporter: Reporter,
    cycle: OfCycle,
    withdrawal: Withdrawal,
    caller: Caller,
    gateway: Ports,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """Take one's own return of a cycle back: its figures leave every aggregate."""
    demand(caller, "withdraw", Target(reporter))
    await demand_no_personal_data(withdrawal.model_dump())

    async def look() -> Revision | None:
        return withdrawable(await line_of(gateway, reporter, cycle, None))

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
    reporter: Reporter,
    cycle: OfCycle,
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
