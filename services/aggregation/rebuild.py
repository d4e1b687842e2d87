"""Making all aggregates from nothing but the judged reports, while workers run or not.

``vrs.reports.judged`` is folded from its first message by the workers' own fold, and whatever stands otherwise in the
database is replaced. Nothing is emptied: a reader misses no figure meanwhile, a worker that starts in the middle finds
every contribution that it needs, and a rebuild that dies halfway leaves everything no worse; it is run again. No
consumer group is reset and no worker stops. Only contributions that were damaged by hand, at the order they had,
ask for a restart of the workers: they may remember the damaged one. A topic that does not tell of every return that
stands here, up to its revision, is not the whole of it, as on another cluster after a restore or where a broker has
lost its last messages, and is refused. What was damaged by hand so that it claims more than the topic tells looks the
same: whoever knows that it is damage may say so.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.topics import JUDGED, PARTITIONS
from runtime.closing import ended
from runtime.kafka import brokers
from runtime.logs import logger
from runtime.mongo import connect
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.retry import retrying
from runtime.settings import ServiceSettings
from services.aggregation.decoding import Folded, read
from services.aggregation.flush import Publish, flush, tell
from services.aggregation.fold import Fold
from services.aggregation.repair import Comparison, decided, outstanding, unfounded, untold
from services.aggregation.rules import Contribution, Place, Share, Shares, result
from services.aggregation.store import MongoStore, Store, in_chunks
from services.aggregation.updates import Updates

log = logger(__name__)
SERIES_AT_ONCE = 200  # written together; some 60,000 figures

TOLD_AT_ONCE = 200  # aggregates within one timeout; 0.7 MB where each has 300 figures

NewContributions = Callable[[], AsyncIterator[Contribution]]
"""Reads on to where the topic ends now: at the first call from its first message, at the next from there."""


class NotTheWhole(Exception):
    """Returns stand in the database that the topic does not tell of, or not up to their revision.

    Their figures would be taken away, or those of an older revision put back, with what that one opens to others.
    """


async def rebuild(settings: ServiceSettings, *, force: bool = False) -> None:
    """Make all aggregates anew; ``force`` as in ``remake``. Raises NotNow when Kafka or MongoDB stays away.

    Raises NotTheWhole.
    """
    database = connect(settings)
    store = MongoStore(database)
    publisher = await Publisher(settings, "vrs/aggregation").start()
    consumer = AIOKafkaConsumer(
        **brokers(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        await consumer.start()
        places = [TopicPartition(settings.topic(JUDGED), number) for number in range(PARTITIONS)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        await retrying(settings, "aggregation.prepare", store.prepare)
        publish = in_parts(settings, Updates(publisher, lambda: datetime.now(UTC)))
        await remake(store, publish, lambda: _contributions(consumer, places), force=force)
    except KafkaError as error:
        raise NotNow(f"{JUDGED.name}: {error!r}") from error
    finally:
        await ended(consumer)
        await publisher.stop()
        database.client.close()


async def remake(store: Store, publish: Publish, read_on: NewContributions, *, force: bool = False) -> None:
    """Fold everything, compare, and replace what differs. Raises NotNow: then nothing is worse than before.

    Raises NotTheWhole before anything is changed, save with ``force``: what the topic does not tell of is damage.
    """
    fold = Fold()
    async for contribution in read_on():
        if not fold.loaded(contribution.partition):
            fold.load(contribution.partition, ())
        fold.add(contribution)
    changes = fold.take()
    comparison = Comparison(result(changes))
    async for seen in store.scan():
        comparison.see(seen)
    stored, damaged = await store.stored()
    newest = {change.now.series: change.now.order for change in changes}
    # Only now, after everything stored was seen: what a worker wrote before that stands in the topic by now.
    later: dict[str, Contribution] = {}
    async for contribution in read_on():
        if contribution.order > newest.get(contribution.series, 0):
            later[contribution.series] = contribution
            newest[contribution.series] = contribution.order

    # Figures count as much as contributions: these may be the ones that were lost.
    beyond = untold([*stored, *damaged, *comparison.repairs], newest)
    if beyond and not force:
        raise NotTheWhole(
            f"{JUDGED.name} does not tell of {len(beyond)} returns, or not up to their revision, {beyond[0]} among them"
        )
    wrong = unfounded(stored, newest)
    await store.forget([*wrong, *damaged])
    repairs = decided(comparison.repairs, later)
    for some in in_chunks(repairs, SERIES_AT_ONCE):
        wanted = {one.place: one.wanted for one in some if one.place and one.wanted}
        await _put(store, publish, wanted, partial(store.repair, some))
    forgotten = {one.series for one in wrong}
    behind = outstanding({one.series: one for one in stored if one.series not in forgotten}, changes)
    missing = comparison.missing({change.now.series for change in behind})
    for shares in map(dict, in_chunks(missing.items(), SERIES_AT_ONCE)):
        await _put(store, publish, shares, partial(store.write, shares))
    for few in in_chunks(behind, SERIES_AT_ONCE):
        await flush(store, publish, few)
    log.info("rebuilt", series=len(changes), repaired=len(repairs), missing=len(missing), behind=len(behind))


def in_parts(settings: ServiceSettings, publish: Publish) -> Publish:
    """The same for any number of aggregates: some at a time, each time until it is done. Raises the last NotNow."""

    async def all_of(aggregates: Iterable[tuple[Place, Share]]) -> None:
        for some in in_chunks(aggregates, TOLD_AT_ONCE):
            await retrying(settings, "aggregation.rebuild", partial(publish, some))

    return all_of


async def _put(store: Store, publish: Publish, shares: Shares, write: Callable[[], Awaitable[object]]) -> None:
    """Say it, write it, and say what stands then, which a worker may have changed.

    Said first, because the next rebuild sees only what is not written: where this one ends before it has written, that
    one says it again, and where it ends after that, it is said already.
    """
    if shares:
        await publish(shares.items())
    await write()
    await tell(store, publish, dict(await store.read(shares)))


async def _contributions(consumer: AIOKafkaConsumer, places: list[TopicPartition]) -> AsyncIterator[Contribution]:
    ends = await consumer.end_offsets(places)
    behind = {place for place in places if await consumer.position(place) < ends[place]}
    while behind:
        for place, records in (await consumer.getmany(*behind, timeout_ms=500)).items():
            for contribution in _read(records, place.partition):
                yield contribution
        behind = {place for place in behind if await consumer.position(place) < ends[place]}


def _read(records: Iterable[object], partition: int) -> Iterable[Contribution]:
    # What cannot be read is a dead letter already, by the worker that met it first.
    for record in records:
        found = read(record.value, record.headers, partition, record.offset)  # type: ignore[attr-defined]
        if isinstance(found, Folded):
            yield found.contribution
