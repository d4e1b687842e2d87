"""What others write to their topics never stops us; what is wrong on our own does."""

import asyncio
from datetime import datetime
from typing import cast

import pytest

from contracts.events import DeadLettered, Payload
from contracts.wire import Event
from runtime.consumer import Consumer, SetAside, handled
from runtime.group import Offsets, Share
from runtime.message import Message, Partition
from runtime.outcome import Done, Halted, Invalid, NotNow, Outcome
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


async def test_dead_letters_in_a_row_go_out_together_and_before_their_offset_is_committed() -> None:
    under_way, most, written = 0, 0, list[str]()

    class Slow(Letters):
        async def publish(self, topic: object, key: str, event: Event[DeadLettered]) -> tuple[int, int]:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            written.append(key)
            return await super().publish(topic, key, event)

    async def handle(one: Message) -> Outcome:
        return Done() if one.value == b"good" else JUNK

    async def commit(offsets: Offsets) -> bool:
        committed.append((dict(offsets), len(written)))
        return True

    committed: list[tuple[Offsets, int]] = []
    place = Partition(THEIRS, 0)
    values = [b"junk"] * 50 + [b"good"] + [b"junk"] * 2
    batch = [Message(THEIRS, 0, offset, None, value, []) for offset, value in enumerate(values)]
    consumer = Consumer(ServiceSettings(), "ingest", "ingest", [THEIRS], handle, cast(Publisher, Slow()))
    await consumer.take(Share([place], commit), {place: batch})
    assert most == 50
    assert committed == [({place: 53}, 52)]
    await consumer._member._client.stop()
