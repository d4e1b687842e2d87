"""``vrs.aggregates``: every changed aggregate as it is now, for whoever follows them without reading our database."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from contracts.events import AggregateUpdated
from contracts.events import Share as PublishedShare
from contracts.identity import aggregate_id, event_id
from contracts.topics import AGGREGATES
from runtime.publisher import Publisher
from services.aggregation.rules import Place, Share

AT_ONCE = 200  # publications under way; each waits for the broker, and together they fill its batches


def updated(place: Place, by: dict[str, Share]) -> AggregateUpdated:
    """The event that tells of an aggregate. ``version`` grows with every revision, so the highest is the newest."""
    return AggregateUpdated(
        id=aggregate_id(*place),
        period=place.period,
        dimension=place.dimension,
        member=place.member,
        by={participant: PublishedShare(revision=one.revision, cells=one.cells) for participant, one in by.items()},
        version=sum(one.revision for one in by.values()),
    )


class Updates:
    """Publishes aggregates; returns once the broker has them all, or raises NotNow."""

    def __init__(self, publisher: Publisher, now: Callable[[], datetime]) -> None:
        self._publisher = publisher
        self._now = now
        self._room = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, aggregates: Iterable[tuple[Place, dict[str, Share]]]) -> None:
        await asyncio.gather(*(self._one(updated(place, by)) for place, by in aggregates))

    async def _one(self, update: AggregateUpdated) -> None:
        async with self._room:
            event = self._publisher.event(event_id(update.id, f"updated.{update.version}"), update, None, self._now())
            await self._publisher.publish(AGGREGATES, update.id, event)
