"""The view of cycles and participants ends its refresh in time."""

import asyncio
import time

import pytest

from contracts.directory import Directory
from runtime.outcome import NotNow
from services.gateway.view import PatientView


class StuckView:
    """As with a broker that takes calls and answers none."""

    def __init__(self) -> None:
        self.directory = Directory()
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        async with self._lock:
            await asyncio.Event().wait()


async def test_everybody_who_waits_is_told_not_now_in_time() -> None:
    view = PatientView(StuckView(), 0.5)
    began = time.monotonic()
    answers = await asyncio.gather(*(view.refresh() for _ in range(20)), return_exceptions=True)
    assert all(isinstance(one, NotNow) for one in answers)
    assert time.monotonic() - began < 5, "one after the other they would wait for ten seconds"


async def test_freshening_gives_up_without_a_word() -> None:
    await PatientView(StuckView(), 10).freshen(0.01)
    with pytest.raises(NotNow):
        await PatientView(StuckView(), 0.01).refresh()


class CountedView:
    def __init__(self) -> None:
        self.directory = Directory()
        self.read = 0

    async def refresh(self) -> None:
        self.read += 1


async def test_of_a_hundred_who_ask_at_once_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.gateway.view.REMEMBERED_SECONDS", 60.0)

    class SlowView(CountedView):
        async def refresh(self) -> None:
            await asyncio.sleep(0.01)
            await super().refresh()

    held = SlowView()
    view = PatientView(held, 10)
    await asyncio.gather(*(view.freshen(60) for _ in range(100)))
    assert held.read == 1


async def test_answers_that_are_right_without_it_do_not_read_again_what_was_read_just_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.gateway.view.REMEMBERED_SECONDS", 60.0)
    held = CountedView()
    view = PatientView(held, 10)
    for _ in range(100):
        await view.freshen(60)
    assert held.read == 1
    await view.refresh()
    assert held.read == 2, "whoever decides by it always reads"
