"""What the fault run waits for: a condition, until a deadline that names who did not come, and never a hope."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.faults import faults, memory, recovery, run
from tests.faults.faults import Fault, inflict
from tests.faults.load import Load
from tests.faults.quiet import Calm, NotQuietError
from tests.faults.recovery import not_lost
from tests.faults.rig import Rig
from tests.faults.script import Action
from tests.faults.sender import Sender


class StubRig:
    """One worker, ``ingest``, that does at each signal what the test says."""

    def __init__(self, *lives: int, missing: str | None = None, exits: int = 0) -> None:
        self._lives, self._missing, self._exits = list(lives), missing, exits
        self._signals = 0
        self.stack = SimpleNamespace(pids=self._pids, missing=lambda _: self._missing, last_lines=lambda *_: "log line")

    def _pids(self) -> dict[str, int]:
        return {"ingest": self._lives[min(self._signals, len(self._lives) - 1)]}

    def signal(self, *_: Any) -> None:
        self._signals += 1

    def environment(self, *_: Any, **__: str) -> None: ...

    def exits_of(self, _: str) -> int:
        return self._exits * min(self._signals, 1)


async def inflicted(rig: StubRig, kind: str) -> None:
    await inflict(cast(Rig, rig), Fault(kind, "ingest", 0.0, "publish.after:0.2"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "BACK_SECONDS", 0.3)
    monkeypatch.setattr(recovery, "STILL_SECONDS", 0.3)
    monkeypatch.setattr(run, "LOAD_SECONDS", 0.3)
    monkeypatch.setattr(memory, "REST_SECONDS", 0.3)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ["term", "failpoint"])
async def test_a_worker_that_does_not_end_is_named(kind: str) -> None:
    with pytest.raises(TimeoutError, match="ingest"):
        await inflicted(StubRig(1), kind)


@pytest.mark.usefixtures("impatient")
async def test_a_worker_that_does_not_come_back_is_named_with_what_it_lacks() -> None:
    with pytest.raises(TimeoutError, match="ingest to be at work again: kafka does not answer\nlog line"):
        await inflicted(StubRig(1, 2, missing="kafka does not answer"), "failpoint")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("rig", [StubRig(1, 2), StubRig(1, 2, missing="not ready", exits=2)])
async def test_a_worker_that_is_back_or_has_met_its_fail_point_is_waited_for_no_longer(rig: StubRig) -> None:
    await inflicted(rig, "failpoint")


def looks(*found: object) -> Any:
    """One after the other, and the last for ever."""
    left = list(found)

    async def look() -> object:
        return left.pop(0) if len(left) > 1 else left[0]

    return look


@pytest.mark.usefixtures("impatient")
async def test_what_is_nowhere_while_nothing_lags_is_lost() -> None:
    with pytest.raises(NotQuietError, match="O1 lost: 1 were acknowledged and are nowhere"):
        await not_lost(looks({}), lambda: {"one"})


async def test_what_is_seen_at_a_later_look_is_not_lost() -> None:
    await not_lost(looks({}, {}, {}, {"vrs.validation": 1}), lambda: {"one"})
    left = [{"one"}, {"one"}, {"one"}, set[str]()]
    await not_lost(looks({}), lambda: left.pop(0))


class StubSender:
    """Takes what it is given once ``taking`` is set."""

    def __init__(self) -> None:
        self.taking = asyncio.Event()

    async def send(self, _: Action) -> bool:
        return await self.taking.wait()


@pytest.mark.usefixtures("impatient")
async def test_a_fault_waits_until_something_of_the_load_around_it_is_acknowledged() -> None:
    sender = StubSender()
    action = Action("one", "report", "accept", "focal-point:TH", "TH", "2013-H1", body={})
    load = Load(cast(Sender, sender), [action])
    try:
        sending = asyncio.create_task(load.release(1, 0.0))
        with pytest.raises(TimeoutError, match="the load to be under way"):
            await run.hurting(load, 0, sending)
        sender.taking.set()
        await run.hurting(load, 0, sending)
        assert load.acknowledged == 1
        await run.hurting(load, 1, sending)  # nothing is left to be sent: the fault need not wait
    finally:
        await load.stop()


def test_it_is_calm_once_every_calendar_was_gone_through_since_nothing_moves() -> None:
    calm = Calm(["notification", "notification-2"])
    assert calm.note({"notification": "1", "notification-2": "1"}) is not None
    assert calm.note({"notification": "2", "notification-2": "1"}) is not None
    assert calm.note({"notification": "3", "notification-2": "2"}) == "notification-2 to look at the calendar"
    assert calm.note({"notification": "3", "notification-2": "3"}) is None


class StubMemory:
    """A worker whose memory goes on as the test says."""

    def __init__(self, *found: int) -> None:
        self._left = list(found)
        self.samples: dict[str, list[int]] = {"aggregation": []}

    def look(self) -> None:
        self.samples["aggregation"].append(self._left.pop(0))


async def test_the_level_of_a_memory_is_taken_once_it_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "BETWEEN_SECONDS", 0.0)
    growing = [100, 120, 140, 160, 180]
    still = [200, 201, 200, 199, 200]
    assert await memory.level(cast(memory.Memory, StubMemory(*growing, *still))) == {"aggregation": 200}
    monkeypatch.setattr(memory, "REST_SECONDS", 0.0)
    with pytest.raises(TimeoutError, match="still moving: \\['aggregation'\\]"):
        await memory.level(cast(memory.Memory, StubMemory(*growing, *growing)))
