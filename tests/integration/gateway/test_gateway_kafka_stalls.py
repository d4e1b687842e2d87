"""A broker that takes calls and answers none: senders hear so in time, and send the same again."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.events import SubmissionReceived
from contracts.topics import SUBMISSIONS
from contracts.wire import Event, decode
from deploy.local import mongo
from deploy.local.ports import HOST, Ports
from deploy.local.stack import Stack
from services.gateway.app import main
from services.gateway.settings import GatewaySettings
from services.gateway.tokens import mint
from tests.broker import make_topics, read_all, until

KEY = b"k" * 43


def report(number: int) -> dict[str, Any]:
    answers = {"illegal_entries.total": {"value": number}}
    return {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "answers": answers}


@pytest.mark.slow
async def test_while_kafka_stalls_senders_hear_503_in_time_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    key = tmp_path / "token.key"
    key.write_bytes(KEY)
    token = mint("test", "focal-point", "TH", None, timedelta(hours=1), KEY)
    ports = Ports.free()
    # A stack of its own: the one that tests share must not be stopped.
    with Stack(tmp_path / "stack", ports) as stack:
        await asyncio.to_thread(stack.start_backbone, ("mongo", "kafka"))
        settings = GatewaySettings(
            kafka_bootstrap=f"{HOST}:{stack.ports.kafka}",
            mongo_url=mongo.url(stack.ports.mongo),
            token_key_file=key,
            gateway_port=ports.gateway,
        )
        await make_topics(settings)
        stop = asyncio.Event()
        running = asyncio.create_task(main(settings, stop))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            base_url=f"http://{HOST}:{ports.gateway}/api/v1", headers=headers, timeout=60
        ) as client:

            async def send(number: int) -> httpx.Response:
                return await client.post("/submissions", json=report(number))

            async def taken() -> bool:
                try:
                    return (await send(0)).status_code == 202
                except httpx.TransportError:
                    return False

            await until("the first submission to be taken", taken)
            stack.pause("kafka")
            began = time.monotonic()
            answers = await asyncio.gather(*(send(number) for number in range(1, 21)))
            took = time.monotonic() - began
            assert {one.status_code for one in answers} == {503}
            assert all("retry-after" in one.headers for one in answers)
            # Some of them on a busy machine, and not the minutes of twenty that wait for each other.
            in_time = 4 * settings.gateway_answer_seconds
            assert took < in_time
            began = time.monotonic()
            assert (await client.get("/cycles")).status_code == 503
            assert time.monotonic() - began < in_time
            stack.resume("kafka")

            acknowledged = {}
            for number in range(1, 21):

                async def again(number: int = number) -> bool:
                    answer = await send(number)
                    acknowledged[number] = answer.json().get("id")
                    return answer.status_code == 202

                await until(f"submission {number} to be taken once Kafka is back", again)
            stop.set()
            async with asyncio.timeout(60):
                await running
        events = [decode(one.value, one.headers, [SubmissionReceived]) for one in await read_all(settings, SUBMISSIONS)]
    kept = {one.data.submission_id for one in events if isinstance(one, Event)}
    assert set(acknowledged.values()) <= kept
    assert len(kept) == 21
