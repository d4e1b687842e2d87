"""How long a session lasts, how fast a password may be tried, what a password must be. Pure.

Sources: NIST SP 800-63B (length counts, no composition rules, no forced change, throttling), OWASP's session guide.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.gateway.portal.accounts.user import Session, User

SHORTEST, LONGEST = 12, 200
TRIES_WINDOW = timedelta(minutes=15)
FREE_TRIES_ACCOUNT = 5
FREE_TRIES_ADDRESS = 30
"""A ministry may sit behind one address."""
LONGEST_WAIT = timedelta(minutes=5)
"""Longer would let anybody lock a focal point out of its due date."""
SEEN_EVERY = timedelta(minutes=1)
"""A session's last use is written down no oftener: one write a minute instead of one a click."""
LOGIN = re.compile(r"[a-z0-9][a-z0-9._\-]{2,59}", re.ASCII)
_TOO_USUAL = ("password", "passwort", "motdepasse", "123456", "qwerty", "azerty", "letmein", "welcome")

N_ = str


def lasts(session: Session, user: User, now: datetime, idle: timedelta, longest: timedelta) -> bool:
    """Whether the session is still good: neither idle nor too old, and from after the last change of password."""
    return (
        user.active
        and session.login == user.login
        and now - session.seen_at < idle
        and now - session.began_at < longest
        and session.password_at == user.password_at
    )


def free_at(tries: Sequence[datetime], free: int) -> datetime | None:
    """When the next try is allowed, or None for at once. ``tries``: those of the window that were not right.

    Each one beyond ``free`` doubles the wait: 2 s, 4 s … up to five minutes.
    """
    beyond = len(tries) - free
    if beyond < 0:
        return None
    return max(tries) + min(timedelta(seconds=2 ** min(beyond + 1, 20)), LONGEST_WAIT)


def fault_of_password(password: str, login: str) -> str | None:
    """What is wrong with a new password, as a text to translate; None where it is good."""
    if len(password) < SHORTEST:
        return N_("Use at least 12 characters for the new password. Several words that you can remember are good.")
    if len(password) > LONGEST:
        return N_("Use at most 200 characters for the new password.")
    flat = password.casefold()
    if login and login in flat:
        return N_("The new password must not contain the login.")
    if len(set(flat)) < 5 or any(flat.startswith(one) for one in _TOO_USUAL):
        return N_("The new password is too easy to guess.")
    return None
