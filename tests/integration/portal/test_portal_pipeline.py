"""What an operator sees of a real broker: how far a group is behind, and what was set aside."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts.events import DeadLettered
from contracts.topics import DEADLETTERS, SUBMISSIONS
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from services.gateway.portal.pipeline import Lag
from services.gateway.portal.wiring import KafkaPipeline
from tests.broker import make_topics
from tests.conftest import Backbone

NOW = datetime(2013, 7, 20, 12, tzinfo=UTC)


@pytest.fixture
async def settings(backbone: Backbone, topic_prefix: str) -> ServiceSettings:
    told = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(told)
    return told


@pytest.fixture
async def pipeline(settings: ServiceSettings) -> AsyncIterator[KafkaPipeline]:
    one = KafkaPipeline(settings)
    yield one
    await one.close()


async def test_a_group_is_behind_by_what_it_has_not_committed(
    settings: ServiceSettings, pipeline: KafkaPipeline
) -> None:
    assert await pipeline.lags() == []
    place = TopicPartition(settings.topic(SUBMISSIONS), 3)
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
        for _ in range(5):
            await producer.send_and_wait(place.topic, b"x", partition=place.partition)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, group_id=settings.group("ingest"), enable_auto_commit=False
    )
    await consumer.start()
    consumer.assign([place])
    await consumer.commit({place: 2})
    await consumer.stop()
    for _ in range(2):
        assert await pipeline.lags() == [Lag("ingest", "vrs.submissions", 3)]


async def test_the_newest_dead_letters_are_shown(settings: ServiceSettings, pipeline: KafkaPipeline) -> None:
    assert await pipeline.dead_letters(3) == []
    publisher = await Publisher(settings, "vrs/test").start()
    for number in range(8):
        letter = DeadLettered(
            service="ingest",
            topic="vrs.in.TH-IMM",
            partition=0,
            offset=number,
            reason="not_json",
            detail="",
            hash="h",
            at=NOW.replace(minute=number),
        )
        await publisher.publish(DEADLETTERS, f"place {number}", publisher.event(f"e{number}", letter, None, NOW))
    await publisher.stop()
    for _ in range(2):
        assert [one.offset for one in await pipeline.dead_letters(3)] == [7, 6, 5]


async def test_a_broker_that_is_away_is_not_now(topic_prefix: str) -> None:
    away = ServiceSettings(kafka_bootstrap="127.0.0.1:9", topic_prefix=topic_prefix, effect_timeout_seconds=1.0)
    pipeline = KafkaPipeline(away)
    with pytest.raises(NotNow):
        await pipeline.lags()
    await pipeline.close()
