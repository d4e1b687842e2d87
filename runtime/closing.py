"""Ending a Kafka client without losing the reason for which it ends.

Seen with aiokafka 0.14 under a broker that is away: a consumer's `stop()` awaits fetches that it has cancelled itself,
and so raises CancelledError into a task that nobody has cancelled. A task that ends so counts as cancelled: a task
group neither raises the error it replaces nor ends its other tasks, and a worker lives on that reads nothing.
"""

import asyncio
from typing import Protocol

from aiokafka.errors import KafkaError

from runtime.logs import logger

log = logger(__name__)


class Client(Protocol):
    """What ends with `stop`."""

    async def stop(self) -> None: ...


async def ended(client: Client) -> None:
    """Stop a client; what goes wrong with that is logged. Raises CancelledError only where the caller is cancelled."""
    task = asyncio.current_task()
    try:
        await client.stop()
    except asyncio.CancelledError:
        if task is not None and task.cancelling():
            raise
        log.warning("a kafka client was cancelled by its own stop")
    except KafkaError as error:
        log.warning("a kafka client did not stop", error=repr(error))
