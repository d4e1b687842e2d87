"""Keys of an agency: making one, which is shown once, looking at what there is, and revoking."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, StringConstraints

from contracts.codes import AgencyCode, ParticipantCode
from contracts.records import Agency
from runtime.logs import logger
from services.gateway.api.contacts import Ended
from services.gateway.api.messages import Asked
from services.gateway.api.paged import Cursor, Limit, Page, page_of
from services.gateway.api.permission import demand, demand_sight, needs
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.keys import key as keys
from services.gateway.keys.key import MOST_DAYS, MOST_GOOD, USUAL_DAYS, Key, State
from services.gateway.ports import Gateway
from services.gateway.problems import Problem, documented, not_found
from services.gateway.rules import Target
from services.gateway.subject import Subject

log = logger(__name__)
router = APIRouter(
    prefix="/participants/{code}/agencies/{agency}/keys",
    route_class=Route,
    tags=["participants"],
    responses=documented(),
)
Code = Annotated[ParticipantCode, Path()]
OfAgency = Annotated[AgencyCode, Path()]
Days = Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS, description="How long it is to be good.")]


class KeyWanted(Asked):
    id: Annotated[
        str | None,
        StringConstraints(strict=True, pattern=f"^{keys.ID.pattern}$"),
        Field(description="A random name of your own, so that a request that is sent twice makes one key: 409."),
    ] = None
    days: Days = USUAL_DAYS


class KeyShown(BaseModel):
    """A key without its secret, which is kept nowhere."""

    id: str
    agency: str
    state: State
    made_at: datetime
    made_by: str = Field(examples=["focal-point:TH"])
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To the hour.")
    revoked_at: datetime | None
    revoked_by: str | None


class KeyMade(KeyShown):
    key: str = Field(description="Shown in this answer and never again. Send it as `Authorization: Bearer vrsk_…`.")


@router.get("", dependencies=[needs("keep_keys")])
async def agency_keys(
    code: Code, agency: OfAgency, caller: Caller, gateway: Ports, limit: Limit = 50, cursor: Cursor = None
) -> Page[KeyShown]:
    """The keys of an agency, newest first; ended ones stay listed for two years."""
    await _agency(gateway, caller, code, agency)
    held = await gateway.keys.store.of_agency(agency)
    items, following = page_of(held, _newest_first, limit, cursor)
    return Page(items=[_shown(one, gateway.now()) for one in items], next=following)


@router.post("", status_code=201, responses=documented(409), dependencies=[needs("keep_keys")])
async def make_key(
    code: Code, agency: OfAgency, caller: Caller, gateway: Ports, wanted: KeyWanted | None = None
) -> KeyMade:
    """Make a key for an agency's machine.

    Where the answer was lost, the key is in the list and nobody has it: revoke it and make another.
    """
    demand(caller, "keep_keys", Target(code))
    await _agency(gateway, caller, code, agency)
    given, now = wanted or KeyWanted(), gateway.now().replace(microsecond=0)
    held = await gateway.keys.store.of_agency(agency)
    if sum(one.state(now) == "good" for one in held) >= MOST_GOOD:
        raise Problem(409, f"{agency} has {MOST_GOOD} keys that are good. Revoke one first.")
    name, secret = given.id or keys.new_id(), keys.new_secret()
    expires = now + timedelta(days=given.days)
    new = Key(name, code, agency, keys.digest(secret), now, caller.sender.name, expires)
    if not await gateway.keys.store.add(new):
        raise Problem(409, "There is a key of this name already. Its text was shown once.")
    log.info("key made", agency=agency, key=new.id, by=caller.name, days=given.days)
    return KeyMade(**_shown(new, now).model_dump(), key=keys.written(new.id, secret))


@router.delete("/{key}", dependencies=[needs("keep_keys")])
async def revoke_key(code: Code, agency: OfAgency, key: str, caller: Caller, gateway: Ports) -> Ended:
    """Revoke a key: over at once, at every other gateway within five seconds. Revoking twice is revoking once."""
    await _agency(gateway, caller, code, agency)
    there = await gateway.keys.store.key(key) if keys.ID.fullmatch(key) else None
    if there is None or there.agency != agency:
        raise not_found()
    await gateway.keys.revoke(agency, key, caller.sender.name)
    log.info("key revoked", agency=agency, key=key, by=caller.name)
    return Ended(id=key)


def _newest_first(key: Key) -> str:
    """A text that sorts so; time counts down in it."""
    return f"{10**12 - int(key.made_at.timestamp()):013} {key.id}"


def _shown(key: Key, now: datetime) -> KeyShown:
    return KeyShown(
        id=key.id,
        agency=key.agency,
        state=key.state(now),
        made_at=key.made_at,
        made_by=key.made_by,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
        revoked_by=key.revoked_by,
    )


async def _agency(gateway: Gateway, caller: Subject, code: str, agency: str) -> Agency:
    """The active agency, for who keeps its keys."""
    demand_sight(caller, "keep_keys", Target(code))
    await gateway.view.refresh()
    found = gateway.view.directory.agency(agency)
    if found is None or found.participant != code:
        raise not_found()
    return found
