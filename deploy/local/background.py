"""`make up` and `make down`: a supervisor that outlives the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.local import lock
from deploy.local.child import tail
from deploy.local.foreground import Say
from deploy.local.settings import ROOT, LocalSettings
from deploy.local.waiting import StackError, wait_for

# The stack gives each part 90 s and says which part was late; this is for a supervisor that says nothing.
UP_SECONDS = 240.0
DOWN_SECONDS = 60.0  # more than the graces of all components together


def up(settings: LocalSettings, say: Say) -> None:
    """Starts the stack in the background, or finds the running one; returns when it is ready."""
    running = lock.holder(settings.var)
    if running is not None:
        say(f"a stack runs in {settings.var} already (process {running})")
        wait_for("the running stack", lambda: unready(settings.var), seconds=UP_SECONDS)
    else:
        start(settings, say)
    for line in summary(settings.var):
        say(line)


def start(settings: LocalSettings, say: Say) -> None:
    """Starts the supervisor and passes on what it says until the stack is ready."""
    logs = settings.var / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / "supervisor.log"
    told = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "supervise"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # closing this terminal does not end the stack
        )

    def look() -> None:
        nonlocal told
        with log.open("rb") as opened:
            opened.seek(told)
            new = opened.read()
        whole = new[: new.rfind(b"\n") + 1]
        told += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            say(line)
        if supervisor.poll() is not None:
            raise StackError(
                f"the stack did not start (exit {supervisor.returncode}); everything it started is stopped"
            )

    try:
        wait_for("the stack", lambda: unready(settings.var, supervisor.pid), seconds=UP_SECONDS, between=look)
        look()
    except BaseException:
        # Also Ctrl-C: a stack that nobody waited for is not left half started.
        if supervisor.poll() is None:
            supervisor.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                supervisor.wait(DOWN_SECONDS)
            supervisor.kill()
        raise


def down(settings: LocalSettings, say: Say) -> None:
    """Ends the stack of this folder; returns when none of its processes is left."""
    supervisor = lock.holder(settings.var)
    if not supervisor:
        say(f"no stack runs in {settings.var}")
        return
    pids = [part["pid"] for part in record(settings.var).get("components", {}).values() if part["pid"]]
    os.kill(supervisor, signal.SIGTERM)
    begun = time.monotonic()
    try:
        wait_for("the supervisor to stop", lambda: still_there([supervisor]), seconds=DOWN_SECONDS)
    except StackError:
        # Its children are tied to it: the kernel ends them with it.
        os.kill(supervisor, signal.SIGKILL)
    wait_for("the stack's processes to end", lambda: still_there([supervisor, *pids]), seconds=10)
    say(f"stopped in {time.monotonic() - begun:.1f} s; the data stays in {settings.var} until `make clean`")


def summary(var: Path) -> list[str]:
    """Where the running stack is."""
    ports = record(var)["ports"]
    return [
        f"ready: gateway http://127.0.0.1:{ports['gateway']}  kafka 127.0.0.1:{ports['kafka']}  "
        f"mongo 127.0.0.1:{ports['mongo']}  smtp 127.0.0.1:{ports['smtp']}",
        f"logs: {var / 'logs'} (`make logs`)  settings: {var / 'env'}  stop: `make down`",
    ]


def unready(var: Path, supervisor: int | None = None) -> str | None:
    """None when `stack.json` says ready (and was written by that supervisor, when one is named)."""
    whole = record(var)
    if supervisor is not None and whole.get("supervisor") != supervisor:
        return "the supervisor has not begun"
    state = whole.get("state", "unknown")
    return None if state == "ready" else f"its state is {state}: {tail(var / 'logs' / 'supervisor.log', 1)}"


def record(var: Path) -> dict[str, Any]:
    """What `stack.json` says, or nothing."""
    try:
        whole: dict[str, Any] = json.loads((var / "stack.json").read_text())
    except FileNotFoundError:
        return {}
    return whole


def still_there(pids: list[int]) -> str | None:
    """None when none of these processes runs."""
    left = [pid for pid in pids if runs(pid)]
    return f"still running: {left}" if left else None


def runs(pid: int) -> bool:
    """Whether a process is there and not only a zombie that somebody has yet to collect."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    return True
