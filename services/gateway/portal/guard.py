"""How every page is entered: who is it, is the session still good, and does a POST come from our own page.

A POST is taken only from our own origin and with the visitor's own token in it (the field ``csrf_token`` or the header
``X-CSRF-Token``). The token follows from the visitor's secret cookie and looks different in every page, so that
compression tells nothing about it (BREACH).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.gateway.discarding import discard
from services.gateway.portal.accounts.rules import SEEN_EVERY, lasts
from services.gateway.portal.accounts.user import Session, User
from services.gateway.portal.portal import Portal
from services.gateway.portal.texts import Language, as_language, first, preferred
from services.gateway.problems import Problem
from services.gateway.subject import Subject

LARGEST_FORM = 4 * 1024 * 1024
MOST_FIELDS = 50_000
"""The whole template with a few hundred rows a question."""
LARGEST_WITHOUT_SESSION = 64 * 1024
MOST_WITHOUT_SESSION = 50
"""Signing in takes five fields: nobody may make the portal read more before it knows who asks."""
SESSION, SECRET, LANGUAGE = "vrs", "vrs-form", "vrs-language"


class SignInFirst(Exception):
    """Nobody is signed in. ``expired``: somebody was."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__()
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, in which language, and the secret that its forms are bound to."""

    secret: str
    new_secret: bool
    language: Language
    session: Session | None = None
    user: User | None = None
    subject: Subject | None = None
    expired: bool = False
    known: bool = False
    """Holds a session of ours, also one that has ended: what was typed during it comes back and is not cut."""


class PortalRequest(Request):
    """A request whose form is bounded, however it declares itself: narrowly until its session is known."""

    largest = LARGEST_WITHOUT_SESSION

    async def stream(self) -> AsyncGenerator[bytes, None]:
        size, whole = 0, super().stream()
        async for chunk in whole:
            size += len(chunk)
            if size > self.largest:
                await discard(whole)
                raise Problem(413, self._too_large(), headers={"Connection": "close"})
            yield chunk

    def _too_large(self) -> str:
        if self.largest == LARGEST_FORM:
            return "A form has at most four megabytes."
        return "A form has at most 64 kilobytes before one has signed in."


class PortalRoute(APIRoute):
    """Looks at the session, and at a POST's token, before anything else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            bounded = PortalRequest(request.scope, request.receive)
            portal: Portal = request.app.state.portal
            visit = request.state.visit = await visit_of(portal, bounded)
            if request.method == "POST":
                await demand_own_form(bounded, visit)
            return await handle(bounded)

        return guarded


def session_key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def visit_of(portal: Portal, request: Request) -> Visit:
    """Whoever stands behind the request's cookies. Raises NotNow."""
    settings, now = portal.settings, portal.now()
    cookie = {name: request.cookies.get(settings.cookie(name)) for name in (SESSION, SECRET, LANGUAGE)}
    chosen = as_language(cookie[LANGUAGE])
    accepted = preferred(request.headers.get("accept-language", ""))
    secret = (cookie[SECRET] or "")[:100] or None
    token = cookie[SESSION]
    if not token:
        return Visit(secret or secrets.token_urlsafe(32), secret is None, first([chosen, accepted]))
    session = await portal.accounts.session(session_key(token))
    user = await portal.accounts.user(session.login) if session else None
    ended = user is not None and await portal.gateway.view.ended(user.agency)
    if session is None or user is None or ended or not lasts(session, user, now, settings.idle, settings.longest):
        there = secret or secrets.token_urlsafe(32)
        known = session is not None and user is not None and user.active and not ended
        return Visit(there, secret is None, first([chosen, accepted]), expired=True, known=known)
    await _seen(portal, session, now)
    language = first([chosen, as_language(user.language), accepted])
    return Visit(token, False, language, session, user, user.subject, known=True)


async def _seen(portal: Portal, session: Session, now: datetime) -> None:
    if now - session.seen_at >= SEEN_EVERY:
        await portal.accounts.seen(session.key, now)


async def demand_own_form(request: PortalRequest, visit: Visit) -> None:
    """Raises SignInFirst for a form of an ended session, Problem for one that is not of our own page."""
    origin = request.headers.get("origin") or request.headers.get("referer") or ""
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "The form was not sent from this portal.")
    request.largest, most = (LARGEST_FORM, MOST_FIELDS) if visit.known else (request.largest, MOST_WITHOUT_SESSION)
    form = await request.form(max_fields=most, max_files=20, max_part_size=request.largest)
    # The page of an ended session shows it; the body cannot be read twice.
    request.state.form = form
    given = form.get("csrf_token") or request.headers.get("x-csrf-token") or ""
    if isinstance(given, str) and own_token(visit.secret, given):
        return
    if visit.expired:
        raise SignInFirst(expired=True)
    raise Problem(
        403, "The form is too old or was not sent from this portal. Go back, load the page again, and resend."
    )


def form_token(secret: str) -> str:
    """A new-looking token for a form of the holder of ``secret``."""
    mask = secrets.token_bytes(32)
    masked = bytes(a ^ b for a, b in zip(mask, _bound(secret), strict=True))
    return urlsafe_b64encode(mask + masked).decode().rstrip("=")


def own_token(secret: str, token: str) -> bool:
    """Whether ``token`` was made for the holder of ``secret``."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Error, ValueError):
        return False
    if len(raw) != 64:
        return False
    return hmac.compare_digest(bytes(a ^ b for a, b in zip(raw[:32], raw[32:], strict=True)), _bound(secret))


def _bound(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"form", "sha256")
