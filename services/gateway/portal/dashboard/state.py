"""The dashboard of a focal point and of an agency: what is due, what became of what was sent, what was told."""

from dataclasses import dataclass

from contracts import template as templates
from services.gateway.api import notifications, reports
from services.gateway.api.notifications import NoticeView
from services.gateway.api.reports import RevisionLine
from services.gateway.portal.dashboard.rules import Line, Standing, lines
from services.gateway.portal.page import WHOLE_LINE, SignedInPage
from services.gateway.portal.submitted import newest_submitted
from services.gateway.problems import Problem
from services.gateway.rules import Target, may

NOTICES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Left:
    """How much of the template the newest revision answers."""

    answered: int
    questions: int


@dataclass(frozen=True, slots=True)
class StateDashboard:
    lines: list[Line]
    left: dict[str, Left]
    notices: list[NoticeView]
    sees_notices: bool


async def state_dashboard(page: SignedInPage) -> StateDashboard:
    """Everything through the interface's own functions, as this visitor."""
    caller = page.subject
    participant = caller.participant or ""
    await page.gateway.view.refresh()
    own = [one for one in await newest_submitted(page) if one.agency == caller.agency]
    standings = {one.cycle: Standing(one.state, one.revision) for one in own if one.cycle}
    found = lines(page.gateway.view.directory, participant, standings, page.now())
    sees_notices = may(caller, "see_notices", Target(participant))
    notices = (await page.ask(notifications.notifications, limit=NOTICES_SHOWN)).items if sees_notices else []
    left = {one.cycle: await _left(page, one.cycle) for one in found if one.phase in ("open", "overdue")}
    return StateDashboard(found, left, notices, sees_notices)


async def _left(page: SignedInPage, cycle: str) -> Left:
    """Of the newest revision that still counts; none answers nothing."""
    whose = {"reporter": page.subject.participant, "cycle": cycle, "agency": page.subject.agency}
    questions = len(templates.load().questions)
    try:
        last = _last((await page.ask(reports.revisions, **whose, limit=WHOLE_LINE)).items)
        if last is None:
            return Left(0, questions)
        found = await page.ask(reports.revision, **whose, number=last.revision)
    except Problem as problem:
        if problem.status_code != 404:
            raise
        return Left(0, questions)
    return Left(len((found.report or {}).get("answers") or {}), questions)


def _last(line: list[RevisionLine]) -> RevisionLine | None:
    standing = [one for one in line if one.state not in ("rejected", "withdrawn")]
    return max(standing, key=lambda one: one.revision, default=None)
