"""What every command says where Kafka or MongoDB is away: one sentence and exit code 1, never a stack trace."""

import subprocess
import sys
from pathlib import Path

import pytest

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
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert nobody in done.stderr.splitlines()[-1]
