"""A service that starts while Kafka is away waits for it as it does later on, and exits only at its deadline."""

import asyncio
import os
import sys
import time

import pytest

from runtime.process import TRY_AGAIN
from tests.conftest import Backbone

SERVICES = ("ingest", "validation", "aggregation", "notification", "gateway")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_start_without_kafka_is_tried_again_until_the_deadline(
    service: str,
    backbone: Backbone,
    mongo_database: str,
    unused_tcp_port: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    key = tmp_path_factory.mktemp("key") / "token.key"
    key.write_text("k" * 32)
    told = {
        "KAFKA_BOOTSTRAP": f"127.0.0.1:{unused_tcp_port}",
        "MONGO_URL": backbone.mongo_url,
        "MONGO_DATABASE": mongo_database,
        "TOKEN_KEY_FILE": str(key),
        "RETRY_SECONDS": "6",
        f"{service.upper()}_PORT": "0",
    }
    environment = {**os.environ, **{f"VRS_{name}": value for name, value in told.items()}}
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"services.{service}", env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(120):
            out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == TRY_AGAIN, out.decode()
    assert "not now, trying again" in out.decode()
    assert time.monotonic() - began > 1
