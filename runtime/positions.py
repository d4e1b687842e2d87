"""Where a group stands in a partition, and what it means that it stands past the end.

A committed offset past the end of its partition says that the broker has lost messages it had acknowledged: power was
lost before a topic without fsync was on disk, or Kafka was made anew under the same cluster id. What is published next
gets offsets that count as done: whoever goes on from the committed offset drops it without a word. So the group begins
that partition anew, where doing again changes nothing, and says so.
"""

from aiokafka import TopicPartition

from runtime.logs import logger
from runtime.metrics import counter
from runtime.settings import ServiceSettings

log = logger(__name__)


def first_due(committed: int | None, begin: int, end: int) -> int:
    """The offset of the first message that is not done. ``committed``: None where nothing is; ``begin``, ``end``: of
    the partition, with the end asked last."""
    return begin if is_cut(committed, end) else max(committed or 0, begin)


def is_cut(committed: int | None, end: int) -> bool:
    """Whether the partition ends before what the group has done."""
    return committed is not None and committed > end


def tell_cut(settings: ServiceSettings, group: str, place: TopicPartition, committed: int, end: int) -> None:
    """Log and count that a group stands past the end of a partition."""
    topic = place.topic.removeprefix(settings.topic_prefix)
    log.error("the broker has lost messages", topic=topic, partition=place.partition, committed=committed, end=end)
    counter("vrs_topic_cuts_total").labels(group, topic).inc()
