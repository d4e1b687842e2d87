"""Recording a change of a cycle, a participant, a focal point or an agency, so that its writer reads it back."""

from collections.abc import Sequence

from contracts.directory import key_of
from contracts.events import AgencyChanged, CycleChanged, ExtensionGranted, FocalPointChanged, ParticipantChanged
from contracts.identity import body_hash, event_id
from contracts.topics import Topic
from runtime.logs import logger
from services.gateway.ports import Gateway

Change = CycleChanged | ExtensionGranted | ParticipantChanged | FocalPointChanged | AgencyChanged
log = logger(__name__)


async def record(gateway: Gateway, topic: Topic, change: Change) -> None:
    """Publish the change and read the topics to their end. Raises NotNow; doing it again is safe."""
    key = key_of(change.record)
    changed = event_id(key, body_hash(change.model_dump(mode="json")))
    await gateway.outbox.publish(topic, key, changed, change, None)
    await gateway.view.refresh()
    log.info("record changed", type=change.type, key=key)


async def remove(gateway: Gateway, topic: Topic, keys: Sequence[str]) -> None:
    """Take records out of a topic, one after the other, and read it to its end. Raises NotNow; again is safe."""
    for key in keys:
        await gateway.outbox.remove(topic, key)
        log.info("record removed", key=key)
    await gateway.view.refresh()
