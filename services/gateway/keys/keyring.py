"""Who bears a key: checked against what was kept, without asking the database at every call."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from runtime.logs import logger
from runtime.outcome import NotNow
from services.gateway.keys.key import USE_SEEN_EVERY, Key, read
from services.gateway.keys.store import Keys
from services.gateway.subject import Subject
from services.gateway.tokens import Untrusted
from services.gateway.view import PatientView

log = logger(__name__)
FRESH_SECONDS = 5.0
"""So long a key counts as it was read: the bound within which a revocation at another gateway is seen here."""
MOST_HELD = 10_000
"""Keys in memory, some 5 MB; far more than there are agencies."""
WRONG_PER_MINUTE = 30
"""Wrong keys from one address; then none from there is looked up that is not known already. Guessing is hopeless
anyhow: what this saves is the database."""
NO_SUCH_KEY = "there is no such key"
"""The same for an unknown name and for a wrong secret: nobody learns which keys there are."""


class TooManyWrong(Exception):
    """So many wrong keys came from this address that another one is not even looked at."""


@dataclass(frozen=True, slots=True)
class _Held:
    key: Key
    read_at: float


class Keyring:
    """``store``, and in front of it what was read of it in the last seconds."""

    def __init__(
        self,
        store: Keys,
        view: PatientView,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``view``: which agencies there are."""
        self.store = store
        self._view, self._now, self._monotonic = view, now, monotonic
        self._held: dict[str, _Held] = {}
        self._wrong = FixedWindowRateLimiter(MemoryStorage())
        self._most_wrong = RateLimitItemPerMinute(WRONG_PER_MINUTE)

    async def bearer(self, text: str, address: str) -> Subject:
        """Whose key it is. Raises Untrusted, TooManyWrong and NotNow. Only who sends the secret learns its state."""
        sent = read(text)
        if sent is None:
            raise Untrusted("it is mistyped or cut off")
        key = await self._known(sent.id, address)
        if key is None or not key.opens_with(sent.secret):
            self._wrong.hit(self._most_wrong, address)
            raise Untrusted(NO_SUCH_KEY)
        now = self._now()
        match key.state(now):
            case "revoked":
                raise Untrusted(f"the key {key.id} was revoked on {key.revoked_at:%Y-%m-%d}")
            case "expired":
                raise Untrusted(f"the key {key.id} expired on {key.expires_at:%Y-%m-%d}")
            case "good":
                await self._demand_agency(key)
                await self._seen(key, now)
                return key.subject

    async def revoke(self, agency: str, key_id: str | None, by: str) -> None:
        """End a key, or all of an agency: here at once, at other gateways within FRESH_SECONDS. Raises NotNow."""
        await self.store.revoke(agency, key_id, self._now().replace(microsecond=0), by)
        self._held = {name: held for name, held in self._held.items() if held.key.agency != agency}

    async def _known(self, key_id: str, address: str) -> Key | None:
        held, now = self._held.get(key_id), self._monotonic()
        if held is not None and now - held.read_at < FRESH_SECONDS:
            return held.key
        if held is None and not self._wrong.test(self._most_wrong, address):
            raise TooManyWrong
        key = await self.store.key(key_id)
        if key is None:
            self._held.pop(key_id, None)
            return None
        if len(self._held) >= MOST_HELD:
            self._held.clear()
        self._held[key_id] = _Held(key, now)
        return key

    async def _demand_agency(self, key: Key) -> None:
        if self._view.directory.agency(key.agency) is None:
            # Another gateway may have heard of it a moment ago.
            await self._view.refresh()
        if self._view.directory.agency(key.agency) is None:
            raise Untrusted(f"the agency {key.agency} has ended")

    async def _seen(self, key: Key, now: datetime) -> None:
        if key.last_used_at is not None and now - key.last_used_at < USE_SEEN_EVERY:
            return
        try:
            await self.store.used(key.id, now.replace(minute=0, second=0, microsecond=0))
        except NotNow as error:
            log.warning("use of a key not written down", key=key.id, error=str(error))
            return
        self._held.pop(key.id, None)
