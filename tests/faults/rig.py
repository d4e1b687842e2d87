"""The system under test: real processes, two workers of each service, a proxy on every link, restarted by a supervisor.

Every worker reaches Kafka by a listener of its own that names the worker's proxy (else clients would leave the proxy
as soon as they have read the broker's address book), MongoDB and the mail sink by proxies too. The harness itself
uses the direct ports.
"""

import dataclasses
import os
import re
import resource
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from deploy.local import mongo
from deploy.local.component import Component
from deploy.local.ports import HOST, Ports, free_port
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from deploy.local.waiting import StackError
from tests.faults.proxy import Proxies
from tests.faults.skew import skewed

WORKERS = {"gateway": 2, "ingest": 2, "validation": 2, "aggregation": 2, "notification": 2}
SETTINGS = {
    # A mail that the sink refused is tried again within seconds, so that a run need not wait for minutes.
    "VRS_MAIL_RETRY_SECONDS": "[0.5, 1, 2, 3]",
    "VRS_MAIL_TIMEOUT_SECONDS": "4",
    "VRS_MAIL_ANSWER_SECONDS": "4",
    "VRS_MAIL_LEASE_SECONDS": "9",
    "VRS_CENTRE_EMAIL": "centre@vrs.example",
}
PAGE = 4_096
NEIGHBOURS = {"validation": {"kafka"}, "notification": {"kafka", "mongo", "mail"}}


def neighbours(worker: str) -> set[str]:
    """Whom a worker speaks to: validation keeps nothing, and only notification sends mail."""
    return NEIGHBOURS.get(worker.partition("-")[0], {"kafka", "mongo"})


