"""How soon all is well again once a fault is healed: every worker ready, everything acknowledged by then judged."""

import asyncio
import time
from contextlib import suppress

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from tests.faults.quiet import Broker, NotQuietError, Store, stacks
from tests.faults.rig import Rig

RECOVERY_SECONDS = 480.0
"""Past this nothing will come by itself. How soon it should is TARGET (faults.py), on a machine of its own."""
LOST_SECONDS = 20.0
"""How long what is acknowledged and nowhere is waited for, once nothing lags: a group may just be forming."""


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
                        await _not_lost(rig, store, taken)
            await asyncio.sleep(0.3)
    finally:
        store.close()
    unjudged = f"{len(left)} not judged: {sorted(left)[:5]}"
    raise NotQuietError(f"not well {RECOVERY_SECONDS:g} s after {after}: {why}; {unjudged}\n{stacks(rig)}")


async def _not_lost(rig: Rig, store: Store, taken: set[str]) -> None:
    """Raises NotQuietError where something is unfinished and nothing is on its way to change that."""
    left: set[str] = set()
    for _ in range(3):
        if await Broker(rig.bootstrap).lag():
            return
        # Looked at after the lag: what was under way before is there now.
        left = await asyncio.to_thread(store.unfinished, taken)
        await asyncio.sleep(1.0)
    if left:
        raise NotQuietError(f"O1 lost: {len(left)} were acknowledged and are nowhere: {sorted(left)[:20]}")
