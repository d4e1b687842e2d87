"""Whoever looks why a worker ends finds the message in its log, whatever ended it, and nothing of what it says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from runtime.consumer import Consumer
from runtime.group import Offsets, Share
from runtime.message import Message, Partition, at_work_on
from runtime.outcome import Done, Halted, Invalid, NotNow, Outcome
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings

PLACE = Partition("vrs.submissions", 3)
ENDS = "ends over a message"


def message(offset: int) -> Message:
    return Message(*PLACE, offset, None, b"{}", [])


async def told_by(handle: Callable[[Message], Awaitable[Outcome]], **settings: Any) -> list[tuple[str, str]]:
    """The place and the kind of error that the log of a consumer has, which three messages end."""

    async def commit(_: Offsets) -> bool:
        return True

    told = ServiceSettings(retry_seconds=0.0, **settings)
    consumer = Consumer(told, "ingest", "ingest", [PLACE.topic], handle, cast(Publisher, object()))
    with capture_logs() as logs, pytest.raises(ExceptionGroup):
        await consumer.take(Share([PLACE], commit), {PLACE: [message(offset) for offset in (16, 17, 18)]})
    return [(one["place"], one["error"]) for one in logs if one["event"] == ENDS]


@pytest.mark.parametrize("error", [KeyError("Jane Doe"), NotNow("mongo"), Halted("too much")])
async def test_the_message_at_which_a_handler_fails_is_named_before_the_worker_ends(error: Exception) -> None:
    async def handle(one: Message) -> Outcome:
        if one.offset == 17:
            raise error
        return Done()

    assert await told_by(handle) == [("vrs.submissions:3:17", type(error).__name__)]


async def test_the_message_whose_dead_letter_halts_the_worker_is_named() -> None:
    async def handle(one: Message) -> Outcome:
        return Invalid("not_json", "") if one.offset == 18 else Done()

    assert await told_by(handle, halt_after_invalid=0) == [("vrs.submissions:3:18", "Halted")]


async def test_a_message_that_is_left_because_another_ends_the_worker_is_not_blamed() -> None:
    async def left() -> None:
        with at_work_on(message(16)):
            await asyncio.Event().wait()

    task = asyncio.create_task(left())
    await asyncio.sleep(0)
    with capture_logs() as logs:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert logs == []