class Rig:
    """A running system and the handles to hurt it."""

    def __init__(
        self,
        var: Path,
        seed: int,
        *,
        workers: Mapping[str, int] = WORKERS,
        settings: Mapping[str, str] | None = None,
        skews: Mapping[str, float] | None = None,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.stack = Stack(var, Ports.free(), workers=workers, settings={**SETTINGS, **(settings or {})})
        self.proxies = Proxies(seed)
        self.exits: list[tuple[float, str]] = []
        self._say = say
        self._listeners: dict[str, int] = {}
        self._taken = {component.port for component in self.stack.components.values()} | {self.stack.ports.controller}
        for name in self.stack.workers():
            self._wire(name)
        self._skews = {name: hours for name, hours in (skews or {}).items() if name in self.stack.components}
        for name, hours in self._skews.items():
            right = self.stack.components[name]
            self.stack.components[name] = dataclasses.replace(right, command=skewed(right.command, hours))
        self.stack.components["kafka"] = self._with_listeners(self.stack.components["kafka"])
        self._supervisor = Supervisor(self.stack, self._heard)
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
        self._with_room: dict[str, Component] = {}

    # --- the whole

    def __enter__(self) -> "Rig":
        self._supervisor.start()
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._watch.is_alive():
            self._watch.join(timeout=30)
        self.stack.close()
        self.proxies.close()

    @property
    def bootstrap(self) -> str:
        """Kafka without a proxy."""
        return f"{HOST}:{self.stack.ports.kafka}"

    @property
    def mongo_url(self) -> str:
        """MongoDB without a proxy."""
        return mongo.url(self.stack.ports.mongo)

    @property
    def gateways(self) -> list[str]:
        return [self.stack.url(name) for name in self.stack.workers() if name.partition("-")[0] == "gateway"]

    @property
    def mail(self) -> Path:
        return self.stack.var / "mail"

    # --- hurting and healing

    def signal(self, name: str, number: signal.Signals) -> None:
        """A signal to one component; one that has just ended is no error."""
        pid = self.stack.pids().get(name)
        if pid is None:
            self._say(f"{name} has ended and is not yet started again")
            return
        with suppress(ProcessLookupError):
            os.killpg(pid, number)

    def take_away(self, name: str) -> None:
        """End a worker for good, until it is brought back."""
        self.stack.stop(name)

    def take_all_away(self, names: Iterable[str]) -> None:
        """End several for good, side by side: each takes its time to leave its group."""
        with ThreadPoolExecutor() as threads:
            list(threads.map(self.take_away, names))

    def bring_back(self, name: str) -> None:
        self.stack.launch(name)

    def environment(self, name: str, **variables: str) -> None:
        """Set variables of one worker, from its next start on; an empty value removes one."""
        component = self.stack.components[name]
        environment = {**component.environment, **variables}
        kept = {key: value for key, value in environment.items() if value or key not in variables}
        self.stack.components[name] = dataclasses.replace(component, environment=kept)

    def full_disk(self, name: str) -> None:
        """Let a process, and those started in its place, write no file past a page: how a full disk looks to it."""
        component = self.stack.components[name]
        limited = ("/bin/sh", "-c", f'ulimit -f {PAGE // 512}; exec "$0" "$@"', *component.command)
        self._with_room.setdefault(name, component)
        self.stack.components[name] = dataclasses.replace(component, command=limited)
        pid = self.stack.pids().get(name)
        if pid is not None:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (PAGE, PAGE))

    def room_again(self, name: str) -> None:
        """Make room. The limit is each process's own: one that lives with it is ended, as an operator would."""
        self.stack.components[name] = self._with_room.pop(name)
        self.signal(name, signal.SIGKILL)

    def lose_database(self) -> None:
        """End mongod and remove everything it has; it is started again, empty, and ready when this returns."""
        self.take_away("mongo")
        shutil.rmtree(self.stack.var / "mongo")
        self.stack.start_one("mongo")

    def command(self, *arguments: str, tries: int = 1) -> str:
        """Run ``vrs`` as an operator would, again where it is refused; gives what it printed. Raises StackError."""
        for attempt in range(1, tries + 1):
            done = self.stack.command_line(*arguments)
            if done.returncode == 0:
                return done.stdout
            if attempt < tries:
                time.sleep(1.0)
        raise StackError(f"vrs {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")

    def mail_mode(self, mode: str) -> None:
        """How the mail sink behaves from the next message on."""
        partial = self.mail / "mode.partial"
        partial.write_text(mode)
        partial.replace(self.mail / "mode")

    def ready(self) -> str | None:
        """None when every wanted component is ready, else the first that is not, and why."""
        for name in sorted(self.stack.wanted):
            why = self.stack.missing(name)
            if why is not None:
                return f"{name}: {why}"
        return None

    def wait_ready(self, seconds: float = 90) -> float:
        """Wait until all are ready; the seconds it took. Raises TimeoutError with the last lines of the culprit."""
        begun = time.monotonic()
        while (why := self.ready()) is not None:
            if time.monotonic() - begun > seconds:
                name = why.partition(":")[0]
                raise TimeoutError(f"waited {seconds:g} s for {why}\n{self.stack.last_lines(name, 30)}")
            time.sleep(0.1)
        return time.monotonic() - begun

    def exits_of(self, name: str) -> int:
        """How often a component has ended by itself, or by a fault."""
        return sum(line.startswith(f"{name} exited with ") for _, line in self.exits)

    def clocks_not_skewed(self) -> Iterator[str]:
        """Which workers should have had a wrong clock and have had the right one: by the times in their logs."""
        for name in self._skews:
            written = re.findall(r'"timestamp": "([^"]+)"', self.stack.last_lines(name))
            if abs(datetime.fromisoformat(written[-1]) - datetime.now(UTC)) < timedelta(hours=12):
                yield f"the clock of {name} is right and should be wrong: {written[-1]}"

    # --- inside

    def _heard(self, line: str) -> None:
        if " exited with " in line:
            self.exits.append((time.monotonic(), line))
        self._say(line)

    def _supervise(self) -> None:
        while not self._stop.wait(0.1):
            self._supervisor.look()

    def _wire(self, name: str) -> None:
        """Give a worker its own way to each of its neighbours."""
        listener = self._listeners[name] = free_port(self._taken)
        kafka = self.proxies.add(f"{name}>kafka", listener)
        variables = {"VRS_KAFKA_BOOTSTRAP": f"{HOST}:{kafka}"}
        if "mongo" in neighbours(name):
            variables["VRS_MONGO_URL"] = mongo.url(self.proxies.add(f"{name}>mongo", self.stack.ports.mongo))
        if "mail" in neighbours(name):
            variables["VRS_SMTP_PORT"] = str(self.proxies.add(f"{name}>mail", self.stack.ports.smtp))
        self.environment(name, **variables)

    def _with_listeners(self, kafka: Component) -> Component:
        """The broker with one more listener per worker, advertised as the worker's proxy."""
        properties = self.stack.var / "kafka" / "server.properties"

        def prepare() -> None:
            kafka.prepare()
            lines = properties.read_text().splitlines()
            values = dict(line.split("=", 1) for line in lines if "=" in line)
            for name, port in self._listeners.items():
                listener = name.replace("-", "").upper()
                proxy = self.proxies.links[f"{name}>kafka"].port
                values["listeners"] += f",{listener}://{HOST}:{port}"
                values["advertised.listeners"] += f",{listener}://{HOST}:{proxy}"
                values["listener.security.protocol.map"] += f",{listener}:PLAINTEXT"
            values["inter.broker.listener.name"] = "PLAINTEXT"
            # Every listener has threads of its own; one is enough for a worker.
            values["num.network.threads"] = "1"
            properties.write_text("".join(f"{key}={value}\n" for key, value in values.items()))

        # It is started a hundred times in a long run: compile quickly rather than well.
        quick = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
        return dataclasses.replace(kafka, prepare=prepare, environment={**kafka.environment, **quick})
