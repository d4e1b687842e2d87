"""Waiting, shortly and with an end, for what was published to be recorded."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
BETWEEN_LOOKS = 0.05
"""Recording takes some 20 ms on an idle stack; one indexed look-up costs far less than a millisecond."""


async def appearing(look: Callable[[], Awaitable[T | None]], seconds: float) -> T | None:
    """What ``look`` finds, looked for again until ``seconds`` have passed.

    ``look`` gives None also for what the caller may not see: the answer then takes as long as for what is not there.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = await look()
        if found is not None or time.monotonic() >= deadline:
            return found
        await asyncio.sleep(BETWEEN_LOOKS)
