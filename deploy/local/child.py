"""One child process of the stack: its own process group, its log file, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from deploy.local.settings import ROOT

TIED = Path(__file__).with_name("tied.py")
LARGE_LOG = 50 * 1024 * 1024  # a log past this is set aside at the next start, so that var/ does not grow for ever

# The kernel ties a child to the *thread* that started it. A test or an executor may start a component from a
# thread that ends before the process does, so all children are started by this one, which lives as long.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter-of-children")


class Child:
    """A program that can be started, signalled and ended; ends itself when this process ends."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the program; its output goes straight to the log file, so nothing here can block it."""
        _starter.submit(self._start).result()

    def _start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGE_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(TIED), str(os.getpid()), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=self._environment,
                start_new_session=True,  # Ctrl-C reaches the supervisor only, which then ends all in order
            )

    @property
    def pid(self) -> int:
        """The process id, which is its group's id too."""
        if self._process is None:
            raise ProcessLookupError(f"{self.name} was not started")
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return None if self._process is None else self._process.poll()

    def running(self) -> bool:
        """Started and not ended."""
        return self._process is not None and self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the whole group; a group already gone is no error."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def ask_to_stop(self) -> None:
        """SIGTERM; a paused process is woken, or it could not hear it."""
        _starter.submit(lambda: None).result()  # a start that Ctrl-C left under way is over after this
        if self.running():
            self.signal(signal.SIGTERM)
            self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL to the group, and waits until the process is gone."""
        if self._process is not None:
            self.signal(signal.SIGKILL)
            self._process.wait()

    def finish(self, deadline: float) -> bool:
        """Waits for the end until `deadline` (monotonic), then kills; whether it ended by itself."""
        if self._process is None:
            return True
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        ended = self._process.poll() is not None
        self.kill()
        return ended

    def tail(self, lines: int = 20) -> list[str]:
        """The last lines of its log."""
        return tail(self.log, lines)


def tail(log: Path, lines: int) -> list[str]:
    """The last lines of a file; none when there is no file."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 65_536))  # enough for any useful tail, whatever the file's size
        return file.read().decode("utf-8", "replace").splitlines()[-lines:]
