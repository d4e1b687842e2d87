"""The lag is measured for as long as a worker lives."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.structs import OffsetAndMetadata
from prometheus_client import REGISTRY

from runtime.lag import LagWatch
from runtime.retry import retrying
from runtime.settings import ServiceSettings
from tests.broker import until

PLACE = TopicPartition("vrs.submissions", 3)


class Broker:
    """A client of a broker that is away when it is first asked, then has ten messages, of which four are done."""

    starts = 0

    def __init__(self, **_: Any) -> None:
        pass

    async def start(self) -> None:
        Broker.starts += 1
        if Broker.starts == 1:
            raise KafkaConnectionError("away")

    async def stop(self) -> None:
        pass

    def assignment(self) -> set[TopicPartition]:
        return set()

    def assign(self, _: Any) -> None:
        pass

    def pause(self, *_: Any) -> None:
        pass

    async def beginning_offsets(self, _: Any) -> dict[TopicPartition, int]:
        return {PLACE: 0}

    async def end_offsets(self, _: Any) -> dict[TopicPartition, int]:
        return {PLACE: 10}

    @property
    def _coordinator(self) -> "Broker":
        return self

    async def fetch_committed_offsets(self, _: Any) -> dict[TopicPartition, OffsetAndMetadata]:
        return {PLACE: OffsetAndMetadata(4, "")}


def shown(name: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "lagging", "topic": PLACE.topic, "partition": "3"})


async def test_a_broker_that_is_away_at_the_start_does_not_end_the_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.lag.AIOKafkaConsumer", Broker)
    monkeypatch.setattr("runtime.lag.EVERY_SECONDS", 0.01)
    watch = LagWatch(ServiceSettings(), "lagging", "lagging", lambda: {PLACE}, lambda: False, lambda: True)
    async with watch.running():
        await until("the second client to have measured", lambda: shown("vrs_consumer_lag_records") == 6)
    assert shown("vrs_consumer_position") == 4


def idle_watch(monkeypatch: pytest.MonkeyPatch) -> LagWatch:
    """Over a worker that does nothing, with messages waiting, and a standstill that is soon one."""
    monkeypatch.setattr("runtime.lag.AIOKafkaConsumer", Broker)
    monkeypatch.setattr("runtime.lag.EVERY_SECONDS", 0.01)
    monkeypatch.setattr("runtime.standstill.STANDS_SECONDS", 0.1)
    return LagWatch(ServiceSettings(), "lagging", "lagging", lambda: {PLACE}, lambda: False, lambda: True)


async def test_a_worker_whose_client_brings_nothing_is_told_to_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = idle_watch(monkeypatch)
    async with watch.running(), asyncio.timeout(60):
        assert "nothing is done" in str(await watch.stands())


async def test_a_worker_that_tries_an_effect_again_and_again_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = idle_watch(monkeypatch)

    async def effect() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await watch.stands()

    async with watch.running():
        await retrying(ServiceSettings(), "test", effect)


async def test_a_group_that_stands_past_the_end_is_behind_by_the_whole_partition_and_that_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Cut(Broker):
        async def start(self) -> None:
            pass

        async def fetch_committed_offsets(self, _: Any) -> dict[TopicPartition, OffsetAndMetadata]:
            return {PLACE: OffsetAndMetadata(40, "")}

    monkeypatch.setattr("runtime.lag.AIOKafkaConsumer", Cut)
    monkeypatch.setattr("runtime.lag.EVERY_SECONDS", 0.01)
    # At work: this is about what is shown, not about a standstill.
    watch = LagWatch(ServiceSettings(), "lagging", "cut", lambda: {PLACE}, lambda: True, lambda: True)
    async with watch.running():
        await until("the whole partition to lag", lambda: shown("vrs_consumer_lag_records") == 10)
    told = REGISTRY.get_sample_value("vrs_topic_cuts_total", {"group": "cut", "topic": PLACE.topic})
    assert told == 1
    assert shown("vrs_consumer_position") == 0


async def test_where_measuring_fails_nothing_is_shown_and_the_next_client_measures_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Fails(Broker):
        broken = False

        async def start(self) -> None:
            pass

        async def end_offsets(self, places: Any) -> dict[TopicPartition, int]:
            if Fails.broken:
                raise RuntimeError("whatever a client comes to")
            return await super().end_offsets(places)

        async def stop(self) -> None:
            if Fails.broken:
                raise RuntimeError("what its tasks died of")

    monkeypatch.setattr("runtime.lag.AIOKafkaConsumer", Fails)
    monkeypatch.setattr("runtime.lag.EVERY_SECONDS", 0.01)
    watch = LagWatch(ServiceSettings(), "lagging", "failing", lambda: {PLACE}, lambda: True, lambda: True)
    async with watch.running():
        await until("the lag to be shown", lambda: shown("vrs_consumer_lag_records") == 6)
        Fails.broken = True  # and its end is no better
        await until("nothing to be shown", lambda: shown("vrs_consumer_lag_records") is None)
        Fails.broken = False
        await until("the lag to be shown again", lambda: shown("vrs_consumer_lag_records") == 6)
