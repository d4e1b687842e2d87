"""Saying again what was on its way, where the topics that held it are gone: on another cluster, after a restore."""

from collections.abc import Callable
from datetime import datetime

from services.ingest.announcements import Announcements, Outbox
from services.ingest.series import Series
from services.ingest.store import Store


async def say_again(store: Store, outbox: Outbox, now: Callable[[], datetime]) -> int:
    """Publish every revision that waits for its judgement, or of which no topic may know; gives how many.

    Raises NotNow. Each is the event that it was: where it was heard after all, it changes nothing.
    """
    announcements = Announcements(outbox)
    series = Series(store, announcements, now)
    count = 0
    async for one in store.underway():
        if one.published:
            await announcements.recorded(one)
        else:
            await series.finish(one)
        count += 1
    return count
