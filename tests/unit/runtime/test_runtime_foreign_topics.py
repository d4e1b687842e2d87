"""What others write to their topics never stops us; what is wrong on our own does."""

from datetime import datetime
from typing import cast

import pytest

from contracts.events import DeadLettered, Payload
from contracts.wire import Event
from runtime.consumer import SetAside, handled
from runtime.message import Message
from runtime.outcome import Halted, Invalid, NotNow, Outcome
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings

OURS, THEIRS = "vrs.submissions", "vrs.in.TH-IMM"
JUNK = Invalid("not_json", "line 1")


class Letters:
    """A publisher that keeps what it publishes."""

    def __init__(self) -> None:
        self.told: list[DeadLettered] = []

    def event(self, event_id: str, data: Payload, subject: str | None, at: datetime) -> Event[Payload]:
        return Event(event_id, "vrs/test", at, data, subject)

    async def publish(self, _topic: object, _key: str, event: Event[DeadLettered]) -> tuple[int, int]:
        self.told.append(event.data)
        return 0, 0


def message(topic: str) -> Message:
    return Message(topic, 0, 7, None, b"junk", [])


async def test_junk_on_the_topic_of_an_agency_never_halts() -> None:
    letters = Letters()
    aside = SetAside(ServiceSettings(halt_after_invalid=3), "ingest", cast(Publisher, letters))
    for _ in range(10):
        await aside.put(message(THEIRS), JUNK)
    assert len(letters.told) == 10
    for _ in range(3):
        await aside.put(message(OURS), JUNK)
    await aside.put(message(THEIRS), JUNK)
    with pytest.raises(Halted):
        await aside.put(message(OURS), JUNK)


async def failing(error: BaseException) -> Outcome:
    raise error


async def test_a_handler_that_fails_over_the_message_of_an_agency_sets_it_aside() -> None:
    assert await handled(message(THEIRS), failing(KeyError("jane"))) == Invalid("handler_failed", "KeyError")


async def test_a_handler_that_fails_over_a_message_of_ours_ends_the_process() -> None:
    with pytest.raises(KeyError):
        await handled(message(OURS), failing(KeyError("x")))


@pytest.mark.parametrize("error", [NotNow("mongo"), Halted("too much")])
async def test_not_now_stays_not_now_also_for_an_agency(error: Exception) -> None:
    with pytest.raises(type(error)):
        await handled(message(THEIRS), failing(error))
