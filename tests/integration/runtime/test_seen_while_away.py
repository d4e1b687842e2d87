"""A worker that waits for Kafka and MongoDB answers whoever watches it: alerts about an outage rest on that."""

import asyncio
import os
import sys

import httpx
import pytest

from deploy.local.ports import free_port
from tests.broker import until


@pytest.mark.parametrize("service", ["ingest", "validation", "aggregation", "notification"])
async def test_a_worker_that_waits_for_its_neighbours_says_so_in_its_metrics(service: str) -> None:
    chosen: set[int] = set()
    nobody, port = free_port(chosen), free_port(chosen)
    told = {
        "KAFKA_BOOTSTRAP": f"127.0.0.1:{nobody}",
        "MONGO_URL": f"mongodb://127.0.0.1:{nobody}/?directConnection=true",
        f"{service.upper()}_PORT": str(port),
    }
    environment = {**os.environ, **{f"VRS_{name}": value for name, value in told.items()}}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", f"services.{service}", env=environment)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:

            async def not_ready() -> bool:
                try:
                    told = (await client.get("/metrics")).text
                except httpx.ConnectError:
                    return False
                return "vrs_ready{" in told and 'vrs_ready{check="mongo"} 1.0' not in told

            await until("the worker to tell that it is not ready", not_ready)
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/readyz")).status_code == 503
    finally:
        process.kill()
        await process.wait()
