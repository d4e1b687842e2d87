"""Doing an effect again until it has happened, while what depends on it waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from runtime.logs import logger
from runtime.metrics import counter
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings

T = TypeVar("T")
log = logger(__name__)
_under_way: set[object] = set()


def effects_under_way() -> bool:
    """Whether the consumer waits for the database or the broker to do something, or to be there again."""
    return bool(_under_way)


async def retrying(
    settings: ServiceSettings, effect: str, attempt: Callable[[], Awaitable[T]], *, beside: bool = False
) -> T:
    """Do ``attempt`` until it does not raise NotNow, with growing pauses, for at most ``retry_seconds``.

    ``beside``: no message waits for it, so that it excuses no consumer that stands still (runtime/standstill.py).
    Raises the last NotNow then: the process ends, and its supervisor starts it again.
    """
    deadline = time.monotonic() + settings.retry_seconds
    pause = 0.1
    this = object()
    if not beside:
        _under_way.add(this)
    try:
        while True:
            try:
                return await attempt()
            except NotNow as error:
                if time.monotonic() + pause > deadline:
                    raise
                counter("vrs_retries_total").labels(effect).inc()
                log.warning("not now, trying again", effect=effect, pause=pause, error=str(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
    finally:
        _under_way.discard(this)
