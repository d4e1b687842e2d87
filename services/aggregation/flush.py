"""Writing what has changed, in the order that makes a crash harmless.

1. What a return closes to others is closed, so that no figure of it is open for a moment.
2. The aggregates get their absolute values.
3. They are published, as they then stand; what somebody else has changed before that was acknowledged is told again.
4. The contributions are written, last: one that stands at an order proves that steps 1 to 3 are done for it.

Whoever dies before step 4 leaves an older contribution behind and uncommitted messages; the next owner compares
these messages with that contribution, finds the same changes and does the same again. Where step 4 finds another
contribution than the one it followed (a worker that slept, a rebuild), ``rules.widened`` says what is still to do.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from runtime.failpoints import passing
from runtime.outcome import NotNow
from services.aggregation.rules import Change, Place, Share, Shares, result, widened
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
        # Refused: a worker was there before that died before step 4, or one that is ahead of us.
        refused = await store.write(shares)
        there = {place for change in waiting for place in change.places} - shares.keys()
        others = dict(await store.read({*refused, *there}))
        if any(place not in others or others[place].order < shares[place].order for place in refused):
            raise NotNow("an aggregate was taken away while it was written")
        await tell(store, publish, shares | others)
        unsettled = await store.settle(waiting)
        await passing("aggregation.flush.after")
        written += len(shares)
        waiting = [left for change, stored in unsettled if (left := widened(change, stored)) is not None]
    raise NotNow("others keep writing the same series")


async def tell(store: Store, publish: Publish, shares: Shares) -> None:
    """Publish aggregates as they stand: the last that is said of each is what the database holds. Raises NotNow.

    ``shares``: as they were written or read just now. Before the acknowledgement another worker may write one of them
    and publish that first: what was read earlier would then stand last. Whoever publishes looks again after the
    acknowledgement; who writes later than that also publishes later.
    """
    for _ in range(ROUNDS):
        if not shares:
            return
        await publish(shares.items())
        orders = await store.orders(shares)
        changed = [place for place, share in shares.items() if orders.get(place, share.order) != share.order]
        shares = dict(await store.read(changed))
    raise NotNow("others keep writing the same aggregates")
