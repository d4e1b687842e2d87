"""A user of the portal and a session of one: values."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from services.gateway.subject import Role, Subject


@dataclass(frozen=True, slots=True)
class User:
    """``login`` names a desk, never a person. ``revision`` grows with every change; ``digest`` is argon2id's text."""

    login: str
    digest: str
    role: Role
    participant: str | None
    agency: str | None
    language: str | None
    active: bool
    revision: int
    password_at: datetime
    changed_at: datetime

    @property
    def subject(self) -> Subject:
        """Whom ``may`` is asked about."""
        return Subject(f"portal {self.login}", self.role, self.participant, self.agency)

    def with_password(self, digest: str, now: datetime) -> Self:
        """The next revision, with another password: every session from before is over."""
        return replace(self, digest=digest, password_at=now, changed_at=now, revision=self.revision + 1)

    def changed(self, now: datetime, *, active: bool | None = None, language: str | None = None) -> Self:
        """The next revision, with what is given."""
        return replace(
            self,
            active=self.active if active is None else active,
            language=language or self.language,
            changed_at=now,
            revision=self.revision + 1,
        )


@dataclass(frozen=True, slots=True)
class Session:
    """``key``: the hash of the cookie's token, so that reading the database signs nobody in.

    ``password_at``: of the user when it began; another password since ends it.
    """

    key: str
    login: str
    password_at: datetime
    began_at: datetime
    seen_at: datetime


def login_of(text: str) -> str:
    """A login as it is kept: without case and outer space."""
    return text.strip().casefold()
