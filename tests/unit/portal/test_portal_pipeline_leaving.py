"""An operator who looks at the pipeline gets an answer in time, whatever the clients of Kafka do."""

import asyncio
from typing import Any

import pytest

from runtime.outcome import NotNow
from runtime.settings import ServiceSettings
from services.gateway.portal.wiring import KafkaPipeline


class NeverStops:
    """A client whose broker hangs: it neither connects nor lets go."""

    def __init__(self, **_: Any) -> None:
        pass

    async def start(self) -> None:
        await asyncio.sleep(60)

    stop = close = start


async def test_a_client_that_never_stops_holds_up_neither_the_answer_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.gateway.portal.wiring.AIOKafkaConsumer", NeverStops)
    monkeypatch.setattr("services.gateway.portal.wiring.AIOKafkaAdminClient", NeverStops)
    monkeypatch.setattr("runtime.closing.STOP_SECONDS", 0.2)
    pipeline = KafkaPipeline(ServiceSettings(effect_timeout_seconds=0.1))
    async with asyncio.timeout(30):
        with pytest.raises(NotNow):
            await pipeline.lags()
        await pipeline.close()
