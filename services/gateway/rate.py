"""How often one token's bearer may ask, in this process: off unless set."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter


class Rate:
    """Counts calls per subject and minute. In memory: a second gateway counts its own."""

    def __init__(self, per_minute: int) -> None:
        """``per_minute``: 0 is no limit."""
        self._item = RateLimitItemPerMinute(per_minute) if per_minute > 0 else None
        self._limiter = FixedWindowRateLimiter(MemoryStorage()) if self._item else None

    def takes(self, subject: str) -> bool:
        """Whether one more call of ``subject`` is within the limit; it counts."""
        return self._limiter is None or self._item is None or self._limiter.hit(self._item, subject)
