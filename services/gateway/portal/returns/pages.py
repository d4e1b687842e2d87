"""The list of one's returns, and the tasks of one return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.records import Cycle
from services.gateway.api import cycles
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.returns import asking, sending, sent
from services.gateway.portal.returns.checking import checked_if_possible
from services.gateway.portal.returns.draft import Draft
from services.gateway.portal.returns.drafts import changed
from services.gateway.portal.returns.line import Line
from services.gateway.portal.returns.places import question_at
from services.gateway.portal.returns.progress import LABELS
from services.gateway.portal.returns.states import LABELS as STATES
from services.gateway.portal.returns.states import TONES
from services.gateway.portal.stretch import Stretch
from services.gateway.portal.submitted import MOST_SHOWN, Submitted, newest_submitted
from services.gateway.problems import not_found
from services.gateway.rules import Target, may

router = APIRouter(route_class=PortalRoute)
CYCLES_SHOWN = 12
"""Six years of half-years; each has a line, and one for each agency that has begun."""


@dataclass(frozen=True)
class Listed:
    """One line of the list. ``path``: of its draft, where the visitor may send it."""

    cycle: Cycle
    name: str
    agency: str | None
    due: date
    expected: bool
    overdue: bool
    closed: bool
    newest: Submitted | None
    draft: Draft | None
    path: str | None


@router.get("/returns")
async def returns(page: SignedIn, before: Annotated[str, Query(max_length=10)] = "") -> Response:
    """The returns of one's State, newest cycle first; an agency sees its parts. ``before``: those behind that cycle."""
    own = page.subject.participant
    if own is None:
        raise not_found()
    stretch = Stretch.of(await page.ask_all(cycles.cycles), before, CYCLES_SHOWN)
    newest = {(one.cycle, one.agency): one for one in await newest_submitted(page, [one.id for one in stretch.cycles])}
    lines = [one for cycle in stretch.cycles for one in await _of_cycle(page, own, cycle, newest)]
    return page.show("returns/list.html", lines=lines, stretch=stretch, states=STATES, tones=TONES)


@router.get("/returns/{cycle}")
async def own_return(cycle: str, page: SignedIn) -> Response:
    """One's own return of a cycle."""
    subject = page.subject
    there = await cycles.cycle(cycle, page.gateway)
    if not may(subject, "submit", Target(subject.participant, subject.agency)):
        return page.go("/returns")
    return page.go(f"/returns/{there.id}/{subject.agency or subject.participant}")


@router.get("/returns/{cycle}/{line}")
async def tasks(line: Line) -> Response:
    """Every question of a return, and how far it is."""
    check = await checked_if_possible(line) if line.draft.answers else None
    standing = await line.in_force()
    progress = check.progress(line) if check else {}
    answered = sum(1 for one in progress.values() if one in ("complete", "nothing"))
    sent_items, earlier = await line.submissions()
    asked = [question_at(one, line.template) for one in line.asked_of(standing)]
    return line.page.show(
        "returns/tasks.html",
        asked={one.id for one in asked if one},
        line=line,
        has_parts=line.agency is None and bool(line.page.gateway.view.directory.agencies(line.participant)),
        told=set(line.answers(standing)) if standing and not line.draft.answers else set(),
        kept={name for name, typed in line.draft.typed.items() if typed.sharing == "centre_only"},
        progress=progress,
        labels=LABELS,
        check=check,
        answered=answered,
        standing=standing,
        sent=sent_items,
        most=MOST_SHOWN if earlier else None,
        states=STATES,
        tones=TONES,
    )


@router.post("/returns/{cycle}/{line}/correct")
async def correct(line: Line) -> Response:
    """Begin a correction: the draft becomes what is in force."""
    standing = await line.in_force()
    if standing is None:
        raise not_found()
    page, answers = line.page, line.answers(standing)
    await changed(line.drafts, line.draft, lambda there: there.begun_from(answers, page.user.login, page.now()))
    said = page.say("The draft now holds revision %(number)s. Change what is wrong, then check and send.",
                    number=standing.revision)  # fmt: skip
    return page.go(line.path, said, "note")


async def _of_cycle(
    page: SignedInPage, own: str, cycle: Cycle, newest_of: Mapping[tuple[str | None, str | None], Submitted]
) -> list[Listed]:
    subject, directory = page.subject, page.gateway.view.directory
    agencies: list[str | None] = [one.id for one in directory.agencies(own)]
    found = []
    for agency in [None, *agencies]:
        if not may(subject, "see_status", Target(own, agency)):
            continue
        mine = may(subject, "submit", Target(own, agency))
        draft = await page.portal.drafts.get(own, cycle.id, agency) if mine else None
        newest = newest_of.get((cycle.id, agency))
        if agency is not None and subject.agency is None and newest is None and not (draft and draft.answers):
            continue  # an agency that has nothing to do with this cycle yet
        name = directory.agency(agency) if agency else None
        found.append(
            Listed(
                cycle,
                name.name if name else "",
                agency,
                directory.due_day(cycle, own),
                own in cycle.expected,
                own in cycle.expected and directory.due_at(cycle, own) <= page.now(),
                directory.closes_at(cycle, own) <= page.now(),
                newest,
                draft,
                f"/returns/{cycle.id}/{agency or own}" if mine else None,
            )
        )
    return found


router.include_router(sending.router)
router.include_router(sent.router)
router.include_router(asking.router)
