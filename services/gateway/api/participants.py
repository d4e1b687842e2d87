"""Participants: who takes part, in which time zone, and whether its agencies' parts flow through."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import StringConstraints, ValidationError

from contracts.codes import ParticipantCode
from contracts.events import ParticipantChanged
from contracts.records import Name, Participant
from contracts.topics import PARTICIPANTS
from services.gateway.api.messages import Asked
from services.gateway.api.paged import Cursor, Limit, Page, page_of
from services.gateway.api.permission import demand, needs
from services.gateway.api.recording import record
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.problems import Problem, documented, not_found
from services.gateway.rules import Target
from services.gateway.shape import record_faults

router = APIRouter(prefix="/participants", route_class=Route, tags=["participants"], responses=documented())


class ParticipantChange(Asked):
    """What a participant is from now on; what is absent stays as it is, or at its default for a new one."""

    name: Name | None = None
    kind: Literal["state", "territory", "organisation"] | None = None
    time_zone: Annotated[str, StringConstraints(strict=True, max_length=100)] | None = None
    release: Literal["focal_point", "flow_through"] | None = None


@router.get("", dependencies=[needs("see_participants")])
async def participants(gateway: Ports, limit: Limit = 50, cursor: Cursor = None) -> Page[Participant]:
    """Every participant, by code."""
    await gateway.view.refresh()
    items, following = page_of(gateway.view.directory.participants(), lambda one: one.code, limit, cursor)
    return Page(items=items, next=following)


@router.get("/{code}", dependencies=[needs("see_participants")])
async def participant(code: str, gateway: Ports) -> Participant:
    """One participant."""
    await gateway.view.refresh()
    found = gateway.view.directory.participant(code)
    if found is None:
        raise not_found()
    return found


@router.put("/{code}", dependencies=[needs("set_release")])
async def put_participant(
    code: Annotated[ParticipantCode, Path()], change: ParticipantChange, caller: Caller, gateway: Ports
) -> Participant:
    """Make or change a participant. Its own focal point may change ``release`` and nothing else."""
    target = Target(code)
    demand(caller, "set_release", target)
    await gateway.view.refresh()
    there = gateway.view.directory.participant(code)
    wanted: dict[str, Any] = {
        **(there.model_dump() if there else {"code": code}),
        **change.model_dump(exclude_none=True),
    }
    try:
        changed = Participant.model_validate(wanted)
    except ValidationError as error:
        raise Problem(422, "The participant would not be one.", record_faults(error, wanted)) from error
    only_release = there is not None and changed == there.model_copy(update={"release": changed.release})
    if not only_release:
        demand(caller, "write_participant", target)
    await record(gateway, PARTICIPANTS, ParticipantChanged(record=changed, changed_at=gateway.now()))
    return changed
