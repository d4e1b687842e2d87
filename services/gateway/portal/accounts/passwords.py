"""Hashing and checking passwords: argon2id (RFC 9106), off the event loop, a few at a time."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each takes 19 MiB and some 20 ms of a core: more at once would only slow everybody else down."""
# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Passwords:
    """The one place that sees a password in the clear."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        # Verified where there is no such login, so that an answer takes as long as for one that exists.
        self._nobody = _HASHER.hash(secrets.token_hex(16))

    async def digest(self, password: str) -> str:
        """The text to keep: algorithm, parameters, salt and hash."""
        async with self._slots:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def right(self, digest: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``digest``; None takes its time and says no."""
        async with self._slots:
            found = await asyncio.to_thread(_verified, digest or self._nobody, password)
        return found and digest is not None


def digest_now(password: str) -> str:
    """The same for programs without a loop."""
    return _HASHER.hash(password)


def generated() -> str:
    """A password that can be read out: five groups of four letters and digits, a hundred bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))


def _verified(digest: str, password: str) -> bool:
    try:
        return _HASHER.verify(digest, password)
    except (VerificationError, InvalidHashError):
        return False
