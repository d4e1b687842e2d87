"""The lag is measured for as long as a worker lives."""

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from prometheus_client import REGISTRY

from runtime.lag import LagWatch
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

    def assign(self, _: Any) -> None:
        pass

    async def beginning_offsets(self, _: Any) -> dict[TopicPartition, int]:
        return {PLACE: 0}

    async def end_offsets(self, _: Any) -> dict[TopicPartition, int]:
        return {PLACE: 10}

    async def committed(self, _: Any) -> int:
        return 4


def shown(name: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "lagging", "topic": PLACE.topic, "partition": "3"})


@pytest.mark.timeout(20)
async def test_a_broker_that_is_away_at_the_start_does_not_end_the_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.lag.AIOKafkaConsumer", Broker)
    monkeypatch.setattr("runtime.lag.EVERY_SECONDS", 0.01)
    watch = LagWatch(ServiceSettings(), "lagging", "lagging", lambda: {PLACE})
    async with watch.running():
        await until("the second client to have measured", lambda: watch.behind)
    assert (shown("vrs_consumer_lag_records"), shown("vrs_consumer_position")) == (6, 4)
