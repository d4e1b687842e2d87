"""Publishing within the time that a sender waits, without ever cutting a publication in the middle.

A publication that is late may still arrive: the sender gets "not now" and may send the same again, which changes
nothing. It goes on in the background, so that the producer behind it can settle or renew itself; how many may do so
is bounded, so that an outage fills no memory.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from contracts.events import Payload
from contracts.topics import Topic
from runtime.failpoints import passing
from runtime.outcome import NotNow
from runtime.publisher import Publisher


class PatientOutbox:
    """The outbox on Kafka. ``seconds``: the longest wait; ``most``: publications under way past their answer."""

    def __init__(self, publisher: Publisher, now: Callable[[], datetime], seconds: float, most: int) -> None:
        self._publisher = publisher
        self._now = now
        self._seconds = seconds
        self._most = most
        self._unsettled: set[asyncio.Task[tuple[int, int]]] = set()

    async def publish(self, topic: Topic, key: str, event_id: str, data: Payload, subject: str | None) -> None:
        """Returns once Kafka has the event durably. Raises NotNow when that is not known in time, and TooLargeError."""
        event = self._publisher.event(event_id, data, subject, self._now())
        await self._patiently(topic, lambda: self._publisher.publish(topic, key, event))

    async def remove(self, topic: Topic, key: str) -> None:
        """Returns once Kafka has durably that there is nothing under the key any more. Raises NotNow."""
        await self._patiently(topic, lambda: self._publisher.remove(topic, key))

    async def _patiently(self, topic: Topic, send: Callable[[], Coroutine[Any, Any, tuple[int, int]]]) -> None:
        if len(self._unsettled) >= self._most:
            raise NotNow("Kafka is behind, and nothing more is taken on")
        await passing("gateway.publish.before")
        task = asyncio.create_task(send())
        done, late = await asyncio.wait((task,), timeout=self._seconds)
        if late:
            self._unsettled.add(task)
            task.add_done_callback(self._settled)
            raise NotNow(f"{topic.name}: no acknowledgement within {self._seconds:g} s")
        done.pop().result()
        await passing("gateway.publish.after")

    async def settle(self) -> None:
        """Wait for what is still under way, at most for the time of one answer."""
        if self._unsettled:
            await asyncio.wait(self._unsettled, timeout=self._seconds)

    def _settled(self, task: asyncio.Task[tuple[int, int]]) -> None:
        self._unsettled.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has been told "not now" already
