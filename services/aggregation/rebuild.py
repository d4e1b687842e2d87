"""Making all aggregates anew from the judged reports, while workers run or not.

Both collections are emptied, then ``vrs.reports.judged`` is folded from its first message by the workers' own fold and
written by their own guarded writes. No consumer group is reset and no worker has to stop: what a worker writes
meanwhile builds on a contribution that is gone, which ``flush`` notices, and it then writes the whole return. Until
the rebuild has ended, aggregates are incomplete; one that was interrupted is to be run again.
"""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.topics import JUDGED, PARTITIONS
from runtime.logs import logger
from runtime.mongo import connect
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.retry import retrying
from runtime.settings import ServiceSettings
from services.aggregation.decoding import Folded, read
from services.aggregation.flush import Publish, flush
from services.aggregation.fold import Fold
from services.aggregation.rules import Contribution
from services.aggregation.store import MongoStore, Store
from services.aggregation.updates import Updates

log = logger(__name__)
SERIES_AT_ONCE = 200  # written together; some 60,000 figures


async def rebuild(settings: ServiceSettings) -> None:
    """Empty the aggregates and make them anew. Raises NotNow when Kafka or MongoDB stays away."""
    database = connect(settings)
    store = MongoStore(database)
    publisher = await Publisher(settings, "vrs/aggregation").start()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        await consumer.start()
        await retrying(settings, "aggregation.prepare", store.prepare)
        await retrying(settings, "aggregation.empty", store.empty)
        publish = Updates(publisher, lambda: datetime.now(UTC))
        places = [TopicPartition(settings.topic(JUDGED), number) for number in range(PARTITIONS)]
        consumer.assign(places)
        # Only now: what a worker has folded before the emptying stands in the topic before these ends.
        ends = await consumer.end_offsets(places)
        await consumer.seek_to_beginning(*places)
        consumer.pause(*places)
        # One after the other, so that memory holds a twelfth of the series.
        for place in places:
            await refold(store, publish, place.partition, _contributions(consumer, place, ends[place]))
    except KafkaError as error:
        raise NotNow(f"{JUDGED.name}: {error!r}") from error
    finally:
        await consumer.stop()
        await publisher.stop()
        database.client.close()


async def refold(store: Store, publish: Publish, partition: int, contributions: AsyncIterator[Contribution]) -> None:
    """Fold a partition from its first message, and write what is newest at the end. Raises NotNow."""
    fold = Fold()
    fold.load(partition, ())
    async for contribution in contributions:
        fold.add(contribution)
    changes = fold.take()
    for begin in range(0, len(changes), SERIES_AT_ONCE):
        await flush(store, publish, changes[begin : begin + SERIES_AT_ONCE])
    log.info("rebuilt", partition=partition, series=len(changes), figures=fold.cells)


async def _contributions(consumer: AIOKafkaConsumer, place: TopicPartition, end: int) -> AsyncIterator[Contribution]:
    """Those of a partition's messages before ``end`` that bring one."""
    consumer.resume(place)
    while await consumer.position(place) < end:
        records = (await consumer.getmany(place, timeout_ms=500)).get(place, [])
        for contribution in _read(records, place.partition):
            yield contribution
    consumer.pause(place)


def _read(records: Iterable[object], partition: int) -> Iterable[Contribution]:
    # What cannot be read is a dead letter already, by the worker that met it first.
    for record in records:
        found = read(record.value, record.headers, partition, record.offset)  # type: ignore[attr-defined]
        if isinstance(found, Folded):
            yield found.contribution
