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


async def retrying(settings: ServiceSettings, effect: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Do ``attempt`` until it does not raise NotNow, with growing pauses, for at most ``retry_seconds``.

    Raises the last NotNow then: the process ends, and its supervisor starts it again.
    """
    deadline = time.monotonic() + settings.retry_seconds
    pause = 0.1
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
