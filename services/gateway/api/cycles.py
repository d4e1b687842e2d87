"""Cycles: opening and changing them, giving more time, and who has reported."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.codes import ParticipantCode
from contracts.directory import key_of
from contracts.events import CycleChanged, ExtensionGranted, Reason
from contracts.records import Cycle, Day, Extension
from contracts.states import IN_FORCE, State
from contracts.topics import CYCLES
from services.gateway.api.messages import Asked
from services.gateway.api.named import OfCycle
from services.gateway.api.paged import Cursor, Limit, Page, page_of
from services.gateway.api.permission import demand_no_personal_data, needs, refuse
from services.gateway.api.recording import record, remove
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.completeness import Standing, completeness
from services.gateway.ports import Gateway
from services.gateway.problems import Problem, documented, fault, not_found
from services.gateway.rules import Target, may
from services.gateway.series import revision_of
from services.gateway.shape import record_faults
from services.gateway.subject import Subject

router = APIRouter(prefix="/cycles", route_class=Route, tags=["cycles"], responses=documented())

USES = {"reports": "returns", "submissions": "submissions", "drafts": "drafts of returns"}
"""What the collections of CYCLE_USERS hold, in words."""


class NewCycle(Cycle):
    """A cycle as it is opened: a field that nobody knows is a mistake, and not one for later."""

    model_config = ConfigDict(extra="forbid")


class CycleChange(Asked):
    """What is to be different; what is absent stays as it is."""

    opens: Day | None = None
    due: Day | None = None
    grace_days: Annotated[int, Field(strict=True, ge=0, le=366)] | None = None
    closes: Day | None = None
    expected: Annotated[list[ParticipantCode], Field(max_length=500)] | None = None
    reminder_days: Annotated[list[Annotated[int, Field(ge=1, le=365)]], Field(max_length=20)] | None = None


class MoreTime(Asked):
    """A later due date for one participant, and why."""

    participant: ParticipantCode
    due: Day
    reason: Reason


class Removed(BaseModel):
    """What is there no more."""

    id: str


class StandingView(BaseModel):
    """Where one expected participant stands."""

    participant: str
    state: State | None = Field(
        description="Of the return in force, else of the newest one; null where there is none. Of another State's "
        "return, no more than `accepted` (one is in force) or `received` (one has come, none is in force), else null: "
        "what the centre says of it is between the two."
    )
    received: bool
    received_at: datetime | None
    on_time: bool
    late: bool
    overdue: bool
    due_at: datetime


class CompletenessView(BaseModel):
    cycle: str
    expected: int
    received: int
    on_time: int
    late: int
    overdue: int
    percent: int = Field(ge=0, le=100)
    complete: bool
    items: list[StandingView]


@router.get("", dependencies=[needs("see_cycles")])
async def cycles(gateway: Ports, limit: Limit = 50, cursor: Cursor = None) -> Page[Cycle]:
    """Every cycle, by period."""
    await gateway.view.refresh()
    items, following = page_of(gateway.view.directory.cycles(), lambda one: one.id, limit, cursor)
    return Page(items=items, next=following)


@router.get("/{cycle}", dependencies=[needs("see_cycles")])
async def cycle(cycle: OfCycle, gateway: Ports) -> Cycle:
    """One cycle."""
    return await _known(gateway, cycle)


@router.post("", status_code=201, responses=documented(409), dependencies=[needs("write_cycles")])
async def open_cycle(new: NewCycle, gateway: Ports, response: Response) -> Cycle:
    """Open a cycle. The same again is the same cycle; another one of its name is a change, which PATCH makes."""
    wanted = Cycle.model_validate(new.model_dump())
    await gateway.view.refresh()
    there = gateway.view.directory.cycle(wanted.id)
    if there is not None and there != wanted:
        raise Problem(409, f"The cycle {new.id} exists and is another one; change it with PATCH.")
    await record(gateway, CYCLES, CycleChanged(record=wanted, changed_at=gateway.now()))
    response.headers["Location"] = f"/api/v1/cycles/{new.id}"
    return wanted


@router.patch("/{cycle}", dependencies=[needs("write_cycles")])
async def change_cycle(cycle: OfCycle, change: CycleChange, gateway: Ports) -> Cycle:
    """Change some of a cycle."""
    there = await _known(gateway, cycle)
    wanted: dict[str, Any] = {**there.model_dump(), **change.model_dump(exclude_none=True)}
    try:
        changed = Cycle.model_validate(wanted)
    except ValidationError as error:
        raise Problem(422, "The cycle would not be one.", record_faults(error, wanted)) from error
    await record(gateway, CYCLES, CycleChanged(record=changed, changed_at=gateway.now()))
    return changed


@router.delete("/{cycle}", responses=documented(409), dependencies=[needs("write_cycles")])
async def remove_cycle(cycle: OfCycle, gateway: Ports) -> Removed:
    """Remove a cycle that was opened by mistake, with its extensions: only while nobody has begun to report in it.

    Notices that have gone out stay in their inboxes; nothing else is sent.
    """
    there = await _known(gateway, cycle)
    if held := await in_the_way(there, gateway):
        raise Problem(
            409, f"The cycle {there.id} cannot be removed: there is something of it already ({', '.join(held)})."
        )
    # The cycle last: where this ends halfway, asking again finds it and does the rest.
    extensions = [key_of(one) for one in gateway.view.directory.extensions(there.id)]
    await remove(gateway, CYCLES, [*extensions, key_of(there)])
    return Removed(id=there.id)


@router.post("/{cycle}/extensions", status_code=201, dependencies=[needs("write_cycles")])
async def extend(cycle: OfCycle, more: MoreTime, gateway: Ports) -> Extension:
    """Give one participant more time; a later extension takes the place of an earlier one."""
    there = await _known(gateway, cycle)
    await demand_no_personal_data(more.reason)
    if more.participant not in there.expected:
        error = fault("extension.not_expected", f"{more.participant} is not expected in {cycle}.", "/participant")
        refuse([error], "More time is for those who are expected.")
    if more.due <= there.due:
        error = fault("extension.not_later", f"The cycle itself is due on {there.due}.", "/due")
        refuse([error], "An extension ends after the due date.")
    granted = Extension(cycle=there.id, **more.model_dump())
    await record(gateway, CYCLES, ExtensionGranted(record=granted, changed_at=gateway.now()))
    return granted


@router.get("/{cycle}/completeness", dependencies=[needs("see_completeness")])
async def standing(cycle: OfCycle, caller: Caller, gateway: Ports) -> CompletenessView:
    """Who has reported, on time or late, and who is overdue."""
    there = await _known(gateway, cycle)
    revisions = [revision_of(one) for one in await gateway.reads.revisions(cycle=there.id, agency=None)]
    found = completeness(there, gateway.view.directory, revisions, gateway.now())
    return CompletenessView(
        cycle=there.id,
        expected=found.expected,
        received=found.received,
        on_time=found.on_time,
        late=found.late,
        overdue=found.overdue,
        percent=found.percent,
        complete=found.complete,
        items=[_standing(caller, one) for one in found.items],
    )


def _standing(caller: Subject, one: Standing) -> StandingView:
    view = StandingView.model_validate(one, from_attributes=True)
    if may(caller, "see_status", Target(one.participant)):
        return view
    coarse: State | None = "accepted" if one.state in IN_FORCE else "received" if one.received else None
    return view.model_copy(update={"state": coarse})


async def in_the_way(cycle: Cycle, gateway: Gateway) -> list[str]:
    """For what a cycle cannot be removed, in the words of USES; nothing: it can. Raises NotNow."""
    return [USES[one] for one in await gateway.reads.uses(cycle.id)]


async def _known(gateway: Gateway, cycle: str) -> Cycle:
    await gateway.view.refresh()
    found = gateway.view.directory.cycle(cycle)
    if found is None:
        raise not_found()
    return found
