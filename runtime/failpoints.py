"""Named places on both sides of an effect where a fault test can end or pause the process.

Off unless ``VRS_FAILPOINTS`` names one: ``ingest.revision.after:0.02`` ends the process, as kill -9 would, with
that probability at that place; ``…:0.02:pause=5`` waits five seconds there instead.
"""

import asyncio
import os
import random


def _configured() -> dict[str, tuple[float, float]]:
    points = {}
    for entry in filter(None, os.environ.get("VRS_FAILPOINTS", "").split(",")):
        name, _, rest = entry.partition(":")
        probability, _, pause = rest.partition(":pause=")
        points[name] = (float(probability or 1), float(pause or 0))
    return points


_POINTS = _configured()


async def passing(name: str) -> None:
    """Go on, unless this place is set to fail."""
    if not _POINTS or name not in _POINTS:
        return
    probability, pause = _POINTS[name]
    if random.random() >= probability:
        return
    if pause:
        await asyncio.sleep(pause)
    else:
        os._exit(137)
