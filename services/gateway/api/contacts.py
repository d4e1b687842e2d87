"""Focal points and agencies of a participant."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from contracts.codes import AgencyCode, FocalPointId, ParticipantCode
from contracts.events import AgencyChanged, FocalPointChanged
from contracts.records import Agency, Email, FocalPoint, Name
from contracts.topics import PARTICIPANTS
from services.gateway.api.messages import Asked
from services.gateway.api.paged import Cursor, Limit, Page, page_of
from services.gateway.api.permission import demand, demand_no_personal_data, demand_sight, needs, refuse
from services.gateway.api.recording import record
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.ports import Gateway
from services.gateway.problems import Problem, documented, fault, not_found
from services.gateway.rules import Target

router = APIRouter(prefix="/participants/{code}", route_class=Route, tags=["participants"], responses=documented())
Code = Annotated[ParticipantCode, Path()]
MOST_FOCAL_POINTS = 20
MOST_AGENCIES = 50
"""Of one participant, ended ones among them: their records stay for ever, and so do the topics of an agency."""


class FocalPointGiven(Asked):
    """A unit and its functional address: never a person's name."""

    unit: Name
    email: Email


class AgencyGiven(Asked):
    name: Name
    email: Email | None = None


class Ended(BaseModel):
    """What is over."""

    id: str
    active: bool = False


@router.get("/focal-points", dependencies=[needs("see_contacts")])
async def focal_points(
    code: Code, caller: Caller, gateway: Ports, limit: Limit = 50, cursor: Cursor = None
) -> Page[FocalPoint]:
    """The active focal points."""
    await _participant(gateway, caller, code)
    items, following = page_of(gateway.view.directory.focal_points(code), lambda one: one.id, limit, cursor)
    return Page(items=items, next=following)


@router.get("/focal-points/{point}", dependencies=[needs("see_contacts")])
async def focal_point(code: Code, point: str, caller: Caller, gateway: Ports) -> FocalPoint:
    """One active focal point."""
    await _participant(gateway, caller, code)
    found = next((one for one in gateway.view.directory.focal_points(code) if one.id == point), None)
    if found is None:
        raise not_found()
    return found


@router.put("/focal-points/{point}", responses=documented(409), dependencies=[needs("write_contacts")])
async def put_focal_point(
    code: Code, point: Annotated[FocalPointId, Path()], given: FocalPointGiven, caller: Caller, gateway: Ports
) -> FocalPoint:
    """Make or change a focal point."""
    demand(caller, "write_contacts", Target(code))
    await demand_no_personal_data({"unit": given.unit})
    await _participant(gateway, caller, code)
    _demand_room(gateway, FocalPoint, code, point, MOST_FOCAL_POINTS)
    changed = FocalPoint(participant=code, id=point, unit=given.unit, email=given.email)
    await record(gateway, PARTICIPANTS, FocalPointChanged(record=changed, changed_at=gateway.now()))
    return changed


@router.delete("/focal-points/{point}", dependencies=[needs("write_contacts")])
async def end_focal_point(code: Code, point: str, caller: Caller, gateway: Ports) -> Ended:
    """End a focal point; ending it twice is ending it once."""
    demand(caller, "write_contacts", Target(code))
    await _participant(gateway, caller, code)
    there = gateway.view.directory.records.get(f"{code}/focal-points/{point}")
    if not isinstance(there, FocalPoint):
        raise not_found()
    ended = there.model_copy(update={"active": False})
    await record(gateway, PARTICIPANTS, FocalPointChanged(record=ended, changed_at=gateway.now()))
    return Ended(id=ended.id)


@router.get("/agencies", dependencies=[needs("see_contacts")])
async def agencies(
    code: Code, caller: Caller, gateway: Ports, limit: Limit = 50, cursor: Cursor = None
) -> Page[Agency]:
    """The active agencies."""
    await _participant(gateway, caller, code)
    items, following = page_of(gateway.view.directory.agencies(code), lambda one: one.id, limit, cursor)
    return Page(items=items, next=following)


@router.get("/agencies/{agency}", dependencies=[needs("see_contacts")])
async def agency(code: Code, agency: str, caller: Caller, gateway: Ports) -> Agency:
    """One active agency."""
    await _participant(gateway, caller, code)
    found = gateway.view.directory.agency(agency)
    if found is None or found.participant != code:
        raise not_found()
    return found


@router.put("/agencies/{agency}", responses=documented(409), dependencies=[needs("write_contacts")])
async def put_agency(
    code: Code, agency: Annotated[AgencyCode, Path()], given: AgencyGiven, caller: Caller, gateway: Ports
) -> Agency:
    """Make or change an agency. Its topics are there before anybody hears of it."""
    demand(caller, "write_contacts", Target(code))
    await demand_no_personal_data({"name": given.name})
    await _participant(gateway, caller, code)
    if not agency.startswith(f"{code}-"):
        error = fault("agency.wrong_code", f"The code of an agency of {code} begins with {code}-.")
        refuse([error], "The agency's code is not one of this participant's.")
    _demand_room(gateway, Agency, code, agency, MOST_AGENCIES)
    changed = Agency(participant=code, id=agency, name=given.name, email=given.email)
    await gateway.agency_topics.make(agency)
    await record(gateway, PARTICIPANTS, AgencyChanged(record=changed, changed_at=gateway.now()))
    return changed


@router.delete("/agencies/{agency}", dependencies=[needs("write_contacts")])
async def end_agency(code: Code, agency: str, caller: Caller, gateway: Ports) -> Ended:
    """End an agency and its keys. Its topics stay, with what is still to be read from them."""
    demand(caller, "write_contacts", Target(code))
    await _participant(gateway, caller, code)
    there = gateway.view.directory.records.get(f"{code}/agencies/{agency}")
    if not isinstance(there, Agency):
        raise not_found()
    ended = there.model_copy(update={"active": False})
    # First: whoever is told that it has ended may rely on its keys being over; asking again does the rest.
    await gateway.keys.revoke(ended.id, None, caller.sender.name)
    await record(gateway, PARTICIPANTS, AgencyChanged(record=ended, changed_at=gateway.now()))
    return Ended(id=ended.id)


def _demand_room(gateway: Gateway, kind: type[FocalPoint | Agency], code: str, wanted: str, most: int) -> None:
    """Go on if it is there already, ended or not, or one more may be."""
    records = gateway.view.directory.records.values()
    held = {one.id for one in records if isinstance(one, kind) and one.participant == code}
    if wanted not in held and len(held) >= most:
        raise Problem(409, f"{code} has {len(held)} of these, and may have {most}, ended ones among them.")


async def _participant(gateway: Gateway, caller: Caller, code: str) -> None:
    """Go on if the participant is known and the caller may see whom to reach there."""
    demand_sight(caller, "see_contacts", Target(code))
    await gateway.view.refresh()
    if gateway.view.directory.participant(code) is None:
        raise not_found()
