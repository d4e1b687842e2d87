"""Bearer tokens: JSON Web Tokens (RFC 7519), HMAC SHA-256, the algorithm pinned (RFC 8725, section 3.1)."""

import contextlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.codes import AgencyCode, ParticipantCode
from services.gateway.subject import Role, Subject

ALGORITHM = "HS256"
ISSUER = "vrs-msrc"
AUDIENCE = "vrs"
SHORTEST_KEY = 32
"""As long as the hash (RFC 7518, section 3.2)."""
LONGEST_TOKEN = 4096
LEEWAY_SECONDS = 5
"""Two machines' clocks differ by no more."""


class Untrusted(ValueError):
    """The token is not ours, not for us, or no longer good. Says which, for the log and the bearer alike."""


class _Claims(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    sub: str
    role: Role
    participant: ParticipantCode | None = None
    agency: AgencyCode | None = None
    iat: int
    exp: int


def mint(
    subject: str,
    role: str,
    participant: str | None,
    agency: str | None,
    lifetime: timedelta,
    key: bytes | str,
    *,
    now: datetime | None = None,
) -> str:
    """A token for ``role``, good for ``lifetime``. Raises ValueError where role and participant do not fit."""
    Subject(subject, cast(Role, role), participant, agency)
    issued = int((now or datetime.now(UTC)).timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "role": role,
        "iat": issued,
        "exp": issued + int(lifetime.total_seconds()),
        **({"participant": participant} if participant is not None else {}),
        **({"agency": agency} if agency is not None else {}),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, _oct(key), algorithms=[ALGORITHM])


def verify(token: str, key: bytes | str, *, older: Sequence[bytes | str] = (), now: datetime | None = None) -> Subject:
    """Who bears the token, signed with ``key`` or one of the ``older``. Raises Untrusted, whatever is wrong with it."""
    if len(token) > LONGEST_TOKEN:
        raise Untrusted("the token is too long")
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()) if now else lambda: int(time.time()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        read = _signed(token, (*older, key))
        registry.validate(read.claims)
        claims = _Claims.model_validate(read.claims)
        return Subject(claims.sub, claims.role, claims.participant, claims.agency)
    except JoseError as error:
        raise Untrusted(error.error) from error
    except ValidationError as error:
        raise Untrusted("the token's claims are not ours") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise Untrusted("the token cannot be read") from error


def _signed(token: str, keys: Sequence[bytes | str]) -> jwt.Token:
    """The token as one of the keys has signed it. Raises JoseError, and whatever reading garbage raises."""
    for key in keys[:-1]:
        with contextlib.suppress(BadSignatureError):
            return jwt.decode(token, _oct(key), algorithms=[ALGORITHM])
    return jwt.decode(token, _oct(keys[-1]), algorithms=[ALGORITHM])


def read_key(file: Path) -> bytes:
    """The secret in ``file``. Raises ValueError when it is missing or shorter than 32 bytes."""
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise ValueError(f"token key: {file} cannot be read: {error.strerror}") from error
    _oct(key)
    return key


def _oct(key: bytes | str) -> OctKey:
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"a token key has at least {SHORTEST_KEY} bytes")
    return OctKey.import_key(key.encode() if isinstance(key, str) else key)
