"""Saying again what was on its way, where the topics that held it are gone: on another cluster, after a restore."""

from collections.abc import Callable, Mapping
from datetime import datetime

from services.ingest.announcements import Announcements, Outbox
from services.ingest.series import Series
from services.ingest.store import Order, Store


async def say_again(store: Store, outbox: Outbox, now: Callable[[], datetime], folded: Mapping[str, Order]) -> int:
    """Publish what no topic may know any more; gives how many events that were.

    - every revision that waits for its judgement, or of which no topic may know;
    - of each national series its newest acceptance or withdrawal, where the figures do not rest on it yet.
    ``folded``: the revision and judgement that the figures of a series rest on.

    Raises NotNow. Each is the event that it was: where it was heard after all, it changes nothing.
    """
    announcements = Announcements(outbox)
    series = Series(store, announcements, now)
    said: set[str] = set()
    async for one in store.underway():
        if one.published:
            await announcements.recorded(one)
        else:
            await series.finish(one)
        said.add(one.id)
    for name, judged in (await store.decisive()).items():
        if judged <= folded.get(name, (0, 0)):
            continue
        revision = await store.revision(name, judged[0])
        if revision is None or revision.id in said:
            continue
        if revision.kind == "withdrawal":
            await announcements.withdrawn(revision)
        else:
            await announcements.accepted(revision)
        said.add(revision.id)
    return len(said)
