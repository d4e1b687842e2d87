"""Participants: the list, one of them with its focal points and agencies, and what it is."""

from typing import Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError

from contracts.codes import ParticipantCode
from contracts.records import Participant
from services.gateway.api import participants
from services.gateway.api.participants import ParticipantChange
from services.gateway.api.permission import demand
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.people import contacts, keys, notices, users
from services.gateway.portal.people.wording import KINDS, PARTICIPANT_WORDS, RELEASES
from services.gateway.portal.refused import errors_of, errors_of_problem
from services.gateway.problems import Problem
from services.gateway.rules import Target, may
from services.gateway.shape import record_faults

router = APIRouter(route_class=PortalRoute)
_FIELDS = ("name", "kind", "time_zone", "release")
_CODE: TypeAdapter[str] = TypeAdapter(ParticipantCode)


@router.get("/participants")
async def everybody(page: SignedIn) -> Response:
    """Every participant; whom to reach there, for those who may see it."""
    held = await page.ask_all(participants.participants)
    directory, subject = page.gateway.view.directory, page.subject
    seen = {one.code for one in held if may(subject, "see_contacts", Target(one.code))}
    return page.show(
        "people/participants.html",
        participants=held,
        contacts={code: (directory.focal_points(code), directory.agencies(code)) for code in seen},
        kinds=KINDS,
        writes=may(subject, "write_participant", Target()),
    )


@router.get("/participants/new")
async def new_participant(page: SignedIn) -> Response:
    """An empty form."""
    demand(page.subject, "write_participant", Target())
    return _form(page, None, {"kind": "state", "release": "focal_point", "time_zone": "UTC"})


@router.post("/participants/new")
async def make_participant(page: SignedIn) -> Response:
    """A new participant; one that exists is changed on its own page."""
    demand(page.subject, "write_participant", Target())
    typed = await page.fields()
    code = typed.get("code", "").upper()
    try:
        _CODE.validate_python(code)
    except ValidationError:
        wanted = PARTICIPANT_WORDS["code"]
        return _form(page, None, typed, {"code": page.say(wanted)})
    await page.gateway.view.refresh()
    if page.gateway.view.directory.participant(code) is not None:
        return _form(page, None, typed, {"code": page.say("There is a participant of this code already.")})
    return await _kept(page, code, typed, None)


@router.get("/participants/{code}")
async def one_participant(code: str, page: SignedIn) -> Response:
    """What it is, and whom to reach."""
    there = await page.ask(participants.participant, code=code)
    subject, directory, target = page.subject, page.gateway.view.directory, Target(code)
    sees = may(subject, "see_contacts", target)
    return page.show(
        "people/participant.html",
        one=there,
        focal_points=directory.focal_points(code) if sees else [],
        agencies=directory.agencies(code) if sees else [],
        sees=sees,
        writes=may(subject, "write_participant", target),
        writes_contacts=may(subject, "write_contacts", target),
        keeps_keys=may(subject, "keep_keys", target),
        sets_release=may(subject, "set_release", target),
        kinds=KINDS,
        releases=RELEASES,
    )


@router.get("/participants/{code}/change")
async def change_page(code: str, page: SignedIn) -> Response:
    """The form with the participant in it."""
    demand(page.subject, "write_participant", Target(code))
    there = await page.ask(participants.participant, code=code)
    return _form(page, there, there.model_dump())


@router.post("/participants/{code}/change")
async def change(code: str, page: SignedIn) -> Response:
    """Changes what a participant is."""
    demand(page.subject, "write_participant", Target(code))
    there = await page.ask(participants.participant, code=code)
    return await _kept(page, code, await page.fields(), there)


@router.post("/participants/{code}/release")
async def set_release(code: str, page: SignedIn) -> Response:
    """Whether the focal point releases the joined return, or accepted parts flow through."""
    there = await page.ask(participants.participant, code=code)
    chosen = (await page.fields()).get("release", "")
    wanted = {"release": chosen if chosen in RELEASES else there.release}
    await page.ask(participants.put_participant, code=code, change=ParticipantChange.model_validate(wanted))
    return page.go(f"/participants/{code}", page.say("The setting is saved."))


async def _kept(page: SignedInPage, code: str, typed: dict[str, str], there: Participant | None) -> Response:
    wanted = {name: typed.get(name, "") for name in _FIELDS}
    try:
        given = ParticipantChange.model_validate(wanted)
        await page.ask(participants.put_participant, code=code, change=given)
    except ValidationError as error:
        return _form(page, there, typed, errors_of(page, record_faults(error, wanted), PARTICIPANT_WORDS, "name"))
    except Problem as problem:
        return _form(page, there, typed, errors_of_problem(page, problem, PARTICIPANT_WORDS, "name"))
    return page.go(f"/participants/{code}", page.say("%(who)s is saved.", who=page.participant(code)))


def _form(
    page: SignedInPage, there: Participant | None, typed: dict[str, Any], errors: dict[str, str] | None = None
) -> Response:
    return page.show(
        "people/participant_form.html",
        422 if errors else 200,
        there=there,
        typed=typed,
        kinds=KINDS,
        releases=RELEASES,
        zones=sorted(one for one in available_timezones() if "/" in one or one == "UTC"),
        errors=errors,
    )


for _module in (contacts, keys, users, notices):
    router.include_router(_module.router)
