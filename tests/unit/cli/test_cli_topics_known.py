"""`vrs topics apply` ends when the broker knows what it has made, so that the next command finds it."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import UnknownTopicOrPartitionError

from cli import kafka_reading
from cli.settings import CliSettings, Refused
from cli.topic_plan import Step
from cli.topics import Broker
from contracts.topics import SUBMISSIONS

MISSING = Step("create", SUBMISSIONS.name, "", {})


class Admin:
    """Of a broker that does not know of the topic it has made when it is asked for the first time, or ``never``."""

    never = False

    def __init__(self, **_: Any) -> None:
        self.asked = 0

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass

    stop = close

    async def create_topics(self, new: list[Any]) -> Any:
        return SimpleNamespace(topic_errors=[(one.name, 0, None) for one in new])

    async def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        self.asked += 1
        known = not self.never and self.asked > 1
        return [{"topic": name, "error_code": 0 if known else UnknownTopicOrPartitionError.errno} for name in names]


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    monkeypatch.setattr("cli.topics.AIOKafkaAdminClient", Admin)
    return Broker(CliSettings())


async def test_a_topic_is_made_when_the_broker_knows_of_it(broker: Broker) -> None:
    async with broker:
        await broker.create([MISSING])
    assert broker._admin.asked == 2


async def test_a_broker_that_never_knows_of_it_is_said(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Admin, "never", True)
    monkeypatch.setattr(kafka_reading, "ANSWER_SECONDS", 0.3)
    async with broker:
        with pytest.raises(Refused, match="did not answer within"):
            await broker.create([MISSING])
