"""The command line reads a topic of any length: it has time for each answer, and none for the whole."""

import asyncio
from datetime import UTC, datetime

import pytest

from cli import kafka_reading
from cli.settings import CliSettings, Refused
from contracts.events import DeadLettered
from contracts.topics import DEADLETTERS
from runtime.publisher import Publisher
from tests.broker import make_topics
from tests.conftest import Backbone

NOW = datetime(2013, 7, 1, tzinfo=UTC)
RECORDS = 30


@pytest.fixture
async def told(backbone: Backbone, topic_prefix: str) -> CliSettings:
    settings = CliSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(settings)
    publisher = await Publisher(settings, "vrs/test").start()
    for number in range(RECORDS):
        letter = DeadLettered(
            service="ingest", topic="vrs.in.TH-IMM", partition=0, offset=number, reason="not_json", detail="", hash="",
            at=NOW,
        )  # fmt: skip
        await publisher.publish(DEADLETTERS, str(number), publisher.event(f"e-{number}", letter, None, NOW))
    await publisher.stop()
    return settings


async def test_who_takes_long_over_a_topic_still_reads_it_to_its_end(
    told: CliSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_reading, "ANSWER_SECONDS", 5.0)
    read: list[bytes] = []
    async for record in kafka_reading.read_all(told, DEADLETTERS.name):
        read.append(record.key)
        await asyncio.sleep(0.2)  # six seconds in all
    assert sorted(read) == sorted(str(number).encode() for number in range(RECORDS))


async def test_a_topic_that_is_not_there_is_named(told: CliSettings) -> None:
    with pytest.raises(Refused, match=r"no topic .*vrs\.nothing: run `vrs topics apply`"):
        await anext(kafka_reading.read_all(told, "vrs.nothing"))
