"""Writing what has changed, in the order that makes a crash harmless.

1. What a return closes to others is closed, so that no figure of it is open for a moment.
2. The aggregates get their absolute values.
3. They are published, as they then stand.
4. The contributions are written, last: one that stands at an order proves that steps 1 to 3 are done for it.

Whoever dies before step 4 leaves an older contribution behind and uncommitted messages; the next owner compares
these messages with that contribution, finds the same changes and does the same again. Where step 4 finds another
contribution than the one it followed (a worker that slept, a rebuild), ``rules.widened`` says what is still to do.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from runtime.failpoints import passing
from runtime.outcome import NotNow
from services.aggregation.rules import Change, Place, Share, result, widened
from services.aggregation.store import Store

Publish = Callable[[Iterable[tuple[Place, Share]]], Awaitable[None]]
ROUNDS = 20  # each round but the first means that somebody else wrote the same series in these milliseconds


async def flush(store: Store, publish: Publish, changes: Sequence[Change]) -> int:
    """Write changes; gives how many aggregates they touched. Raises NotNow: doing it again is safe."""
    written = 0
    waiting = list(changes)
    for _ in range(ROUNDS):
        if not waiting:
            return written
        await passing("aggregation.flush.before")
        await store.close(waiting)
        shares = result(waiting)
        # Somebody was there before: a worker that died before step 4, or one that is ahead of us.
        others = set(await store.write(shares))
        others |= {place for change in waiting for place in change.places if place not in shares}
        stand = {place: share for place, share in shares.items() if place not in others}
        stand |= dict(await store.read(others))
        if any(place not in stand or stand[place].order < share.order for place, share in shares.items()):
            raise NotNow("an aggregate was taken away while it was written")
        await publish(stand.items())
        unsettled = await store.settle(waiting)
        await passing("aggregation.flush.after")
        written += len(shares)
        waiting = [left for change, stored in unsettled if (left := widened(change, stored)) is not None]
    raise NotNow("others keep writing the same series")
