"""Keeps a stack alive: starts what exits again, with a pause that grows while it keeps exiting."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from threading import Event

from deploy.local.stack import Stack
from deploy.local.waiting import StackError

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
CALM_SECONDS = 30.0  # running this long, an exit counts as the first again
STARTS_BEFORE_READY = 4  # exits during start-up (0.5 + 1 + 2 s of pauses) that say: it will not come up by itself
LOOK_SECONDS = 0.1


@dataclass
class Restart:
    """How often and when a component is started again."""

    exits: int = 0
    last_exit: float = 0.0
    due: float | None = None

    def note_exit(self, now: float) -> float:
        """Counts an exit; the pause until the next start."""
        self.exits = 1 if now - self.last_exit > CALM_SECONDS + LONGEST_PAUSE else self.exits + 1
        pause = min(FIRST_PAUSE * 2.0 ** (self.exits - 1), LONGEST_PAUSE)
        self.last_exit, self.due = now, now + pause
        return pause


class Supervisor:
    """One stack, started, watched and recorded in `var/stack.json`."""

    def __init__(self, stack: Stack, say: Callable[[str], None]) -> None:
        self.stack = stack
        self._say = say
        self._restarts: dict[str, Restart] = {}
        self._state = "starting"

    def start(self) -> None:
        """Starts everything; what exits meanwhile is started again a few times before giving up."""
        self.stack.var.mkdir(parents=True, exist_ok=True)
        self.record("starting")
        self.stack.start(ready=self._ready, between=self._start_up_look)
        self.record("ready")

    def run(self, until: Event) -> None:
        """Watches until told otherwise."""
        while not until.wait(LOOK_SECONDS):
            self.look()

    def stop(self) -> None:
        """Ends everything, in order."""
        self.record("stopping")
        self.stack.close()
        self.record("stopped")

    def look(self) -> None:
        """Starts again what has exited and whose pause is over."""
        now = time.monotonic()
        for name in sorted(self.stack.wanted):
            code = self.stack.exit_code(name)
            if code is None:
                continue
            restart = self._restarts.setdefault(name, Restart())
            if restart.due is None:
                pause = restart.note_exit(now)
                self._say(f"{name} exited with {code}: starts again in {pause:g} s")
            elif now >= restart.due:
                self._start_again(name, restart)

    def _start_again(self, name: str, restart: Restart) -> None:
        restart.due = None
        try:
            self.stack.launch(name)
        except StackError as error:  # the watch goes on: the others still need it
            self._say(f"{error}: tried again in {restart.note_exit(time.monotonic()):g} s")
        else:
            self._say(f"{name} started again as {self.stack.pid(name)}")
            self.record(self._state)

    def record(self, state: str, problem: str | None = None) -> None:
        """Writes `stack.json`: whoever reads it sees a whole one."""
        self._state = state
        pids = self.stack.pids()
        whole = {
            "state": state,
            "problem": problem,
            "supervisor": os.getpid(),
            "ports": asdict(self.stack.ports),
            "components": {
                name: {"pid": pids.get(name), "port": component.port, "log": str(self.stack.log(name))}
                for name, component in self.stack.components.items()
            },
        }
        partial = self.stack.var / "stack.json.partial"
        partial.write_text(json.dumps(whole, indent=1) + "\n")
        partial.replace(self.stack.var / "stack.json")

    def _ready(self, name: str, seconds: float) -> None:
        self._say(f"{name:<13} ready in {seconds:4.1f} s on 127.0.0.1:{self.stack.components[name].port}")
        self.record(self._state)

    def _start_up_look(self) -> None:
        self.look()
        for name, restart in self._restarts.items():
            if restart.exits >= STARTS_BEFORE_READY:
                raise StackError(f"{name} exited {restart.exits} times during start-up\n{self.stack.last_lines(name)}")
