"""What the aggregation tests stand on: settings of their own, a publisher of judged returns, worker processes."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from contracts.topics import AGGREGATES, DEADLETTERS, JUDGED
from runtime.mongo import Database, connect
from runtime.publisher import Publisher
from services.aggregation.settings import AggregationSettings
from tests.broker import make_topics
from tests.conftest import Backbone
from tests.unit.aggregation.returns import Return, event_of


@pytest.fixture
def store_settings(backbone: Backbone, topic_prefix: str, mongo_database: str) -> AggregationSettings:
    """A database and a prefix that no other test has."""
    return AggregationSettings(
        kafka_bootstrap=backbone.kafka_bootstrap,
        mongo_url=backbone.mongo_url,
        topic_prefix=topic_prefix,
        mongo_database=mongo_database,
        # A killed worker's partitions move this soon.
        kafka_session_timeout_ms=6_000,
    )


@pytest.fixture
async def settings(store_settings: AggregationSettings) -> AggregationSettings:
    """The same, with the topics made that aggregation reads and writes."""
    await make_topics(store_settings, registry=(JUDGED, AGGREGATES, DEADLETTERS))
    return store_settings


@pytest.fixture
async def database(store_settings: AggregationSettings) -> AsyncIterator[Database]:
    database = connect(store_settings)
    yield database
    database.client.close()


class Topic:
    """``vrs.reports.judged`` as its writers use it."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def judge(self, *returns: Return) -> None:
        """Publish returns as accepted or withdrawn, each durable before the next."""
        for one in returns:
            await self._publisher.publish(JUDGED, one.participant, event_of(one))


@pytest.fixture
async def judged(settings: AggregationSettings) -> AsyncIterator[Topic]:
    publisher = await Publisher(settings, "vrs/test").start()
    yield Topic(publisher)
    await publisher.stop()


class Workers:
    """Aggregation workers as processes, so that they can be killed."""

    def __init__(self, settings: AggregationSettings, logs: Path) -> None:
        self._settings, self._logs = settings, logs
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        """A worker; ``environment`` adds to its settings, as ``VRS_FAILPOINTS``."""
        told = {
            f"VRS_{name}".upper(): str(value) for name, value in self._settings.model_dump(exclude_none=True).items()
        }
        with (self._logs / f"worker-{len(self._running)}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "services.aggregation"],
                env={**os.environ, **told, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._running.append(worker)
        return worker

    def share(self) -> bool:
        """Whether each worker has got partitions and read what the database holds of them."""
        return all('"event": "loaded"' in path.read_text() for path in self._logs.glob("worker-*.log"))

    def logs(self) -> str:
        """What all workers have logged."""
        return "\n".join(path.read_text() for path in sorted(self._logs.glob("worker-*.log")))

    def end(self) -> None:
        for worker in self._running:
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
            worker.wait(60)


@pytest.fixture
def workers(settings: AggregationSettings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workers]:
    workers = Workers(settings, tmp_path)
    yield workers
    workers.end()
    sys.stdout.write(workers.logs()[-6_000:])  # pytest shows it where the test failed
