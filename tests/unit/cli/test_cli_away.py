"""What every command says where Kafka or MongoDB is away: one sentence and exit code 1, never a stack trace."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from cli import kafka_reading
from cli.backup.offsets import cluster_id
from cli.deadletters import Filter, letters
from cli.settings import CliSettings, Refused
from cli.topics import Broker

COMMANDS = (
    ("aggregates", "check"),
    ("aggregates", "rebuild"),
    ("topics", "plan"),
    ("topics", "apply"),
    ("deadletters", "list"),
    ("deadletters", "replay"),
    ("users", "list"),
    ("backup", "BACKUP"),
    ("submit", "REPORT", "--as", "focal-point:TH"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_says_in_one_sentence_that_nobody_answers(
    command: tuple[str, ...], tmp_path: Path, unused_tcp_port: int
) -> None:
    (tmp_path / "report.json").write_text("{}")
    (tmp_path / "token.key").write_text("k" * 32)
    places = {"BACKUP": str(tmp_path / "backup"), "REPORT": str(tmp_path / "report.json")}
    nobody = f"127.0.0.1:{unused_tcp_port}"
    environment = {
        "PATH": "",
        "VRS_VAR": str(tmp_path),
        "VRS_KAFKA_BOOTSTRAP": nobody,
        "VRS_MONGO_URL": f"mongodb://{nobody}",
        "VRS_GATEWAY_URL": f"http://{nobody}",
        "VRS_TOKEN_KEY_FILE": str(tmp_path / "token.key"),
        "VRS_EFFECT_TIMEOUT_SECONDS": "1",
        "VRS_RETRY_SECONDS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *(places.get(one, one) for one in command)],
        env=environment, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert nobody in done.stderr.splitlines()[-1]


async def planned(told: CliSettings) -> object:
    async with Broker(told) as broker:
        return await broker.planned()


async def listed(told: CliSettings) -> object:
    return await letters(told, Filter())


@pytest.mark.parametrize("command", [planned, listed, cluster_id])
async def test_a_command_does_not_wait_for_ever_for_a_broker_that_hangs(
    command: Callable[[CliSettings], Coroutine[Any, Any, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_reading, "ANSWER_SECONDS", 0.5)
    over = asyncio.Event()

    async def says_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with asyncio.timeout(60):
            with pytest.raises(Refused, match=rf"Kafka at 127.0.0.1:{port} did not answer within 0.5 s"):
                await command(CliSettings(kafka_bootstrap=f"127.0.0.1:{port}"))
    finally:
        over.set()
        server.close()
