"""Checking a return as a whole, and sending it: once, however often the button is pressed."""

import json

from fastapi import APIRouter, Response

from contracts.identity import body_hash
from services.gateway.api.reports import ReportView
from services.gateway.api.submissions import submit
from services.gateway.intake import personal_data
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.numerals import whole
from services.gateway.portal.returns.checking import Checked, checked
from services.gateway.portal.returns.draft import Sent
from services.gateway.portal.returns.drafts import changed
from services.gateway.portal.returns.line import Line, ReturnLine
from services.gateway.portal.returns.progress import LABELS
from services.gateway.portal.returns.telling import Difference, differences, told
from services.gateway.portal.returns.typed import TypedAnswer
from services.gateway.recognising import Incoming

router = APIRouter(route_class=PortalRoute)
LONGEST_REASON = 2_000


@router.get("/returns/{cycle}/{line}/check")
async def check_page(line: Line) -> Response:
    """Every answer, every finding, and the declaration."""
    return await _shown(line, await checked(line), {}, "")


@router.post("/returns/{cycle}/{line}/check")
async def send(line: Line) -> Response:
    """Send the version that was checked. The same version again, or a draft in which nothing has been changed since
    it was sent, leads to the same submission."""
    page = line.page
    fields = await page.fields()
    seen = whole(fields.get("version", ""))
    before = (line.draft.as_which(seen) if seen is not None else None) or await _already(line)
    if before is not None:
        return page.go(f"/submissions/{before.submission}")
    check = await checked(line)
    reason = fields.get("reason", "")
    if seen is None or seen != line.draft.version:
        error = page.say("The return has been changed since you looked at it. Look again, then send it.")
        return await _shown(line, check, {"": error}, reason, 409)
    standing = await line.in_force()
    errors = _errors(line, check, fields, correcting=standing is not None)
    if errors:
        return await _shown(line, check, errors, reason, 422)
    answer = await submit(Incoming(check.report), page.subject, page.gateway, line.draft.key)
    one = json.loads(bytes(answer.body))["id"]
    sent = Sent(seen, one, body_hash(check.report), page.now(), page.user.login, reason)
    await changed(line.drafts, line.draft, lambda there: there.as_sent(sent))
    return page.go(f"/submissions/{one}")


async def _already(line: ReturnLine) -> Sent | None:
    """What the draft was sent as, where nothing in it has changed since; what was withdrawn may be sent anew."""
    if line.draft.open or not line.draft.sent:
        return None
    last = line.draft.sent[-1]
    found = await line.page.gateway.reads.submission(last.submission)
    return None if found is not None and found["state"] == "withdrawn" else last


def _errors(line: ReturnLine, check: Checked, fields: dict[str, str], *, correcting: bool) -> dict[str, str]:
    page, reason = line.page, fields.get("reason", "")
    errors: dict[str, str] = {}
    if not check.report["answers"]:
        errors[""] = page.say("There is no answer in the return yet.")
    elif check.outcome == "rejected":
        errors["corrections"] = page.say("Some answers have to be corrected before the return can be sent.")
    if correcting and not reason:
        errors["reason"] = page.say("Say why the return is corrected.")
    elif len(reason) > LONGEST_REASON:
        errors["reason"] = page.say(
            "Use at most %(most)s characters to say why the return is corrected.", most=LONGEST_REASON
        )
    elif personal_data(reason):
        errors["reason"] = page.say(
            "The reason of the correction seems to hold personal data. Returns never name or describe a person."
        )
    if fields.get("declared") != "yes":
        errors["declared"] = page.say("Confirm the declaration to send the return.")
    return errors


async def _shown(line: ReturnLine, check: Checked, errors: dict[str, str], reason: str, status: int = 200) -> Response:
    template = line.template
    typed = line.draft.typed
    standing = await line.in_force()
    answered = {
        one.id: told(line.as_read(one, typed[one.id]), one, template)
        for one in template.questions
        if one.id in typed and not typed[one.id].blank
    }
    return line.page.show(
        "returns/check.html",
        status,
        line=line,
        check=check,
        answered=answered,
        progress=check.progress(line),
        labels=LABELS,
        standing=standing,
        already=await _already(line),
        changes=_changes(line, standing) if standing else [],
        errors=errors,
        reason=reason,
        version=line.draft.version,
    )


def _changes(line: ReturnLine, standing: ReportView) -> list[tuple[str, str, list[Difference]]]:
    """What differs from the revision in force, question by question: id, label, lines."""
    before, now = line.answers(standing), line.draft.typed
    found = []
    for one in line.template.questions:
        sides = (line.as_read(one, side.get(one.id, TypedAnswer())) for side in (before, now))
        then, there = (told(side, one, line.template) for side in sides)
        if changes := differences(then, there):
            found.append((one.id, f"{one.number} {line.page.say(one.title)}", changes))
    return found
