"""A client that cancels its own stop must not hide why a worker ends."""

import asyncio

import pytest
from aiokafka.errors import KafkaError

from runtime.closing import ended
from runtime.outcome import NotNow


class CancelsItself:
    """As aiokafka's consumer does while a fetch waits to be tried again."""

    async def stop(self) -> None:
        fetch = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        fetch.cancel()
        await fetch


class Fails:
    async def stop(self) -> None:
        raise KafkaError("no coordinator")


class Hangs:
    async def stop(self) -> None:
        await asyncio.sleep(60)


async def test_the_reason_for_ending_outlives_a_client_that_cancels_its_own_stop() -> None:
    async def reads() -> None:
        try:
            raise NotNow("kafka is away")
        finally:
            await ended(CancelsItself())

    async def reads_beside_it() -> None:
        await asyncio.sleep(60)

    async def both() -> None:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(reads())
            group.create_task(reads_beside_it())

    with pytest.raises(ExceptionGroup) as raised:
        await both()
    assert isinstance(raised.value.exceptions[0], NotNow)


async def test_a_client_that_fails_to_stop_is_no_error_of_its_own() -> None:
    await ended(Fails())


async def test_whoever_is_cancelled_while_a_client_stops_stays_cancelled() -> None:
    task = asyncio.create_task(ended(Hangs()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
