"""Validation on a real broker: what is recorded is judged, by any number of workers, whatever else is on the topic."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from contracts.events import (
    DeadLettered,
    Payload,
    ReportAccepted,
    ReportExplanationNeeded,
    ReportRejected,
)
from contracts.topics import DEADLETTERS, JUDGED, RECORDED, Topic
from contracts.wire import Event, Unreadable, decode
from deploy.local.ports import free_port
from runtime.publisher import Publisher
from services.validation.app import main
from services.validation.settings import ValidationSettings
from tests.broker import make_topics, read_all, until
from tests.conftest import Backbone
from tests.unit.validation.returns import CITIZENSHIP, RECEIVED, TOTAL, Json, recorded, rows

JUDGEMENTS = (ReportAccepted, ReportRejected, ReportExplanationNeeded)


@pytest.fixture
async def settings(backbone: Backbone, topic_prefix: str) -> ValidationSettings:
    found = ValidationSettings(kafka_bootstrap=backbone.kafka_bootstrap, topic_prefix=topic_prefix)
    await make_topics(found)
    return found


@pytest.fixture
async def publisher(settings: ValidationSettings) -> AsyncIterator[Publisher]:
    one = await Publisher(settings, "vrs/ingest").start()
    yield one
    await one.stop()


@asynccontextmanager
async def working(settings: ValidationSettings) -> AsyncIterator[str]:
    """A worker that has joined the group, stopped on the way out; gives its address."""
    port, stop = free_port(set()), asyncio.Event()
    own = settings.model_copy(update={"validation_port": port})
    address = f"http://127.0.0.1:{port}"

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{address}/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async with asyncio.TaskGroup() as group:
        group.create_task(main(own, stop))
        await until("the worker to be ready", ready)
        try:
            yield address
        finally:
            stop.set()


async def record(publisher: Publisher, number: int, answers: dict[str, Json]) -> None:
    data = recorded(answers).model_copy(update={"submission_id": f"s-{number}", "revision": number})
    await publisher.publish(
        RECORDED, f"P{number % 7}", Event(f"e-{number}", "vrs/ingest", RECEIVED, data, data.submission_id)
    )


async def events(
    settings: ValidationSettings, topic: Topic, accepts: tuple[type[Payload], ...]
) -> list[Event[Payload]]:
    found = [decode(one.value, one.headers, accepts) for one in await read_all(settings, topic)]
    assert not [one for one in found if isinstance(one, Unreadable)]
    return [one for one in found if not isinstance(one, Unreadable)]


async def judged(settings: ValidationSettings) -> dict[str, Payload]:
    return {one.subject or "": one.data for one in await events(settings, JUDGED, JUDGEMENTS)}


async def published(settings: ValidationSettings) -> Counter[tuple[str, str]]:
    """How often each judgement is on the topic, by its submission and the event's id: a repeat is the same event."""
    return Counter((one.subject or "", one.id) for one in await events(settings, JUDGED, JUDGEMENTS))


async def test_each_recorded_revision_gets_its_judgement(settings: ValidationSettings, publisher: Publisher) -> None:
    await record(publisher, 1, {TOTAL: {"value": 5}})
    await record(publisher, 2, {TOTAL: {"value": -5}})
    await record(publisher, 3, {TOTAL: {"value": 5}, CITIZENSHIP: rows("citizenship", KH=6)})
    async with working(settings):

        async def three() -> bool:
            return len(await judged(settings)) == 3

        await until("three judgements", three)
    kinds = {name: type(one) for name, one in (await judged(settings)).items()}
    assert kinds == {"s-1": ReportAccepted, "s-2": ReportRejected, "s-3": ReportExplanationNeeded}


async def test_garbage_is_set_aside_and_the_partition_goes_on(
    settings: ValidationSettings, publisher: Publisher
) -> None:
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
        topic = settings.topic(RECORDED)
        foreign = [
            ("ce_specversion", b"1.0"),
            ("ce_id", b"x"),
            ("ce_source", b"elsewhere"),
            ("ce_type", b"org.example"),
        ]
        for value, headers in ((b"\xff\x00garbage", []), (b"{}", foreign), (None, [])):
            await producer.send_and_wait(topic, value=value, key=b"TH", headers=headers, partition=3)
    for number in range(12):
        await record(publisher, number + 1, {TOTAL: {"value": number}})

    async def letters() -> dict[str, DeadLettered]:
        found = await events(settings, DEADLETTERS, (DeadLettered,))
        return {one.id: one.data for one in found if isinstance(one.data, DeadLettered)}

    async with working(settings):

        async def all_of_it() -> bool:
            return len(await judged(settings)) == 12 and len(await letters()) == 3

        await until("twelve judgements and three dead letters", all_of_it)
    found = (await letters()).values()
    assert sorted(one.reason for one in found) == ["event_unknown", "not_a_cloudevent", "not_a_cloudevent"]
    assert {(one.service, one.topic, one.partition) for one in found} == {("validation", RECORDED.name, 3)}


async def test_two_workers_share_the_work_and_one_may_go(settings: ValidationSettings, publisher: Publisher) -> None:
    async def done(count: int) -> bool:
        return len(await judged(settings)) == count

    async with working(settings):
        async with working(settings):
            for number in range(40):
                await record(publisher, number + 1, {TOTAL: {"value": number}})
            await until("forty judgements", lambda: done(40))
        for number in range(40, 60):
            await record(publisher, number + 1, {TOTAL: {"value": number}})
        await until("sixty judgements after one worker went", lambda: done(60))
    assert len(await published(settings)) == 60


async def test_a_restarted_worker_goes_on_where_the_last_one_acknowledged(
    settings: ValidationSettings, publisher: Publisher
) -> None:
    async def done(count: int) -> bool:
        return len(await judged(settings)) == count

    await record(publisher, 1, {TOTAL: {"value": 1}})
    async with working(settings):
        await until("the first judgement", lambda: done(1))
    await record(publisher, 2, {TOTAL: {"value": 2}})
    async with working(settings):
        await until("the second judgement", lambda: done(2))
    assert len(await read_all(settings, JUDGED)) == 2


async def test_a_worker_killed_between_publication_and_acknowledgement_changes_nothing(
    settings: ValidationSettings, publisher: Publisher
) -> None:
    for number in range(5):
        await record(publisher, number + 1, {TOTAL: {"value": number}})
    environment = {
        **os.environ,
        "VRS_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "VRS_TOPIC_PREFIX": settings.topic_prefix,
        "VRS_KAFKA_SESSION_TIMEOUT_MS": "6000",
        "VRS_FAILPOINTS": "validation.judged.after:1",
    }
    killed = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.validation", env=environment)
    assert await asyncio.wait_for(killed.wait(), 60) == 137

    async def done() -> bool:
        return len(await judged(settings)) == 5

    assert len(await judged(settings)) == 1
    async with working(settings):
        await until("the other judgements", done)
    found = await published(settings)
    assert sorted(name for name, _ in found) == [f"s-{number + 1}" for number in range(5)]
    assert max(found.values()) > 1, "what the killed worker had published and not acknowledged is published again"


async def test_the_published_call_judges_without_a_trace(settings: ValidationSettings) -> None:
    async with working(settings) as address, httpx.AsyncClient(timeout=60) as client:
        body = recorded({TOTAL: {"value": -5}}).model_dump_json(by_alias=True)
        answer = await client.post(f"{address}/judge", content=body)
    assert answer.json()["outcome"] == "rejected"
    assert [one["code"] for one in answer.json()["findings"]] == ["number.negative"]
    assert await read_all(settings, JUDGED) == []
