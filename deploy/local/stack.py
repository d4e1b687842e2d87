"""A stack of real processes on one machine, component by component: for the supervisor, tests and fault runs.

    stack = Stack(tmp / "var", Ports.free())
    stack.start()                      # everything, ready when it returns
    stack.kill("ingest-2")             # SIGKILL; nothing restarts it but you (or a Supervisor)
    stack.start_one("ingest-2")
    stack.close()

Components are `kafka`, `mongo`, `mail`, and per service its workers: `ingest`, `ingest-2`, …
Everything is synchronous and safe to call from any thread; every process ends when this one does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from deploy.local import kafka, mail, mongo, services
from deploy.local.child import Child
from deploy.local.component import Component
from deploy.local.environment import make_token_key, stack_environment, write_environment
from deploy.local.ports import Ports, free_port, is_free
from deploy.local.settings import ROOT
from deploy.local.waiting import StackError

BACKBONE = ("mongo", "mail", "kafka")  # Kafka last: its start is the longest and does not keep the others waiting
READY_SECONDS = 90.0
COMMAND_SECONDS = 120.0

Ready = Callable[[str, float], None]


class Stack:
    """The processes of one stack, their ports and their data under `var`."""

    def __init__(
        self,
        var: Path,
        ports: Ports,
        *,
        cache: Path = ROOT / ".cache",
        workers: Mapping[str, int] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`workers` per service (1 where not said); `settings` are further variables for every process."""
        self.var = var.resolve()
        self.ports = ports
        self.environment = stack_environment(self.var, ports)
        self._settings = dict(settings or {})
        self._children: dict[str, Child] = {}
        self._launched: dict[str, float] = {}
        self.wanted: set[str] = set()  # started and not stopped on purpose: what a supervisor restarts
        self.components: dict[str, Component] = {
            "kafka": kafka.component(self.var, ports, cache),
            "mongo": mongo.component(self.var, ports),
            "mail": mail.component(self.var, ports),
        }
        for service in services.SERVICES:
            for worker in range(1, (workers or {}).get(service, 1) + 1):
                self.add_worker(service, worker)

    # --- the whole

    def start(self, ready: Ready = lambda _name, _seconds: None, between: Callable[[], None] | None = None) -> None:
        """Starts everything and returns when all of it is ready, else raises StackError.

        `ready` hears of each component with the seconds it took; `between` replaces the look that ends the
        wait when a component exits (a supervisor restarts it instead).
        """
        self.start_backbone(ready=ready, between=between)
        workers = self.workers()
        if workers:  # a stack of none is the backbone alone, whose topics are its user's
            self.apply_topics()
        for name in workers:
            self.launch(name)
        self.wait_ready(workers, ready=ready, between=between)

    def start_backbone(
        self,
        names: Iterable[str] = BACKBONE,
        ready: Ready = lambda _name, _seconds: None,
        between: Callable[[], None] | None = None,
    ) -> None:
        """Kafka, mongod and the mail sink, side by side, without topics and services."""
        self.var.mkdir(parents=True, exist_ok=True)
        make_token_key(self.var)
        write_environment(self.var, self.environment)
        chosen = tuple(names)
        for name in chosen:
            self.launch(name)
        self.wait_ready(chosen, ready=ready, between=between)

    def close(self) -> None:
        """Ends everything: services first, so that they can still commit; nothing is left when it returns."""
        self.wanted.clear()
        self._finish([name for name in self._children if name not in ("kafka", "mongo")])
        self._finish([name for name in self._children if name in ("kafka", "mongo")])

    def __enter__(self) -> Stack:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- one component

    def start_one(self, name: str, seconds: float = READY_SECONDS) -> float:
        """Starts a component and waits until it is ready; the seconds it took."""
        self.launch(name)
        return self.wait_ready([name], seconds=seconds)

    def launch(self, name: str) -> None:
        """Starts a component without waiting; does nothing when it runs."""
        component = self.components[name]
        if name in self._children and self._children[name].running():
            return
        if not is_free(component.port):
            # Else the readiness check below would be answered by whoever listens there.
            raise StackError(f"{name} cannot start: something else listens on port {component.port}")
        component.prepare()
        # Kept before it starts: a Ctrl-C in between must find it.
        child = self._children[name] = Child(name, component.command, self.log(name), self._variables(component))
        self.wanted.add(name)
        self._launched[name] = time.monotonic()
        child.start()

    def stop(self, name: str) -> None:
        """Ends one component politely, by force after its grace."""
        self.wanted.discard(name)
        self._finish([name])

    def kill(self, name: str) -> None:
        """SIGKILL to one component, as a crash would end it; returns when it is gone."""
        self._children[name].kill()

    def pause(self, name: str) -> None:
        """SIGSTOP: the process sleeps in the middle of whatever it does."""
        self._children[name].signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Wakes a paused process."""
        self._children[name].signal(signal.SIGCONT)

    def pid(self, name: str) -> int:
        """The process id of a component."""
        return self._children[name].pid

    def pids(self) -> dict[str, int]:
        """The process ids of all that run now."""
        return {name: child.pid for name, child in list(self._children.items()) if child.running()}

    def exit_code(self, name: str) -> int | None:
        """None while it runs (or never did); negative is the signal that ended it."""
        return self._children[name].exit_code() if name in self._children else None

    def url(self, name: str) -> str:
        """The HTTP address of a worker (`/readyz`, `/metrics`; of the gateway also the interface)."""
        return f"http://127.0.0.1:{self.components[name].port}"

    # --- workers

    def add_worker(self, service: str, worker: int) -> str:
        """Makes worker number `worker` of a service known (not started); its name."""
        taken = {c.port for c in self.components.values()} | set(asdict(self.ports).values())
        port = getattr(self.ports, service) if worker == 1 else free_port(taken)
        component = services.component(service, worker, port, self.var)
        self.components[component.name] = component
        return component.name

    def workers(self) -> list[str]:
        """The names of all workers of all services."""
        return [name for name in self.components if name not in BACKBONE]

    # --- waiting and looking

    def wait_ready(
        self,
        names: Iterable[str],
        *,
        seconds: float = READY_SECONDS,
        ready: Ready = lambda _name, _seconds: None,
        between: Callable[[], None] | None = None,
    ) -> float:
        """Waits until all of `names` are ready; a StackError carries the culprit's last log lines."""
        open_names = list(names)
        begun = time.monotonic()
        while open_names:
            for name in list(open_names):
                if self.missing(name) is None:
                    open_names.remove(name)
                    ready(name, time.monotonic() - self._launched[name])
            if not open_names:
                break
            culprit = open_names[0]
            if time.monotonic() - begun > seconds:
                raise StackError(
                    f"waited {seconds:g} s for {culprit}: {self.missing(culprit)}\n{self.last_lines(culprit)}"
                )
            (between or (lambda: self.all_running(open_names)))()
            time.sleep(0.05)
        return time.monotonic() - begun

    def missing(self, name: str) -> str | None:
        """Why a component is not ready now, or None."""
        code = self.exit_code(name)
        return f"it exited with {code}" if code is not None else self.components[name].missing()

    def all_running(self, names: Iterable[str]) -> None:
        """Raises a StackError for the first that has exited."""
        for name in names:
            code = self.exit_code(name)
            if code is not None:
                raise StackError(f"{name} exited with {code} before it was ready\n{self.last_lines(name)}")

    def log(self, name: str) -> Path:
        """The log file of a component."""
        return self.var / "logs" / f"{name}.log"

    def last_lines(self, name: str, lines: int = 20) -> str:
        """The end of a component's log, for people."""
        shown = self._children[name].tail(lines) if name in self._children else []
        return "\n".join([f"--- last lines of {self.log(name)}", *(shown or ["(empty)"])])

    # --- the command line

    def command_line(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> subprocess.CompletedProcess[str]:
        """Runs `vrs ARGUMENTS` against this stack; its output is in the answer."""
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=ROOT,
            env={**os.environ, **self._settings, **self.environment},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def apply_topics(self) -> None:
        """Makes the topics of the registry; services find them when they start."""
        done = self.command_line("topics", "apply")
        if done.returncode != 0:
            raise StackError(f"`vrs topics apply` failed with {done.returncode}:\n{done.stdout}{done.stderr}")

    # --- inside

    def _variables(self, component: Component) -> dict[str, str]:
        return {**os.environ, **self._settings, **self.environment, **component.environment}

    def _finish(self, names: list[str]) -> None:
        for name in names:
            self._children[name].ask_to_stop()
        begun = time.monotonic()
        for name in names:
            self._children[name].finish(begun + self.components[name].grace)
