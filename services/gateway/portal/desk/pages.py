"""The desk's pages: the cycles, the parts of one cycle side by side, and releasing them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts import template as templates
from services.gateway.api import commands, cycles, participants
from services.gateway.api.permission import demand
from services.gateway.portal.answered import Answers
from services.gateway.portal.desk.choosing import SUM, chosen
from services.gateway.portal.desk.parts import Standing, parts_of, standing_of
from services.gateway.portal.desk.side import gaps, tables
from services.gateway.portal.desk.wording import STATUSES
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.returns.drafts import changed
from services.gateway.portal.returns.typed import answers_of
from services.gateway.portal.stretch import Stretch
from services.gateway.problems import Problem, not_found
from services.gateway.rules import Target

router = APIRouter(prefix="/desk", route_class=PortalRoute)
CYCLES_SHOWN = 12


@router.get("")
async def desk(page: SignedIn, before: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Cycles, the newest first, with the parts and the return in force; ``before``: those behind that one."""
    own = _own_state(page)
    held = await page.ask_all(cycles.cycles)
    there = await page.ask(participants.participant, code=own)
    stretch = Stretch.of(held, before, CYCLES_SHOWN)
    return page.show(
        "desk/desk.html",
        own=there,
        agencies=page.gateway.view.directory.agencies(own),
        cycles=[(one, await standing_of(page, own, one.id)) for one in stretch.cycles],
        stretch=stretch,
    )


@router.get("/{cycle}")
async def side_by_side(cycle: str, page: SignedIn) -> Response:
    """The parts of one cycle, question by question."""
    own = _own_state(page)
    there = await page.ask(cycles.cycle, cycle=cycle)
    found = await parts_of(page, own, there.id)
    sources = ({own: found.own} if found.own else {}) | dict(found.parts)
    answers = Answers(templates.load(), page.participant, page.say)
    shown = tables(answers, sources, found.joined, found.overlaps) if found.joined else []
    return page.show(
        "desk/side.html",
        cycle=there,
        whose=await page.ask(participants.participant, code=own),
        found=found,
        sources={code: _name(page, code) for code in sources},
        waiting=_waiting(page, own, found.standing),
        tables=shown,
        gaps=gaps(answers, sources) if found.parts else [],
        differing=sum(1 for one in shown if one.differs),
        statuses=STATUSES,
        draft=await page.portal.drafts.get(own, there.id, None),
        add_up=SUM,
    )


@router.post("/{cycle}/release")
async def release(cycle: str, page: SignedIn) -> Response:
    """Releases the joined parts as the national return; releasing the same parts twice is one return."""
    own = _own_state(page)
    there = await page.ask(cycles.cycle, cycle=cycle)
    try:
        await page.ask(commands.release, request=page.request, reporter=own, cycle=there.id)
    except Problem as problem:
        if problem.status_code != 409:
            raise
        return page.go(f"/desk/{there.id}", page.say("No agency's part has been accepted yet."), "note")
    return page.go(f"/desk/{there.id}", page.say("The joined return is released. It is checked like any other now."))


@router.post("/{cycle}/draft")
async def begin_draft(cycle: str, page: SignedIn) -> Response:
    """Begins the State's own draft from the joined figures, with the choices that were made where sources differ."""
    own = _own_state(page)
    there = await page.ask(cycles.cycle, cycle=cycle)
    found = await parts_of(page, own, there.id)
    if found.joined is None:
        return page.go(f"/desk/{there.id}", page.say("No agency's part has been accepted yet."), "note")
    picks = {name.removeprefix("pick:"): text for name, text in (await page.fields()).items()}
    report = chosen(found.joined, found.overlaps, picks)
    answers = answers_of(report, templates.load(), page.participant)
    draft = await page.portal.drafts.get(own, there.id, None)
    await changed(page.portal.drafts, draft, lambda held: held.begun_from(answers, page.user.login, page.now()))
    said = page.say("The draft holds the joined figures with your choices. Look through it, then check and send.")
    return page.go(f"/returns/{there.id}/{own}", said, "note")


def _own_state(page: SignedInPage) -> str:
    own = page.subject.participant
    demand(page.subject, "release", Target(own))
    if own is None:
        raise not_found()
    return own


def _name(page: SignedInPage, code: str) -> str:
    agency = page.gateway.view.directory.agency(code)
    return agency.name if agency else page.participant(code) if "-" not in code else code


def _waiting(page: SignedInPage, own: str, there: Standing) -> list[tuple[str, str | None]]:
    """Agencies without a part in force, and how their newest one stands."""
    known = {one.id for one in page.gateway.view.directory.agencies(own)} | set(there.newest)
    newest = {code: one.state for code, one in there.newest.items()}
    return [(_name(page, code), newest.get(code)) for code in sorted(known - set(there.heads))]
