"""Validation beside reading alone: figures a CPU second, without a broker between the two.

In: ``vrs.report.recorded.v1`` as bytes. Reading is decoding and building the event's model; the worker does that too,
then judges, builds the judged event and encodes it. The publisher stops short of the broker.
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import NamedTuple

from bench.feed import Feed
from bench.recorded import BEGIN, recorded
from contracts.events import Payload, ReportRecorded
from contracts.topics import RECORDED, Topic
from contracts.wire import Event, Headers, Unreadable, decode, encode
from runtime.logs import set_up
from runtime.message import Message
from runtime.process import space_out_the_collector
from runtime.publisher import Publisher
from services.validation.settings import ValidationSettings
from services.validation.worker import Worker


class Turn(NamedTuple):
    """One pass over all returns each."""

    figures: int
    reading: float
    """CPU seconds."""
    judging: float
    """CPU seconds of the worker, its own reading included."""

    @property
    def ratio(self) -> float:
        return self.reading / self.judging


class _Unsent(Publisher):
    """Encodes what it is given, counts the figures, and needs no broker."""

    figures = 0

    async def publish(self, _topic: Topic | str, _key: str, event: Event[Payload]) -> tuple[int, int]:
        self.figures += len(getattr(event.data, "figures", ()))
        return 0, len(encode(event)[0])


async def compared(returns: int, rounds: int) -> list[Turn]:
    """Both in turns over the same returns. RuntimeError where a return is not accepted with figures."""
    set_up("validation", "WARNING")
    space_out_the_collector()  # as the service does
    messages = [_message(*one) for one in _events(returns)]
    turns = []
    for number in range(rounds + 1):
        began = time.process_time()
        for message in messages:
            if isinstance(decode(message.value, message.headers, [ReportRecorded]), Unreadable):
                raise RuntimeError("a return cannot be read")
        reading = time.process_time() - began
        figures, judging = await _judged(messages)
        if number:  # the first turn warms both
            turns.append(Turn(figures, reading, judging))
    return turns


async def _judged(messages: list[Message]) -> tuple[int, float]:
    settings = ValidationSettings()
    publisher = _Unsent(settings, "vrs/validation")

    async def nothing(*_: object) -> None:
        await asyncio.sleep(0)

    worker = Worker(settings, publisher, nothing, lambda: None, lambda: datetime.now(UTC))
    began = time.process_time()
    for message in messages:
        await worker.take(message, nothing)
    if not publisher.figures:
        raise RuntimeError("nothing was accepted")
    return publisher.figures, time.process_time() - began


def _events(returns: int) -> list[tuple[bytes, Headers]]:
    feed = Feed(1, returns)
    sent = [one for one in feed.order if not one.withdrawn]
    events = (recorded(feed.report(one), one.revision, f"{one}") for one in sent)
    return [encode(Event(one.submission_id, "vrs/ingest", BEGIN, one)) for one in events]


def _message(value: bytes, headers: Headers) -> Message:
    return Message(RECORDED.name, 0, 0, b"TH", value, headers)
