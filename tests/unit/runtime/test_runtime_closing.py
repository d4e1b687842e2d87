"""A client that cancels its own stop must not hide why a worker ends, and one that never stops must not hold it up."""

import asyncio
import re
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError

from runtime.closing import connected, ended
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.settings import ServiceSettings
from tests.broker import until


class Starts:
    async def start(self) -> None:
        pass


class CancelsItself(Starts):
    """As aiokafka's consumer does while a fetch waits to be tried again."""

    async def stop(self) -> None:
        fetch = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        fetch.cancel()
        await fetch


class Fails(Starts):
    async def stop(self) -> None:
        raise KafkaError("no coordinator")


class Hangs(Starts):
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
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
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


class WithoutMetadata:
    """aiokafka's own client after the task that fetches its metadata has ended (docs/decisions/0013-asyncio.md)."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.asked = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def coordinator_lookup(self, *_: Any) -> int:
        return 0

    async def ready(self, *_: Any, **__: Any) -> bool:
        return True

    def force_metadata_update(self) -> asyncio.Future[bool]:
        self.asked = True
        return asyncio.shield(asyncio.get_running_loop().create_future())


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped here
    async def on_partitions_revoked(self, revoked: object) -> None:
        pass

    async def on_partitions_assigned(self, assigned: object) -> None:
        pass


async def test_a_consumer_that_waits_for_metadata_for_ever_is_left_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.closing.STOP_SECONDS", 0.2)
    consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1", group_id="g", enable_auto_commit=False)
    client = consumer._client = WithoutMetadata(consumer._client)
    consumer._coordinator = GroupCoordinator(
        client,
        consumer._subscription,
        group_id="g",
        enable_auto_commit=False,
        assignors=(RoundRobinPartitionAssignor,),
    )
    consumer._subscription.subscribe_pattern(re.compile("^vrs"), Listener())
    consumer._subscription.subscribe_from_pattern({"vrs.submissions"})
    await until("its coordination to wait for metadata", lambda: client.asked)
    async with asyncio.timeout(30):
        await ended(consumer)


async def test_a_producer_that_never_stops_does_not_hold_up_its_publisher(monkeypatch: pytest.MonkeyPatch) -> None:
    class Producer(Hangs):
        def __init__(self, **_: Any) -> None:
            pass

    monkeypatch.setattr("runtime.closing.STOP_SECONDS", 0.2)
    monkeypatch.setattr("runtime.publisher.AIOKafkaProducer", Producer)
    publisher = await Publisher(ServiceSettings(), "vrs/test").start()
    async with asyncio.timeout(30):
        await publisher.stop()


async def test_what_is_done_with_a_client_that_never_stops_has_its_own_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.closing.STOP_SECONDS", 0.2)
    async with asyncio.timeout(30):
        with pytest.raises(NotNow):
            async with connected(Hangs()):
                raise NotNow("kafka is away")


async def test_a_client_that_does_not_start_is_ended_all_the_same() -> None:
    ends: list[str] = []

    class Silent:
        async def start(self) -> None:
            raise KafkaError("no broker")

        async def stop(self) -> None:
            ends.append("stopped")

    class Administrator(AIOKafkaAdminClient, Silent):  # type: ignore[misc]  # aiokafka is untyped here
        start = Silent.start

        async def close(self) -> None:
            ends.append("closed")

    for client in (Silent(), Administrator()):
        with pytest.raises(KafkaError):
            async with connected(client):
                pytest.fail("it has not started")
    assert ends == ["stopped", "closed"]
