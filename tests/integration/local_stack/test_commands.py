"""`make up`, `make down`, `make clean`: what the commands behind them promise."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.local.background import record, still_there
from deploy.local.ports import HOST, Ports, free_port, is_free, not_listening
from deploy.local.settings import ROOT
from deploy.local.waiting import wait_for
from tests.integration.local_stack.conftest import NO_SERVICES, PATIENCE, Command

AUTO = {f"VRS_{field.name.upper()}_PORT": "auto" for field in dataclasses.fields(Ports)}


def recorded(tmp_path: Path, var: str = "var") -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((tmp_path / var / "stack.json").read_text())
    return whole


def pids(tmp_path: Path, var: str = "var") -> list[int]:
    whole = recorded(tmp_path, var)
    return [whole["supervisor"], *(part["pid"] for part in whole["components"].values())]


def test_a_second_up_finds_the_first_and_down_leaves_no_process(command: Command, tmp_path: Path) -> None:
    up = command("up", **AUTO)
    assert up.returncode == 0, up.stdout + up.stderr
    begun = pids(tmp_path)
    second = command("up", **AUTO)
    assert second.returncode == 0
    assert "runs in" in second.stdout
    assert str(begun[0]) in second.stdout
    assert pids(tmp_path) == begun
    down = command("down")
    assert down.returncode == 0, down.stdout
    assert still_there(begun) is None
    assert "no stack runs" in command("down").stdout
    assert command("clean").returncode == 0
    assert not (tmp_path / "var").exists()


def test_two_stacks_run_side_by_side_and_ports_that_are_taken_move(command: Command, tmp_path: Path) -> None:
    kafka = free_port(set())
    first = command("up", "one", **(AUTO | {"VRS_KAFKA_PORT": str(kafka)}))
    assert first.returncode == 0, first.stdout
    assert recorded(tmp_path, "one")["ports"]["kafka"] == kafka
    asked_for = command("up", "two", **(AUTO | {"VRS_KAFKA_PORT": str(kafka)}))
    assert asked_for.returncode == 1
    assert f"port {kafka} (VRS_KAFKA_PORT) is already in use" in asked_for.stdout
    second = command("up", "two", **AUTO)
    assert second.returncode == 0, second.stdout
    ones, twos = recorded(tmp_path, "one")["ports"], recorded(tmp_path, "two")["ports"]
    assert not set(ones.values()) & set(twos.values())
    assert all(not_listening(ports[name]) is None for ports in (ones, twos) for name in ("kafka", "mongo", "smtp"))
    assert command("down", "one").returncode == 0
    assert still_there(pids(tmp_path, "two")) is not None


def test_a_default_port_that_something_else_holds_moves_and_says_so(command: Command, tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_free(8025):  # else somebody has it already, which serves as well
            somebody.bind((HOST, 8025))
            somebody.listen()
        up = command("up", **{name: port for name, port in AUTO.items() if name != "VRS_SMTP_PORT"})
    assert up.returncode == 0, up.stdout
    assert "port 8025 is in use by something else" in up.stdout
    written = (tmp_path / "var" / "env").read_text()
    assert f"VRS_SMTP_PORT={recorded(tmp_path)['ports']['smtp']}\n" in written


def test_a_component_that_dies_is_started_again_and_the_log_says_so(command: Command, tmp_path: Path) -> None:
    up = command("up", **AUTO)
    assert up.returncode == 0, up.stdout + up.stderr
    before = recorded(tmp_path)["components"]["mail"]
    os.kill(before["pid"], signal.SIGKILL)
    wait_for(
        "the mail sink to be started again",
        lambda: None if recorded(tmp_path)["components"]["mail"]["pid"] not in (None, before["pid"]) else "the same",
        seconds=PATIENCE,
    )
    wait_for("the mail sink to listen", lambda: not_listening(before["port"]), seconds=PATIENCE)
    assert "mail exited with -9: starts again in 0.5 s" in (tmp_path / "var" / "logs" / "supervisor.log").read_text()


def test_nothing_outlives_a_killed_supervisor_and_the_next_up_starts_anew(command: Command, tmp_path: Path) -> None:
    up = command("up", **AUTO)
    assert up.returncode == 0, up.stdout + up.stderr
    begun = pids(tmp_path)
    os.kill(begun[0], signal.SIGKILL)
    wait_for("everything to end with the supervisor", lambda: still_there(begun), seconds=PATIENCE)
    up = command("up", **AUTO)
    assert up.returncode == 0, up.stdout + up.stderr
    assert not set(begun) & set(pids(tmp_path))


def test_ctrl_c_during_the_start_of_the_demo_ends_all_it_started(tmp_path: Path) -> None:
    var = tmp_path / "var"
    demo = subprocess.Popen(
        [sys.executable, "-m", "deploy.local", "demo"],
        cwd=ROOT,
        env=os.environ | NO_SERVICES | AUTO | {"VRS_VAR": str(var)},
        start_new_session=True,
    )
    wait_for("mongod to be ready", lambda: None if mongo_pid(var) else "not yet", seconds=PATIENCE)
    started = [demo.pid, *(part["pid"] for part in recorded(tmp_path)["components"].values() if part["pid"])]
    os.killpg(demo.pid, signal.SIGINT)
    assert demo.wait(timeout=PATIENCE) == 0
    assert still_there(started) is None
    assert recorded(tmp_path)["state"] == "stopped"


def mongo_pid(var: Path) -> int | None:
    pid: int | None = record(var).get("components", {}).get("mongo", {}).get("pid")
    return pid
