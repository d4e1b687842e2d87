"""What became of a submission: its receipt, its timeline as it grows, its findings, and explaining them."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from contracts import geography
from contracts import template as templates
from contracts.findings import Finding
from runtime.outcome import NotNow
from services.gateway.api import submissions
from services.gateway.api.messages import ExplanationGiven, SubmissionStatus
from services.gateway.api.waiting import appearing
from services.gateway.intake import personal_data
from services.gateway.portal.filters import COLON
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.menu import N_
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.returns.draft import Sent
from services.gateway.portal.returns.places import Placed, placed
from services.gateway.portal.returns.reading import TEMPLATE
from services.gateway.portal.returns.states import LABELS, MEANINGS, SETTLED, TONES
from services.gateway.portal.returns.wording import retold
from services.gateway.problems import Problem
from services.gateway.rules import Target, may

router = APIRouter(route_class=PortalRoute)
PERSONAL = N_("The explanation seems to hold personal data. Returns never name or describe a person.")
LOOKS, BETWEEN_LOOKS = 40, 0.5
"""A stream lasts twenty seconds; the browser opens the next one by itself."""


@router.get("/submissions/{submission}")
async def receipt(submission: str, page: SignedIn) -> Response:
    """The receipt and the timeline."""
    status = await _status(page, submission)
    return await _shown(page, status, {}, {})


@router.get("/submissions/{submission}/events")
async def events(submission: str, page: SignedIn) -> Response:
    """The timeline again whenever it has grown, as server-sent events (HTML Living Standard, section 9.2)."""
    status = await _status(page, submission)
    # A response in parts begins before its content does: nothing may be refused from here on.
    return StreamingResponse(_growing(page, status), media_type="text/event-stream")


@router.post("/submissions/{submission}/explanations")
async def explain(submission: str, page: SignedIn) -> Response:
    """Say why figures are as they are."""
    fields = await page.fields()
    status = await submissions.status(submission, page.subject, page.gateway)
    given, errors = [], {}
    # In a thread: 4 MB of form are looked through for seconds, and others are waiting.
    personal = await asyncio.to_thread(_personal, fields)
    for name, comment in fields.items():
        place = name.removeprefix("explain-")
        if not name.startswith("explain-") or not comment:
            continue
        try:
            given.append(ExplanationGiven(pointer=fields.get(f"pointer-{place}", ""), comment=comment))
        except ValidationError:
            errors[name] = page.say("Use at most %(most)s characters.", most=2_000)
        if name in personal:
            errors[name] = page.say(PERSONAL)
    if not given and not errors:
        errors["explain-0"] = page.say("Write at least one explanation.")
    if errors:
        return await _shown(page, status, errors, fields, 422)
    try:
        await submissions.explain(page.request, submission, given, page.subject, page.gateway)
    except Problem as problem:
        if problem.status_code != 409:
            raise
        return page.go(f"/submissions/{submission}", page.say("It no longer waits for an explanation."), "note")
    before = len(status.timeline)

    async def judged_again() -> SubmissionStatus | None:
        newest = await submissions.status(submission, page.subject, page.gateway)
        return newest if len(newest.timeline) > before and newest.state in SETTLED else None

    # It takes some 50 ms: the page that follows then shows the outcome. If it takes longer, a reload does.
    await appearing(judged_again, page.gateway.settings.submission_wait_seconds)
    return page.go(
        f"/submissions/{submission}", page.say("Your explanations are sent. The return is checked again with them.")
    )


def _personal(fields: Mapping[str, str]) -> list[str]:
    return [name for name, text in fields.items() if name.startswith("explain-") and personal_data(text)]


async def _status(page: SignedInPage, submission: str) -> SubmissionStatus:
    """What became of it; until that is recorded, what the draft knows that it was sent from. Raises Problem, NotNow.

    Whoever has just sent a return must not read that there is no such page, however long recording takes.
    """
    try:
        return await submissions.status(submission, page.subject, page.gateway)
    except Problem as problem:
        taken = await _taken(page, submission) if problem.status_code == 404 else None
        if taken is None:
            raise
        return taken


async def _taken(page: SignedInPage, submission: str) -> SubmissionStatus | None:
    own = page.subject.participant
    for draft in await page.portal.drafts.of(own) if own else ():
        sent = draft.receipt(submission)
        if sent is not None and may(page.subject, "see_status", Target(draft.participant, draft.agency)):
            return SubmissionStatus(
                id=submission,
                kind="report",
                reporter=draft.participant,
                cycle=draft.cycle,
                agency=draft.agency,
                state="received",
                revision=None,
                received_at=sent.at,
                findings=[],
                timeline=[],
            )
    return None


async def _shown(
    page: SignedInPage, status: SubmissionStatus, errors: dict[str, str], fields: dict[str, str], code: int = 200
) -> Response:
    target = Target(status.reporter, status.agency)
    own = may(page.subject, "explain", target)
    draft_of_it = await _receipt(page, status) if own else None
    waits = status.state == "needs_explanation" and own
    found = placed(status.findings, templates.load(TEMPLATE))
    to_explain = [one for one in found if _unexplained(one.finding)] if waits else []
    participant = page.gateway.view.directory.participant(status.reporter or "")
    return page.show(
        "returns/submission.html",
        code,
        submission=status,
        receipt=draft_of_it,
        blockers=[one for one in found if one.finding.severity == "blocker"],
        explains=[one for one in found if one.finding.severity == "explain"],
        to_explain=to_explain,
        warnings=[one for one in found if one.finding.severity == "warning"],
        retold=lambda finding: retold(page, finding),
        place=lambda one: _place(page, one),
        whose=_name(page, status, participant.name if participant else ""),
        path=f"/returns/{status.cycle}/{status.agency or status.reporter}" if own else None,
        labels=LABELS,
        tones=TONES,
        meanings=MEANINGS,
        settled=status.state in SETTLED,
        errors=_told(page, to_explain, errors),
        fields=fields,
    )


def _name(page: SignedInPage, status: SubmissionStatus, name: str) -> str:
    if status.agency and (agency := page.gateway.view.directory.agency(status.agency)):
        return agency.name
    known = {one.alpha2 for one in geography.countries()}
    return geography.name(status.reporter or "", page.language) if status.reporter in known else name


def _told(page: SignedInPage, to_explain: list[Placed], errors: dict[str, str]) -> dict[str, str]:
    """Each error with the explanation that it is about, where the page asks for several."""
    if len(to_explain) < 2:
        return errors
    named = {}
    for place, one in enumerate(to_explain):
        which = page.say("Explanation %(n)s", n=place + 1)
        about = f" ({_place(page, one)})" if one.question else ""
        named[f"explain-{place}"] = f"{which}{about}{COLON[page.language]}"
    return {field: f"{named.get(field, '')}{text}" for field, text in errors.items()}


def _place(page: SignedInPage, one: Placed) -> str:
    return f"{one.question.number} {page.say(one.question.title)}" if one.question else ""


def _unexplained(finding: Finding) -> bool:
    return finding.severity == "explain" and bool(finding.suggestion)


async def _receipt(page: SignedInPage, status: SubmissionStatus) -> Sent | None:
    if status.reporter is None or status.cycle is None:
        return None
    draft = await page.portal.drafts.get(status.reporter, status.cycle, status.agency)
    return draft.receipt(status.id)


async def _growing(page: SignedInPage, status: SubmissionStatus) -> AsyncIterator[str]:
    shown = ""
    for _ in range(LOOKS):
        now = status.model_dump_json(include={"state", "timeline"})
        if now != shown:
            shown = now
            part = page.show(
                "returns/timeline.html",
                submission=status, labels=LABELS, tones=TONES, meanings=MEANINGS, settled=status.state in SETTLED,
            )  # fmt: skip
            lines = bytes(part.body).decode().splitlines()
            yield "event: timeline\n" + "".join(f"data: {line}\n" for line in lines) + "\n"
        if status.state in SETTLED or await page.request.is_disconnected():
            break
        await asyncio.sleep(BETWEEN_LOOKS)
        try:
            status = await _status(page, status.id)
        except (NotNow, Problem):
            break
    if status.state in SETTLED:
        yield "event: settled\ndata: settled\n\n"
