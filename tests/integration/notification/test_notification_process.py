"""The service as operations see it: a process that is ready, measured, and ends when asked to."""

import asyncio
import json
import signal
from typing import Any

import httpx

from services.notification.store import MongoStore
from tests.broker import until
from tests.integration.notification.bureau import Bureau, around_today
from tests.unit.notification.world import state


async def test_a_process_becomes_ready_does_its_work_and_ends_on_sigterm(bureau: Bureau) -> None:
    await bureau.put(state("TH"), around_today("TH", due_in=20))
    worker = await bureau.start_process()
    assert worker.stdout is not None
    lines: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(60):
            while "port" not in (lines[-1] if lines else ()):
                lines.append(json.loads(await worker.stdout.readline()))
        rest = asyncio.create_task(worker.stdout.read())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{lines[-1]['port']}", timeout=60) as http:

            async def ready() -> object:
                answer = await http.get("/readyz")
                return answer.status_code == 200 and answer.json()["checks"] == {"kafka": True, "mongo": True}

            async def sent() -> bool:
                return await bureau.states() == {"TH|border|cycle_opened": "sent"}

            await until("the process to be ready", ready)
            await until("the mail", sent)
            assert (await http.get("/healthz")).status_code == 200
            metrics = (await http.get("/metrics")).text
        worker.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await worker.wait() == 0
    finally:
        if worker.returncode is None:
            worker.kill()
    lines += [json.loads(line) for line in (await rest).splitlines()]
    assert all(one["service"] == "notification" for one in lines)
    assert lines[-1]["event"] == "stopped"
    assert 'vrs_notices_planned_total{kind="cycle_opened"} 1.0' in metrics
    assert 'vrs_mails_sent_total{kind="cycle_opened"} 1.0' in metrics
    assert "border@th.example" not in json.dumps(lines)


async def test_what_is_asked_every_second_is_answered_from_an_index(bureau: Bureau) -> None:
    store = MongoStore(bureau.database)
    await store.prepare()
    now = await store.server_time()
    for collection, asked in (
        ("notices", {"channels.wake_at": {"$lte": now}}),
        ("notices", {"channels": {"$elemMatch": {"wake_at": {"$gt": now}, "next_at": {"$type": "date"}}}}),
        ("returns", {"written_at": {"$gte": now}}),
    ):
        explained = await bureau.database[collection].find(asked).explain()
        assert "IXSCAN" in json.dumps(explained["queryPlanner"]["winningPlan"], default=str)
