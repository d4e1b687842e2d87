"""The gateway as a process's worth of wiring, on a real Kafka and MongoDB."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from contracts.events import SubmissionReceived
from contracts.topics import PARTICIPANTS, PARTITIONS, SUBMISSIONS
from contracts.wire import Event, decode
from deploy.local.ports import free_port
from services.gateway.app import main
from services.gateway.settings import GatewaySettings
from services.gateway.tokens import mint
from tests.broker import make_topics, read_all, until
from tests.conftest import Backbone

KEY = b"k" * 43


@pytest.fixture
def settings(backbone: Backbone, topic_prefix: str, mongo_database: str, tmp_path: Path) -> GatewaySettings:
    key = tmp_path / "token.key"
    key.write_bytes(KEY + b"\n")
    return GatewaySettings(
        kafka_bootstrap=backbone.kafka_bootstrap,
        mongo_url=backbone.mongo_url,
        topic_prefix=topic_prefix,
        mongo_database=mongo_database,
        token_key_file=key,
        gateway_port=free_port(set()),
        # A person's patience is not the subject here.
        gateway_effect_seconds=30,
        gateway_answer_seconds=30,
        submission_wait_seconds=30,
    )


@pytest.fixture
async def client(settings: GatewaySettings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a running, ready gateway."""
    await make_topics(settings)
    stop = asyncio.Event()
    running = asyncio.create_task(main(settings, stop))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.gateway_port}", timeout=60) as one:

        async def ready() -> bool:
            if running.done():
                running.result()
            try:
                return (await one.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await until("the gateway is ready", ready)
        yield one
        stop.set()
        async with asyncio.timeout(60):
            await running


def bearer(role: str, participant: str | None = None, agency: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint('test', role, participant, agency, timedelta(hours=1), KEY)}"}


CENTRE = bearer("centre")
TH = bearer("focal-point", "TH")
REPORT: dict[str, Any] = {
    "template": "ort/1",
    "reporter": "TH",
    "cycle": "2013-H1",
    "answers": {"illegal_entries.total": {"value": 12000}},
}


async def test_a_202_means_that_the_report_is_on_kafka(client: httpx.AsyncClient, settings: GatewaySettings) -> None:
    answers = [
        await client.post("/api/v1/submissions", json=REPORT, headers={**TH, "Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [202, 202]
    records = await read_all(settings, SUBMISSIONS)
    events = [decode(one.value, one.headers, [SubmissionReceived]) for one in records]
    assert len(events) == 2
    for record, event in zip(records, events, strict=True):
        assert isinstance(event, Event)
        assert (record.key, event.data.report) == (b"TH", REPORT)
        assert event.data.submission_id == answers[0].json()["id"]
    assert len({event.id for event in events}) == 1


async def test_the_writer_of_a_record_reads_it_back_and_an_agency_has_its_topics(
    client: httpx.AsyncClient, settings: GatewaySettings
) -> None:
    body = {"name": "Thailand", "kind": "state", "time_zone": "Asia/Bangkok", "release": "flow_through"}
    for _ in range(2):
        assert (await client.put("/api/v1/participants/TH", json=body, headers=CENTRE)).status_code == 200
        put = await client.put("/api/v1/participants/TH/agencies/TH-IMM", json={"name": "Immigration"}, headers=TH)
        assert put.status_code == 200, put.text
    got = await client.get("/api/v1/participants/TH/agencies/TH-IMM", headers=TH)
    assert (got.status_code, got.json()["name"]) == (200, "Immigration")
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        names = [settings.topic("vrs.in.TH-IMM"), settings.topic("vrs.out.TH-IMM")]

        async def there() -> bool:
            described = {(one["topic"], len(one["partitions"])) for one in await admin.describe_topics(names)}
            return described == {(name, PARTITIONS) for name in names}

        await until("the broker to know both topics", there)
    finally:
        await admin.close()
    assert len(await read_all(settings, PARTICIPANTS)) == 4


async def test_a_status_that_is_recorded_while_it_is_asked_for_is_answered(
    client: httpx.AsyncClient, settings: GatewaySettings, backbone: Backbone
) -> None:
    from runtime import mongo

    one = (await client.post("/api/v1/submissions", json=REPORT, headers=TH)).json()["id"]
    asked = asyncio.create_task(client.get(f"/api/v1/submissions/{one}", headers=TH))
    database = mongo.connect(settings)
    await database.submissions.insert_one(
        {"_id": one, "kind": "report", "participant": "TH", "cycle": "2013-H1", "state": "recorded", "revision": 1}
    )
    answer = await asked
    assert (answer.status_code, answer.json()["state"]) == (200, "recorded")


async def test_health_metrics_and_descriptions_need_no_token(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/asyncapi.json"):
        assert (await client.get(path)).status_code == 200, path
    assert "vrs_http_request_seconds" in (await client.get("/metrics")).text
