"""A return as the centre looks at it: its revisions, findings and figures, and the word that the centre gives."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from contracts import template as templates
from services.gateway.api import commands, reports
from services.gateway.api.messages import Review
from services.gateway.api.permission import demand
from services.gateway.api.reports import ReportView
from services.gateway.api.waiting import appearing
from services.gateway.portal.answered import Answers
from services.gateway.portal.centre.wording import REVIEW_WORDS, SEVERITIES, STATUSES
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.numerals import whole
from services.gateway.portal.page import WHOLE_LINE, SignedIn, SignedInPage
from services.gateway.portal.refused import errors_of, errors_of_problem
from services.gateway.portal.returns.wording import retold
from services.gateway.problems import Problem, not_found
from services.gateway.rules import Target
from services.gateway.shape import record_faults

router = APIRouter(route_class=PortalRoute)
Typed = dict[str, Any]
MOST_SHOWN = 200
"""Of a return's revisions; an earlier one is shown by its number (``revision=``)."""


@router.get("/cycles/{cycle}/returns/{reporter}")
async def one_return(
    cycle: str,
    reporter: str,
    page: SignedIn,
    agency: Annotated[str | None, Query(max_length=40)] = None,
    revision: Annotated[int | None, Query(ge=1, le=10**9)] = None,
) -> Response:
    """The newest revision, or the one that is asked for, of the return or of an agency's part."""
    demand(page.subject, "review", Target(reporter))
    return await _shown(page, reporter, cycle, agency, revision)


@router.post("/cycles/{cycle}/returns/{reporter}")
async def say(cycle: str, reporter: str, page: SignedIn) -> Response:
    """Verifies the return in force, or asks for a correction of the chosen cells."""
    demand(page.subject, "review", Target(reporter))
    fields, sent = await page.fields(), await page.form()
    number = fields.get("revision", "")
    pointers = [str(one) for one in sent.getlist("pointers")]
    wanted: Typed = {
        "outcome": fields.get("outcome", ""),
        "reason": fields.get("reason", ""),
        "pointers": pointers if fields.get("outcome") == "correction_requested" else [],
        "revision": whole(number),
    }
    asked = {"reporter": reporter, "cycle": cycle}
    try:
        answer = await page.ask(
            commands.verification, request=page.request, review=Review.model_validate(wanted), **asked
        )
    except ValidationError as error:
        errors = errors_of(page, record_faults(error, wanted), REVIEW_WORDS, "outcome")
        return await _shown(page, reporter, cycle, None, wanted["revision"], errors, wanted)
    except Problem as problem:
        if problem.status_code == 409:
            newer = page.say("A newer revision has come into force. Look at it before you review it.")
            return page.go(f"/cycles/{cycle}/returns/{reporter}", newer, "note")
        errors = errors_of_problem(page, problem, REVIEW_WORDS, "reason")
        return await _shown(page, reporter, cycle, None, wanted["revision"], errors, wanted)
    kept = await appearing(
        lambda: _kept(page, answer.headers["location"].rpartition("/")[2], asked),
        page.gateway.settings.submission_wait_seconds,
    )
    said = page.say("Your review is recorded.") if kept else page.say("Your review is sent; it will show shortly.")
    return page.go(f"/cycles/{cycle}/returns/{reporter}", said)


async def _kept(page: SignedInPage, command: str, asked: dict[str, str]) -> ReportView | None:
    """The return once the word on it is recorded."""
    view = await page.ask(reports.report, **asked)
    return view if (view.review or {}).get("command_id") == command else None


async def _shown(
    page: SignedInPage,
    reporter: str,
    cycle: str,
    agency: str | None,
    number: int | None,
    errors: dict[str, str] | None = None,
    typed: Typed | None = None,
) -> Response:
    whose = {"reporter": reporter, "cycle": cycle, "agency": agency}
    agencies = await _parts(page, reporter, cycle)
    try:
        line = (await page.ask(reports.revisions, **whose, limit=WHOLE_LINE)).items
    except Problem as problem:
        if problem.status_code != 404 or agency is not None or not agencies:
            raise
        # Only parts have come so far.
        return page.go(f"/cycles/{cycle}/returns/{reporter}?agency={agencies[0]}")
    standing = next((one.revision for one in line if one.in_force), None)
    wanted = number or standing or line[-1].revision
    view = await page.ask(reports.revision, **whose, number=wanted)
    answers = Answers(templates.load(), page.participant, page.say)
    questions = answers.template.questions
    if view.cycle != cycle:
        raise not_found()
    return page.show(
        "centre/return.html",
        422 if errors else 200,
        view=view,
        line=line[-MOST_SHOWN:],
        most=MOST_SHOWN if len(line) > MOST_SHOWN else None,
        agencies=agencies,
        answered=answers.of(view.report or {}),
        unanswered=[one for one in questions if one.id not in ((view.report or {}).get("answers") or {})],
        titles={one.id: one for one in questions},
        retold=lambda finding: retold(page, finding),
        severities=SEVERITIES,
        statuses=STATUSES,
        typed=typed or {"pointers": []},
        errors=errors,
    )


async def _parts(page: SignedInPage, reporter: str, cycle: str) -> list[str]:
    """The agencies of which a part of this return has come."""
    held = await page.gateway.reads.revisions(participant=reporter, cycle=cycle)
    return sorted({one["agency"] for one in held if one.get("agency")})
