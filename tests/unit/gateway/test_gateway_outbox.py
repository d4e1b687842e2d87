"""Publishing within the time that a sender waits."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from contracts.events import WithdrawalRequested
from contracts.topics import CYCLES, SUBMISSIONS
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from services.gateway.outbox import PatientOutbox

NOW = datetime(2013, 7, 1, tzinfo=UTC)
EVENT = WithdrawalRequested.model_validate(
    {
        "command_id": "c",
        "participant": "TH",
        "cycle": "2013-H1",
        "sender": {"role": "focal-point", "participant": "TH"},
        "received_at": NOW,
        "reason": "r",
    }
)


class SlowPublisher:
    """Acknowledges when told to."""

    def __init__(self) -> None:
        self.acknowledged = asyncio.Event()
        self.failure: Exception | None = None
        self.begun = self.done = 0

    def event(self, *anything: Any) -> Any:
        return anything

    async def publish(self, *anything: Any) -> tuple[int, int]:
        self.begun += 1
        await self.acknowledged.wait()
        if self.failure is not None:
            raise self.failure
        self.done += 1
        return 0, 0

    remove = publish


def outbox(publisher: SlowPublisher, most: int = 2) -> PatientOutbox:
    return PatientOutbox(cast(Publisher, publisher), lambda: NOW, 0.02, most)


async def send(box: PatientOutbox) -> None:
    await box.publish(SUBMISSIONS, "TH", "e", EVENT, None)


async def test_an_acknowledged_event_is_published() -> None:
    publisher = SlowPublisher()
    publisher.acknowledged.set()
    await send(outbox(publisher))
    assert publisher.done == 1


async def test_what_is_removed_waits_for_its_acknowledgement_like_what_is_published() -> None:
    publisher = SlowPublisher()
    box = outbox(publisher)
    with pytest.raises(NotNow):
        await box.remove(CYCLES, "2013-H1")
    publisher.acknowledged.set()
    await box.settle()
    assert publisher.done == 1


async def test_a_late_acknowledgement_is_not_now_and_the_publication_goes_on() -> None:
    publisher = SlowPublisher()
    box = outbox(publisher)
    with pytest.raises(NotNow):
        await send(box)
    publisher.acknowledged.set()
    await box.settle()
    assert publisher.done == 1


async def test_a_failed_publication_says_so_to_whoever_waits() -> None:
    publisher = SlowPublisher()
    publisher.failure = NotNow("no broker")
    publisher.acknowledged.set()
    with pytest.raises(NotNow, match="no broker"):
        await send(outbox(publisher))


async def test_what_is_under_way_past_its_answer_is_bounded() -> None:
    publisher = SlowPublisher()
    publisher.failure = NotNow("no broker")
    box = outbox(publisher, most=2)
    for _ in range(5):
        with pytest.raises(NotNow):
            await send(box)
    assert publisher.begun == 2
    publisher.acknowledged.set()
    await box.settle()
    publisher.failure = None
    await send(box)
    assert publisher.begun == 3
