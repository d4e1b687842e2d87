"""Keys of an agency: making one, which is shown once, and revoking it."""

from fastapi import APIRouter, Response

from services.gateway.api import contacts
from services.gateway.api import keys as interface
from services.gateway.api.keys import KeyWanted
from services.gateway.api.permission import demand
from services.gateway.keys.key import ID, PREFIX, USUAL_DAYS, new_id
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.people.wording import KEY_AGES, KEY_STATES
from services.gateway.portal.wording import ROLES
from services.gateway.problems import Problem
from services.gateway.rules import Target

router = APIRouter(prefix="/participants/{code}/agencies/{agency}/keys", route_class=PortalRoute)


@router.get("")
async def agency_keys(code: str, agency: str, page: SignedIn) -> Response:
    """The keys there are, newest first, and a form for another one."""
    return await _list(page, code, agency)


@router.post("")
async def make(code: str, agency: str, page: SignedIn) -> Response:
    """Makes a key and shows it: once, it is kept nowhere. The form names it, so that a double click makes one.

    A name that no form of ours has is passed over: the key gets one of its own.
    """
    demand(page.subject, "keep_keys", Target(code))
    typed = await page.fields()
    days = typed.get("days", "")
    if days not in KEY_AGES:
        return await _list(page, code, agency, {"days": page.say("Choose how long the new key is good for.")})
    name = typed.get("name", "")
    wanted = KeyWanted(id=name if ID.fullmatch(name) else None, days=int(days))
    try:
        made = await page.ask(interface.make_key, code=code, agency=agency, wanted=wanted)
    except Problem as problem:
        if problem.status_code != 409:
            raise
        full = page.say(
            "No key was made: this form was sent already, or five keys are good. Revoke one that nobody has."
        )
        return await _list(page, code, agency, {"days": full})
    return page.show("people/key.html", code=code, made=made)


@router.post("/{key}/revoke")
async def revoke(code: str, agency: str, key: str, page: SignedIn) -> Response:
    """Over at once; revoking twice is revoking once."""
    await page.ask(interface.revoke_key, code=code, agency=agency, key=key)
    return page.go(f"/participants/{code}/agencies/{agency}/keys", page.say("The key %(key)s is revoked.", key=key))


async def _list(page: SignedInPage, code: str, agency: str, errors: dict[str, str] | None = None) -> Response:
    demand(page.subject, "keep_keys", Target(code))
    there = await page.ask(contacts.agency, code=code, agency=agency)
    held = await page.ask_all(interface.agency_keys, code=code, agency=agency)
    return page.show(
        "people/keys.html",
        422 if errors else 200,
        code=code,
        agency=there,
        keys=held,
        prefix=PREFIX,
        states=KEY_STATES,
        ages=KEY_AGES,
        usual=str(USUAL_DAYS),
        roles=ROLES,
        name=new_id(),
        errors=errors,
    )
