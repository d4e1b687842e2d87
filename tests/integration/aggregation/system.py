"""The aggregates and the consumer group as tests look at them, and a load of returns."""

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import JUDGED, PARTITIONS
from runtime.mongo import Database
from services.aggregation.documents import shared
from services.aggregation.settings import AggregationSettings
from tests.broker import until
from tests.unit.aggregation.returns import Cells, Return, by_citizenship, expected, found, withdrawn

STATES = ("TH", "MY", "ID", "KH", "AU", "NZ", "LK", "PK", "FJ", "TO", "MV", "VN")
CYCLES = ("2012", "2013-H1", "2013-H2", "2013-Q1")


def many(revisions: range) -> list[Return]:
    """Revisions of every State and cycle, each with members that the others lack, and some withdrawals."""
    return [
        withdrawn(state, cycle, revision)
        if (revision, cycle) == (3, "2012")
        else by_citizenship(state, cycle, revision, **{f"M{revision % 3}": revision, f"N{revision % 2}": 7, "SAME": 1})
        for revision in revisions
        for cycle in CYCLES
        for state in STATES
    ]


async def stored(database: Database) -> Cells:
    """Every figure in the aggregates."""
    return found([shared(one) async for one in database["aggregates"].find()])


async def documents(database: Database) -> list[object]:
    """Everything that aggregation keeps."""
    return [[one async for one in database[name].find().sort("_id")] for name in ("aggregates", "contributions")]


async def settled(database: Database, returns: list[Return]) -> None:
    """Wait until the aggregates are what the returns say."""
    wanted = expected(returns)

    async def agree() -> bool:
        return await stored(database) == wanted

    await until(f"{len(wanted)} figures in the aggregates", agree)


def _group(settings: AggregationSettings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, group_id=settings.group("aggregation"), enable_auto_commit=False
    )


def _places(settings: AggregationSettings) -> list[TopicPartition]:
    return [TopicPartition(settings.topic(JUDGED), number) for number in range(PARTITIONS)]


async def begin_again(settings: AggregationSettings) -> None:
    """Set the group, which must be without members, to the first message of every partition."""
    consumer = _group(settings)
    await consumer.start()
    consumer.assign(_places(settings))
    await consumer.commit(dict.fromkeys(_places(settings), 0))
    await consumer.stop()


async def caught_up(settings: AggregationSettings) -> bool:
    """Whether the group has acknowledged every message."""
    consumer = _group(settings)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(_places(settings))
        return all([(await consumer.committed(place) or 0) == ends[place] for place in _places(settings)])
    finally:
        await consumer.stop()
