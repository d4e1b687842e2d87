"""A key: its text, which is shown once, and what is kept of it. Pure.

``vrsk_<id>_<secret><check>``: a beginning by which scanners for secrets know it, a name that may be shown and logged,
256 random bits, and a check sum by which a mistyped one is refused without asking the database. Its hash needs neither
salt nor slowness: nobody guesses 256 bits.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.gateway.subject import Subject

PREFIX = "vrsk_"
USUAL_DAYS, MOST_DAYS = 365, 730
"""A key is good for a year where nothing else is said, and never longer than two."""
MOST_GOOD = 5
"""Of one agency at a time: rotation takes two, and a few machines may have one each."""
USE_SEEN_EVERY = timedelta(hours=1)
"""A key's last use is written down no oftener: one write an hour instead of one a call."""
ID = re.compile(r"[a-z0-9]{12}", re.ASCII)
_TEXT = re.compile(rf"{PREFIX}({ID.pattern})_([0-9a-f]{{64}})([0-9a-f]{{8}})", re.ASCII)

State = Literal["good", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Key:
    """``digest``: SHA-256 of the secret. ``made_by``, ``revoked_by``: a sender's name, as ``focal-point:TH``.

    ``last_used_at``: to the hour.
    """

    id: str
    participant: str
    agency: str
    digest: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def state(self, now: datetime) -> State:
        if self.revoked_at is not None:
            return "revoked"
        return "good" if now < self.expires_at else "expired"

    @property
    def subject(self) -> Subject:
        """Whom ``may`` is asked about when this key is sent."""
        return Subject(f"key {self.id}", "agency", self.participant, self.agency)

    def opens_with(self, secret: str) -> bool:
        return hmac.compare_digest(self.digest, digest(secret))


@dataclass(frozen=True, slots=True)
class Sent:
    """A key as its bearer sends it."""

    id: str
    secret: str


def new_id() -> str:
    """A name for a key that is to be made."""
    return secrets.token_hex(6)


def new_secret() -> str:
    return secrets.token_hex(32)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def written(key_id: str, secret: str) -> str:
    """The text of a key, to be shown once."""
    begins = f"{PREFIX}{key_id}_{secret}"
    return begins + _check(begins)


def read(text: str) -> Sent | None:
    """What a bearer sent; None where it is no key or was mistyped."""
    match = _TEXT.fullmatch(text)
    if match is None or _check(text[:-8]) != match[3]:
        return None
    return Sent(match[1], match[2])


def _check(begins: str) -> str:
    return f"{zlib.crc32(begins.encode()):08x}"
