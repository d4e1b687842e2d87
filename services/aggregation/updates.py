"""``vrs.aggregates``: every changed aggregate as it is now, for whoever follows them without reading our database."""

from collections.abc import Callable, Iterable
from datetime import datetime

from contracts.events import AggregateUpdated, Payload
from contracts.identity import aggregate_id, event_id
from contracts.topics import AGGREGATES
from contracts.wire import Event
from runtime.publisher import Publisher
from services.aggregation.rules import Place, Share


def updated(place: Place, share: Share) -> AggregateUpdated:
    """The event that tells of an aggregate. Not validated: that would be a tenth of the service's time."""
    return AggregateUpdated.model_construct(
        id=aggregate_id(*place), **place._asdict(), revision=share.revision, cells=share.cells, version=share.order
    )


class Updates:
    """Publishes aggregates; returns once the broker has them all, or raises NotNow."""

    def __init__(self, publisher: Publisher, now: Callable[[], datetime]) -> None:
        self._publisher, self._now = publisher, now

    async def __call__(self, aggregates: Iterable[tuple[Place, Share]]) -> None:
        await self._publisher.publish_all(AGGREGATES, (self._told(updated(*one)) for one in aggregates))

    def _told(self, update: AggregateUpdated) -> tuple[str, Event[Payload]]:
        name = event_id(update.id, f"updated.{update.version}")
        return update.id, self._publisher.event(name, update, None, self._now())
