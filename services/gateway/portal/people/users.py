"""Users of the portal: making them, a new password, ending and taking up again. A password is shown once."""

from typing import cast

from fastapi import APIRouter, Response

from runtime.logs import logger
from services.gateway.api.permission import demand, demand_sight
from services.gateway.portal.accounts.passwords import generated
from services.gateway.portal.accounts.rules import LOGIN
from services.gateway.portal.accounts.user import User, login_of
from services.gateway.portal.guard import PortalRoute
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.wording import ROLES
from services.gateway.problems import not_found
from services.gateway.rules import Target, may
from services.gateway.subject import Role, Subject

router = APIRouter(prefix="/users", route_class=PortalRoute)
log = logger(__name__)
_OF_A_STATE: tuple[Role, ...] = ("focal-point", "agency", "analyst")


@router.get("")
async def everybody(page: SignedIn) -> Response:
    """The users that the visitor keeps."""
    demand(page.subject, "keep_users", Target(page.subject.participant))
    held = await page.portal.accounts.users(page.subject.participant)
    return page.show("people/users.html", users=held, roles=ROLES, login=page.user.login)


@router.get("/new")
async def new_user(page: SignedIn) -> Response:
    """An empty form."""
    demand(page.subject, "keep_users", Target(page.subject.participant))
    return _form(page, {"role": "focal-point", "participant": page.subject.participant or ""})


@router.post("/new")
async def make_user(page: SignedIn) -> Response:
    """Makes a user and shows its password: once, it is kept nowhere."""
    typed = await page.fields()
    login, role = login_of(typed.get("login", "")), typed.get("role", "")
    participant = page.subject.participant or typed.get("participant") or None
    agency = typed.get("agency", "").upper() or None
    errors: dict[str, str] = {}
    if not LOGIN.fullmatch(login):
        errors["login"] = page.say("Use 3 to 60 small letters, digits, dots, underscores or hyphens for the login.")
    if role not in _roles(page):
        errors["role"] = page.say("Choose a role from the list.")
    elif role not in _OF_A_STATE:
        participant = agency = None
    elif participant is None or page.gateway.view.directory.participant(participant) is None:
        errors["participant"] = page.say("Choose the participant that the user stands for.")
    elif role != "agency":
        agency = None
    elif (known := page.gateway.view.directory.agency(agency or "")) is None or known.participant != participant:
        errors["agency"] = page.say("Enter the code of an agency of this participant, for example TH-IMM.")
    prefix = f"{participant.lower()}-" if participant else ""
    if "participant" not in errors and not login.startswith(prefix):
        # Logins are unique over all States: with its own beginning, "taken" tells nobody about another State.
        errors.setdefault("login", page.say("Begin the login with %(prefix)s.", prefix=prefix))
    if errors:
        return _form(page, typed, errors)
    subject = Subject(login, cast(Role, role), participant, agency)
    demand(page.subject, "keep_users", Target(subject.participant, subject.agency))
    password, now = generated(), page.now()
    digest = await page.portal.passwords.digest(password)
    user = User(login, digest, subject.role, participant, agency, None, True, 1, now, now)
    if await page.portal.accounts.user(login) is not None or not await page.portal.accounts.put(user):
        return _form(page, typed, {"login": page.say("This login is taken.")})
    log.info("user made", role=user.role, participant=user.participant)
    return page.show("people/password.html", about=user, password=password)


@router.post("/{login}/password")
async def new_password(login: str, page: SignedIn) -> Response:
    """Another password, shown once; the user is signed out everywhere."""
    user = await _kept_by(page, login)
    password = generated()
    changed = user.with_password(await page.portal.passwords.digest(password), page.now())
    if not await page.portal.accounts.put(changed):
        return _meanwhile(page)
    log.info("password given", role=user.role, participant=user.participant)
    return page.show("people/password.html", about=changed, password=password)


@router.post("/{login}/end")
async def end(login: str, page: SignedIn) -> Response:
    """May sign in no more, and is signed out. Ending twice is ending once."""
    if login == page.user.login:
        return page.go("/users", page.say("You cannot deactivate your own user."), "note")
    return await _active(page, login, active=False)


@router.post("/{login}/begin")
async def begin(login: str, page: SignedIn) -> Response:
    """May sign in again, with the password from before."""
    return await _active(page, login, active=True)


async def _active(page: SignedInPage, login: str, *, active: bool) -> Response:
    user = await _kept_by(page, login)
    if user.active != active and not await page.portal.accounts.put(user.changed(page.now(), active=active)):
        return _meanwhile(page)
    if active:
        return page.go("/users", page.say("%(login)s may sign in again.", login=login))
    return page.go("/users", page.say("%(login)s may sign in no more.", login=login))


def _meanwhile(page: SignedInPage) -> Response:
    note = page.say("Somebody else has changed this user meanwhile. Look at it, then try again.")
    return page.go("/users", note, "note")


async def _kept_by(page: SignedInPage, login: str) -> User:
    """A user that the visitor keeps; anybody else's is as if it did not exist."""
    demand(page.subject, "keep_users", Target(page.subject.participant))
    user = await page.portal.accounts.user(login)
    if user is None:
        raise not_found()
    demand_sight(page.subject, "keep_users", Target(user.participant, user.agency))
    return user


def _roles(page: SignedInPage) -> list[Role]:
    """Those that the visitor may give."""
    own = page.subject.participant
    return [one for one in ROLES if may(page.subject, "keep_users", Target(own if one in _OF_A_STATE else None))]


def _form(page: SignedInPage, typed: dict[str, str], errors: dict[str, str] | None = None) -> Response:
    directory, own = page.gateway.view.directory, page.subject.participant
    shown = [one.code for one in directory.participants() if own in (None, one.code)]
    return page.show(
        "people/user_form.html",
        422 if errors else 200,
        typed=typed,
        roles={name: ROLES[name] for name in _roles(page)},
        participants=shown,
        agencies=[one for code in shown for one in directory.agencies(code)],
        errors=errors,
    )
