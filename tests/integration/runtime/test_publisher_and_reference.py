"""Publishing and the reference view on a real broker that goes away and comes back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from contracts.directory import key_of
from contracts.events import CycleChanged
from contracts.records import Cycle
from contracts.topics import CYCLES, agency_in
from contracts.wire import Event
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.reference import ReferenceView
from runtime.retry import retrying
from runtime.settings import ServiceSettings
from tests.broker import make_topics, read_all, until
from tests.conftest import Backbone

NOW = datetime(2013, 7, 1, tzinfo=UTC)


def opened(cycle: str, due: date = date(2013, 8, 31)) -> Event[CycleChanged]:
    record = Cycle(id=cycle, opens=date(2013, 7, 1), due=due, closes=date(2013, 12, 31), expected=["TH"])
    return Event(cycle + str(due), "vrs/test", NOW, CycleChanged(record=record, changed_at=NOW))


async def test_a_cycle_is_known_as_soon_as_its_publication_was_acknowledged(
    backbone: Backbone, topic_prefix: str
) -> None:
    settings = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(settings)
    publisher, view = await Publisher(settings, "vrs/test").start(), ReferenceView(settings)
    await view.start()
    for number in range(20):
        event = opened("2013-H1", date(2013, 8, 1 + number))
        await publisher.publish(CYCLES, key_of(event.data.record), event)
        await view.refresh()
        cycle = view.directory.cycle("2013-H1")
        assert cycle is not None
        assert cycle.due == date(2013, 8, 1 + number)
    await view.stop()
    await publisher.stop()


async def test_a_cycle_that_is_removed_is_known_no_more_to_whoever_had_read_it_and_to_whoever_begins(
    backbone: Backbone, topic_prefix: str
) -> None:
    settings = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(settings)
    publisher, early, late = (
        await Publisher(settings, "vrs/test").start(),
        ReferenceView(settings),
        ReferenceView(settings),
    )
    for name in ("2013-H1", "2013-H2"):
        await publisher.publish(CYCLES, name, opened(name))
    await early.start()
    assert [one.id for one in early.directory.cycles()] == ["2013-H1", "2013-H2"]
    await publisher.remove(CYCLES, "2013-H1")
    for view in (early, late):
        await view.refresh()
        assert [one.id for one in view.directory.cycles()] == ["2013-H2"]
        await view.stop()
    await publisher.stop()


async def test_many_events_published_together_are_all_there_and_in_order(backbone: Backbone, topic_prefix: str) -> None:
    settings = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(settings)
    publisher = await Publisher(settings, "vrs/test").start()
    events = [opened("2013-H1", date(2013, 8, 1) + timedelta(days=number)) for number in range(100)]
    places = await publisher.publish_all(CYCLES, [("2013-H1", event) for event in events])
    await publisher.stop()
    written = await read_all(settings, CYCLES)
    assert [dict(one.headers)["ce_id"].decode() for one in written] == [event.id for event in events]
    assert [(one.partition, one.offset) for one in written] == places


async def test_what_a_writer_with_a_wrong_clock_publishes_is_taken_and_is_as_old_as_the_broker_says(
    backbone: Backbone, topic_prefix: str
) -> None:
    """By the writer's clock, 1970 would be removed for its age, and next year refused (KIP-937)."""
    settings = ServiceSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    inward = agency_in("TH-IMM")
    await make_topics(settings, inward)
    now = datetime.now(UTC)
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap, acks="all")
    await producer.start()
    try:
        for wrong in (datetime(1970, 1, 2, tzinfo=UTC), now + timedelta(days=365)):
            await producer.send_and_wait(
                settings.topic(inward), b"{}", key=b"TH", timestamp_ms=int(wrong.timestamp() * 1000)
            )
    finally:
        await producer.stop()
    written = [datetime.fromtimestamp(one.timestamp / 1000, UTC) for one in await read_all(settings, inward)]
    assert len(written) == 2
    assert all(abs(one - now) < timedelta(minutes=5) for one in written)


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path / "var", Ports.free()) as stack:
        stack.start_one("kafka")
        yield stack


async def test_a_broker_that_is_away_is_said_in_time_and_publishing_goes_on_when_it_is_back(own_broker: Stack) -> None:
    settings = ServiceSettings(kafka_bootstrap=f"127.0.0.1:{own_broker.ports.kafka}", effect_timeout_seconds=3)
    await make_topics(settings)
    publisher, view = Publisher(settings, "vrs/test"), ReferenceView(settings)
    event = opened("2013-H1")
    # As services do: a broker that has just started takes its time over all that it does for the first time.
    await retrying(settings, "publisher", publisher.start)
    await retrying(settings, "reference", view.start)
    await retrying(settings, "cycle", lambda: publisher.publish(CYCLES, "2013-H1", event))
    own_broker.kill("kafka")
    with pytest.raises(NotNow):
        await publisher.publish(CYCLES, "2013-H1", event)
    with pytest.raises(NotNow):
        await view.refresh()
    own_broker.start_one("kafka")

    async def published() -> bool:
        try:
            await publisher.publish(CYCLES, "2013-H1", event)
            await view.refresh()
        except NotNow:
            return False
        return True

    await until("publishing and reading to work again", published)
    assert view.directory.cycle("2013-H1") is not None
    await view.stop()
    await publisher.stop()
