"""What tests stand on: a real Kafka and MongoDB, and the whole running stack.

Session fixtures here are synchronous: they start processes and open no event loop, so every test has a loop of
its own. Each starts only when a test first asks for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.local import mongo
from deploy.local.ports import HOST, Ports
from deploy.local.stack import Stack

# A busy machine is slow, not wrong: how long an example may take is judged where speed is the subject.
settings.register_profile("vrs", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=3_000, stateful_step_count=80)  # `make fuzz`
settings.load_profile("vrs")

RUNNING = pytest.StashKey[list[Stack]]()
SHOWN_LINES = 15


@dataclass(frozen=True)
class Backbone:
    """A running Kafka and MongoDB, shared by all tests of the session: keep apart by prefix and database."""

    stack: Stack
    kafka_bootstrap: str
    mongo_url: str


@pytest.fixture(scope="session")
def backbone(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Backbone]:
    """A real Kafka and mongod without topics and services. Tests must not stop them."""
    stack = Stack(tmp_path_factory.mktemp("backbone"), Ports.free())
    with watched(stack, request.config):
        stack.start_backbone(("mongo", "kafka"))
        yield Backbone(stack, f"{HOST}:{stack.ports.kafka}", mongo.url(stack.ports.mongo))


@pytest.fixture(scope="session")
def live_stack(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The whole stack with all five services: `environment`, `url("gateway")`, `command_line()`."""
    stack = Stack(tmp_path_factory.mktemp("live"), Ports.free())
    with watched(stack, request.config):
        stack.start()
        yield stack


@pytest.fixture
def topic_prefix() -> str:
    """A prefix that no other test has, for topics and groups (VRS_TOPIC_PREFIX)."""
    return f"t{secrets.token_hex(4)}."


@pytest.fixture
def mongo_database(backbone: Backbone) -> Iterator[str]:
    """The name of a database that no other test has (VRS_MONGO_DATABASE); dropped afterwards."""
    name = f"t{secrets.token_hex(4)}"
    yield name
    mongo.drop(backbone.stack.ports.mongo, name)


class watched:  # noqa: N801 - reads as a verb: `with watched(stack, config)`
    """Ends a stack on the way out, and shows its logs with every test that fails meanwhile."""

    def __init__(self, stack: Stack, config: pytest.Config) -> None:
        self._stack = stack
        self._running = config.stash.setdefault(RUNNING, [])

    def __enter__(self) -> Stack:
        self._running.append(self._stack)
        return self._stack

    def __exit__(self, *_: object) -> None:
        self._running.remove(self._stack)
        self._stack.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test shows the last log lines of the stacks that were running."""
    report = yield
    if report.failed:
        for stack in item.config.stash.get(RUNNING, []):
            for name in stack.components:
                lines = stack.last_lines(name, SHOWN_LINES)
                if not lines.endswith("(empty)"):
                    report.sections.append((f"log of {name}", lines))
    return report


@pytest.fixture
def repository() -> Path:
    """The root of the repository."""
    return Path(__file__).resolve().parents[1]
