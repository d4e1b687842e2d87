"""The pages of signing in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from runtime.logs import logger
from services.gateway.portal.accounts.rules import fault_of_password
from services.gateway.portal.accounts.user import login_of
from services.gateway.portal.guard import LANGUAGE, SESSION, PortalRoute
from services.gateway.portal.page import A_YEAR, AnyPage, Page, SignedIn
from services.gateway.portal.signing_in.session import begin, end, refused_until, take_try, was_right
from services.gateway.portal.texts import as_language

router = APIRouter(route_class=PortalRoute)
log = logger(__name__)
KEPT = "kept:"


@router.get("/sign-in")
async def sign_in_page(page: AnyPage, back: str = "/", expired: Annotated[str, Query(max_length=1)] = "") -> Response:
    """The form; somebody who is signed in goes on."""
    if page.visit.user is not None:
        return page.go(own_path(back))
    return page.show("signing_in/sign_in.html", back=own_path(back), expired=bool(expired), login="")


@router.post("/sign-in")
async def sign_in(page: AnyPage) -> Response:
    """Right: on to where one wanted to be. Wrong: the form again, with the same words for every reason."""
    fields = await page.fields()
    sent = await page.form()
    login, password = login_of(fields.get("login", ""))[:100], str(sent.get("password", ""))[:1000]
    back = own_path(fields.get("back", "/"))
    tried = await take_try(page.portal, login, page.request.client.host if page.request.client else "")
    if tried is None:
        until = await refused_until(page.portal, login)
        return _again(page, login, back, page.say("Too many tries. Wait a few minutes, then try again."), 429, until)
    user = await page.portal.accounts.user(login)
    right = await page.portal.passwords.right(user.digest if user else None, password)
    if user is None or not right or not user.active or await page.gateway.view.ended(user.agency):
        log.info("sign-in refused")
        return _again(page, login, back, page.say("The login or the password is not right."), 403)
    await was_right(page.portal, tried)
    token = await begin(page.portal, user)
    log.info("signed in", role=user.role, participant=user.participant)
    kept = [(name.removeprefix(KEPT), value) for name, value in sent.multi_items() if name.startswith(KEPT)]
    if kept or fields.get("again"):
        # Its form is bound to the new session, so it is shown within this very answer.
        action = own_path(fields.get("again", "/"))
        answer = page.as_if_signed_in(token, user).show("frame/again.html", kept=kept, action=action)
    else:
        answer = page.go(back)
    page.remember(answer, SESSION, token)
    return answer


def _again(page: Page, login: str, back: str, text: str, status: int, until: object = None) -> Response:
    return page.show(
        "signing_in/sign_in.html",
        status,
        {"Retry-After": "60"} if until else None,
        back=back,
        login=login,
        errors={"login": text},
    )


@router.post("/sign-out")
async def sign_out(page: AnyPage) -> Response:
    """Ends the session; ending it twice is ending it once."""
    if page.visit.session is not None:
        await end(page.portal, page.visit.session)
    answer = page.go("/sign-in", page.say("You have signed out."))
    page.forget(answer, SESSION)
    return answer


@router.get("/language/{code}")
async def language(code: str, page: AnyPage, back: str = "/") -> Response:
    """Remember the language in this browser, and with the user for the next one."""
    chosen = as_language(code)
    answer = page.go(own_path(back))
    if chosen is not None:
        page.remember(answer, LANGUAGE, chosen, seconds=A_YEAR)
        user = page.visit.user
        if user is not None and user.language != chosen:
            # Refused only if somebody else changes this user in the same moment: the cookie holds anyway.
            await page.portal.accounts.put(user.changed(page.now(), language=chosen))
    return answer


@router.get("/account/password")
async def password_page(page: SignedIn) -> Response:
    return page.show("signing_in/password.html")


@router.post("/account/password")
async def change_password(page: SignedIn) -> Response:
    """Takes the old one and a new one. Every other session of this user is over then."""
    sent = await page.form()
    old, new, again = (str(sent.get(name, ""))[:1000] for name in ("old_password", "new_password", "again"))
    errors: dict[str, str] = {}
    tried = await take_try(page.portal, page.user.login, page.request.client.host if page.request.client else "")
    if tried is None:
        errors["old_password"] = page.say("Too many tries. Wait a few minutes, then try again.")
    elif not await page.portal.passwords.right(page.user.digest, old):
        errors["old_password"] = page.say("This is not your present password.")
    if fault := fault_of_password(new, page.user.login):
        errors["new_password"] = page.say(fault)
    elif new != again:
        errors["again"] = page.say("The two entries of the new password differ.")
    if errors or tried is None:
        return page.show("signing_in/password.html", 422, errors=errors)
    await was_right(page.portal, tried)
    changed = page.user.with_password(await page.portal.passwords.digest(new), page.now())
    if not await page.portal.accounts.put(changed):
        note = page.say("Somebody changed this user at the same time. Please try again.")
        return page.show("signing_in/password.html", 409, errors={"old_password": note})
    token = await begin(page.portal, changed)
    log.info("password changed")
    answer = page.go("/", page.say("Your password is changed. You are signed out everywhere else."))
    page.remember(answer, SESSION, token)
    return answer


def own_path(text: str) -> str:
    """A path of this portal, or its beginning: never another host."""
    good = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    return text if good and text.isprintable() and len(text) < 2_000 else "/"
