"""Beginning and ending a session, and counting what was tried."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from services.gateway.portal.accounts.rules import FREE_TRIES_ACCOUNT, FREE_TRIES_ADDRESS, TRIES_WINDOW, free_at
from services.gateway.portal.accounts.user import Session, User
from services.gateway.portal.guard import session_key
from services.gateway.portal.portal import Portal


@dataclass(frozen=True, slots=True)
class Tried:
    """Under which names a try was written down, and its own."""

    account: str
    address: str
    one: str


async def begin(portal: Portal, user: User) -> str:
    """A new session of this user; gives the token for the cookie. Whatever token was there before is not reused."""
    token = secrets.token_urlsafe(32)
    now = portal.now()
    await portal.accounts.begin(Session(session_key(token), user.login, user.password_at, now, now))
    return token


async def end(portal: Portal, session: Session) -> None:
    await portal.accounts.end(session.key)


async def take_try(portal: Portal, login: str, address: str) -> Tried | None:
    """Write a try down before the password is looked at; None where it comes too soon.

    Written first and judged by all the others, so that of a hundred at once each sees those that were written before
    it. A try that is refused stays counted. Addresses are kept as keyed hashes.
    """
    now = portal.now()
    tried = Tried(_name(portal, "account", login), _name(portal, "address", address), secrets.token_hex(8))
    await portal.accounts.tried((tried.account, tried.address), tried.one, now)
    for whose, free in ((tried.account, FREE_TRIES_ACCOUNT), (tried.address, FREE_TRIES_ADDRESS)):
        allowed = free_at(await portal.accounts.tries(whose, now - TRIES_WINDOW, tried.one), free)
        if allowed is not None and now < allowed:
            return None
    return tried


async def was_right(portal: Portal, tried: Tried) -> None:
    """The account begins anew; its address only takes this try back, or one right password would free all others."""
    await portal.accounts.forget_tries(tried.account)
    await portal.accounts.forget_try(tried.address, tried.one)


async def refused_until(portal: Portal, login: str) -> datetime | None:
    """When an account may be tried again."""
    whose = _name(portal, "account", login)
    return free_at(await portal.accounts.tries(whose, portal.now() - TRIES_WINDOW), FREE_TRIES_ACCOUNT)


def _name(portal: Portal, kind: str, value: str) -> str:
    keyed = hashlib.blake2b(value.encode(), key=portal.gateway.key[:64], digest_size=16)
    return f"{kind}:{keyed.hexdigest()}"
