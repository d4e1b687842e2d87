"""Saying again what was on its way, where the topics that held it are gone: on another cluster, after a restore."""

from collections.abc import Callable, Mapping
from datetime import datetime

from services.ingest.announcements import Announcements, Outbox
from services.ingest.parts import submission_of
from services.ingest.series import Series
from services.ingest.store import Order, Store


async def say_again(store: Store, outbox: Outbox, now: Callable[[], datetime], heard: Mapping[str, Order]) -> int:
    """Publish what no topic may know any more; gives how many events that were.

    - every revision that waits for its judgement, or of which no topic may know;
    - every accepted part of which nothing has followed yet: ingest hears of it again, and does what its State wants;
    - of each national series its newest acceptance or withdrawal, where somebody has not heard of it.
    ``heard``: the newest of these, as a revision and its judgement, that all who rest on them know.

    Not said again: what was rejected, sent back for an explanation or reviewed, and not read yet by notification.
    Reminders of such a return wait as if it were in, and nobody is told of the review; ingest and the portal know it.
    It would take events made of what was kept, as for acceptances, and a comparison of every revision.

    Raises NotNow. Each is the event that it was: where it was heard after all, it changes nothing.
    """
    announcements = Announcements(outbox)
    series = Series(store, announcements, now)
    said: set[str] = set()
    async for one in store.underway():
        if not one.published:
            if one.kind == "joined":
                await store.add_submission(submission_of(one))  # it comes after the revision, so it may be missing
            await series.finish(one)
        elif one.outcome is None:
            await announcements.recorded(one)
        else:
            await announcements.accepted(one)
        said.add(one.id)
    for name, judged in (await store.decisive()).items():
        if judged <= heard.get(name, (0, 0)):
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
