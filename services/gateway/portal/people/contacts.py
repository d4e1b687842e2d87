"""Focal points and agencies of a participant: nominating, changing, ending."""

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError

from contracts.codes import AgencyCode, FocalPointId
from contracts.records import Agency, FocalPoint
from services.gateway.api import contacts, participants
from services.gateway.api.contacts import AgencyGiven, FocalPointGiven
from services.gateway.api.permission import demand
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.people.wording import CONTACT_WORDS
from services.gateway.portal.refused import errors_of, errors_of_problem
from services.gateway.problems import Problem
from services.gateway.rules import Target
from services.gateway.shape import record_faults

router = APIRouter(prefix="/participants/{code}", route_class=PortalRoute)
Kind = Literal["focal-points", "agencies"]
_ID: dict[Kind, TypeAdapter[str]] = {"focal-points": TypeAdapter(FocalPointId), "agencies": TypeAdapter(AgencyCode)}


@dataclass(frozen=True)
class Place:
    """Which contact of whom a form is about; without ``there`` a new one."""

    code: str
    kind: Kind
    there: FocalPoint | Agency | None = None


@router.get("/{kind}/new")
async def new_contact(code: str, kind: Kind, page: SignedIn) -> Response:
    """An empty form."""
    await _entered(page, code)
    return _form(page, Place(code, kind), {"id": f"{code}-" if kind == "agencies" else ""})


@router.post("/{kind}/new")
async def make_contact(code: str, kind: Kind, page: SignedIn) -> Response:
    """A new focal point or agency. What exists is changed on its own page."""
    await _entered(page, code)
    typed = await page.fields()
    place, one = Place(code, kind), typed.get("id", "")
    one = one.upper() if kind == "agencies" else one
    try:
        _ID[kind].validate_python(one)
    except ValidationError:
        wanted = CONTACT_WORDS[kind]["id"]
        return _form(page, place, typed, {"id": page.say(wanted)})
    if _held(page, code, kind, one) is not None:
        return _form(page, place, typed, {"id": page.say("This code is taken already.")})
    return await _kept(page, place, one, typed)


@router.get("/{kind}/{one}/change")
async def change_page(code: str, kind: Kind, one: str, page: SignedIn) -> Response:
    """The form with the contact in it."""
    await _entered(page, code)
    there = await _there(page, code, kind, one)
    return _form(page, Place(code, kind, there), there.model_dump())


@router.post("/{kind}/{one}/change")
async def change(code: str, kind: Kind, one: str, page: SignedIn) -> Response:
    """Changes its name or address."""
    await _entered(page, code)
    there = await _there(page, code, kind, one)
    return await _kept(page, Place(code, kind, there), there.id, await page.fields())


@router.post("/{kind}/{one}/end")
async def end(code: str, kind: Kind, one: str, page: SignedIn) -> Response:
    """Ends it; ending it twice is ending it once."""
    if kind == "agencies":
        await page.ask(contacts.end_agency, code=code, agency=one)
    else:
        await page.ask(contacts.end_focal_point, code=code, point=one)
    return page.go(f"/participants/{code}", page.say("%(what)s is deactivated.", what=one))


async def _entered(page: SignedInPage, code: str) -> None:
    demand(page.subject, "write_contacts", Target(code))
    await page.ask(participants.participant, code=code)


async def _there(page: SignedInPage, code: str, kind: Kind, one: str) -> FocalPoint | Agency:
    if kind == "agencies":
        return await page.ask(contacts.agency, code=code, agency=one)
    return await page.ask(contacts.focal_point, code=code, point=one)


def _held(page: SignedInPage, code: str, kind: Kind, one: str) -> FocalPoint | Agency | None:
    directory = page.gateway.view.directory
    held: list[Any] = directory.agencies(code) if kind == "agencies" else directory.focal_points(code)
    return next((there for there in held if there.id == one), None)


async def _kept(page: SignedInPage, place: Place, one: str, typed: dict[str, str]) -> Response:
    wanted: dict[str, str | None] = {"email": typed.get("email") or None}
    words = CONTACT_WORDS[place.kind]
    try:
        if place.kind == "agencies":
            wanted["name"] = typed.get("name", "")
            agency = AgencyGiven.model_validate(wanted)
            await page.ask(contacts.put_agency, code=place.code, agency=one, given=agency)
        else:
            wanted["unit"] = typed.get("unit", "")
            unit = FocalPointGiven.model_validate(wanted)
            await page.ask(contacts.put_focal_point, code=place.code, point=one, given=unit)
    except ValidationError as error:
        return _form(page, place, typed, errors_of(page, record_faults(error, wanted), words, "email"))
    except Problem as problem:
        whole = "name" if place.kind == "agencies" else "unit"
        return _form(page, place, typed, errors_of_problem(page, problem, words, whole))
    return page.go(f"/participants/{place.code}", page.say("%(what)s is saved.", what=one))


def _form(page: SignedInPage, place: Place, typed: dict[str, Any], errors: dict[str, str] | None = None) -> Response:
    return page.show("people/contact_form.html", 422 if errors else 200, place=place, typed=typed, errors=errors)
