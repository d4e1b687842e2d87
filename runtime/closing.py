"""Ending a Kafka client without losing the reason for which it ends, and without waiting for it for ever.

Seen with aiokafka 0.14 under a broker that is away: a consumer's `stop()` awaits fetches that it has cancelled itself,
and so raises CancelledError into a task that nobody has cancelled. A task that ends so counts as cancelled: a task
group neither raises the error it replaces nor ends its other tasks, and a worker lives on that reads nothing. And
`stop()` awaits whatever its own tasks await, such as metadata that nobody fetches any more
(docs/decisions/0013-asyncio.md): a worker that should begin anew would never come to its end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from runtime.logs import logger

log = logger(__name__)
STOP_SECONDS = 10.0
"""How long a client may take to stop: to send what waits and leave its group takes a healthy one a second at most."""


class Client(Protocol):
    """What ends with `stop`; aiokafka's admin client, which is untyped, ends with `close`."""

    async def start(self) -> object: ...

    async def stop(self) -> object: ...


C = TypeVar("C", bound=Client)


@asynccontextmanager
async def connected(client: C) -> AsyncIterator[C]:
    """The client, started, while inside. Raises what its start raises."""
    try:
        await client.start()
        yield client
    finally:
        await ended(client)


async def ended(client: Client) -> None:
    """Stop a client, or leave it after a while; what goes wrong with that is logged.

    Raises CancelledError only where the caller is cancelled.
    """
    # A task of its own: a client that is left may still have to be told so, and must not hold up its caller even then.
    stopping = asyncio.create_task(_stopped(client))
    try:
        await asyncio.wait({stopping}, timeout=STOP_SECONDS)
    finally:
        stopping.cancel()
    if not stopping.done():
        log.error("a kafka client did not stop in time and is left", seconds=STOP_SECONDS)
    elif stopping.cancelled():
        log.warning("a kafka client was cancelled by its own stop")
    elif isinstance(error := stopping.exception(), KafkaError):
        log.warning("a kafka client did not stop", error=repr(error))
    elif error is not None:
        raise error


async def _stopped(client: Client) -> None:
    await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())
