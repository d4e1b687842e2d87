"""Cycles and participants, asked for by people who wait: fresh within a time, whoever else is asking."""

import asyncio
import time
from typing import Protocol

from contracts.directory import Directory
from runtime.outcome import NotNow

REMEMBERED_SECONDS = 0.25
"""What was read so lately is fresh enough for answers that are right without it: a page of figures is many of them."""


class View(Protocol):
    """Cycles and participants as of the last ``refresh``, which raises NotNow."""

    @property
    def directory(self) -> Directory: ...

    async def refresh(self) -> None: ...


class PatientView:
    """A view whose refresh ends within ``seconds``, also where others wait for the same one to end."""

    def __init__(self, view: View, seconds: float) -> None:
        self._view = view
        self._seconds = seconds
        self._read_at = -REMEMBERED_SECONDS

    @property
    def directory(self) -> Directory:
        return self._view.directory

    async def refresh(self) -> None:
        """Read to where the topics end now. Raises NotNow."""
        await self._within(self._seconds)

    async def freshen(self, seconds: float) -> None:
        """The same if it takes no longer than ``seconds`` and was not done just now: for answers right without it."""
        if time.monotonic() - self._read_at < REMEMBERED_SECONDS:
            return
        try:
            await self._within(seconds)
        except NotNow:
            return

    async def _within(self, seconds: float) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._view.refresh()
            self._read_at = began
        except TimeoutError as error:
            raise NotNow(f"cycles and participants: no answer within {seconds:g} s") from error
