"""How soon all is well again once a fault is healed: every worker ready, everything acknowledged by then judged."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from tests.faults.quiet import Broker, NotQuietError, Store, stacks
from tests.faults.rig import Rig

RECOVERY_SECONDS = 480.0
"""Past this nothing will come by itself. How soon it should is TARGET (faults.py), on a machine of its own."""
LOST_SECONDS = 20.0
"""How soon after healing it is asked whether what is acknowledged and nowhere is lost: a group may just be forming."""
STILL_SECONDS = 10.0
"""So long nothing may lag before what is nowhere counts as lost: what passes from one group to the next while they are
looked at is seen at another look."""


async def well_again(rig: Rig, taken: set[str], healed: float, after: str) -> float:
    """Wait for it; gives the seconds since ``healed`` (monotonic). ``taken``: the ids that were acknowledged by then.

    Raises NotQuietError where it does not come, or where something is unfinished and nothing is under way.
    """
    store = Store(rig.mongo_url)
    why: str | None = "never looked"
    left = taken
    try:
        while time.monotonic() - healed < RECOVERY_SECONDS:
            with suppress(PyMongoError, KafkaError):
                left = await asyncio.to_thread(store.unfinished, left)  # what is judged stays so
                late = time.monotonic() - healed > LOST_SECONDS
                # The cheap question first: asking all processes costs them and the machine something.
                if not left or late:
                    why = await asyncio.to_thread(rig.ready)
                    if why is None and not left:
                        return time.monotonic() - healed
                    if why is None:
                        await not_lost(Broker(rig.bootstrap).lag, lambda: store.unfinished(taken))
            await asyncio.sleep(0.3)
    finally:
        store.close()
    unjudged = f"{len(left)} not judged: {sorted(left)[:5]}"
    raise NotQuietError(f"not well {RECOVERY_SECONDS:g} s after {after}: {why}; {unjudged}\n{stacks(rig)}")


async def not_lost(lag: Callable[[], Awaitable[object]], unfinished: Callable[[], set[str]]) -> None:
    """Wait until a group lags or nothing is unfinished.

    Raises NotQuietError where neither comes: nothing is on its way to change what is unfinished.
    """
    begun = time.monotonic()
    while not await lag():
        # Looked at after the lag: what was under way before is there now.
        left = await asyncio.to_thread(unfinished)
        if not left:
            return
        if time.monotonic() - begun > STILL_SECONDS:
            told = f"{len(left)} were acknowledged and are nowhere, and nothing has lagged for {STILL_SECONDS:g} s"
            raise NotQuietError(f"O1 lost: {told}: {sorted(left)[:20]}")
        await asyncio.sleep(0.5)
