"""A Faust worker that is asked to stop stops, whatever the coordinator of its group does."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from faust.types import TP

from contracts.topics import RECORDED
from runtime.faust_app import FaustWorker
from runtime.settings import ServiceSettings


class Silent:
    """A Faust application and its consumer; the coordinator of its group does not answer, or ``fails``."""

    should_stop = False
    crash_reason = None

    def __init__(self, fails: Exception | None = None) -> None:
        self._fails = fails
        self.consumer: Any = self
        self.asked: list[dict[TP, int]] = []

    def finalize(self) -> None:
        pass

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def wait_until_stopped(self) -> None:
        await asyncio.Event().wait()

    def assignment(self) -> set[TP]:
        return set()

    async def _commit(self, offsets: dict[TP, int]) -> bool:
        self.asked.append(offsets)
        if self._fails is not None:
            raise self._fails
        await asyncio.Event().wait()
        return True


DONE = {TP(RECORDED.name, 3): 18}


def worker(app: Silent, state: Path) -> FaustWorker:
    """One that has something to commit."""
    settings = ServiceSettings(kafka_bootstrap="127.0.0.1:1", effect_timeout_seconds=0.2)
    one = FaustWorker(settings, "validation", RECORDED, state)
    one.app = app
    one._done = dict(DONE)
    return one


async def test_a_coordinator_that_never_answers_does_not_keep_a_worker_from_stopping(tmp_path: Path) -> None:
    silent, stop = Silent(), asyncio.Event()
    stop.set()
    async with asyncio.timeout(30):
        await worker(silent, tmp_path).run(stop)
    assert silent.asked == [DONE]


async def test_what_ends_a_worker_beside_its_messages_is_raised(tmp_path: Path) -> None:
    async with asyncio.timeout(30):
        with pytest.raises(OSError, match="no thread"):
            await worker(Silent(OSError("no thread")), tmp_path).run(asyncio.Event())
