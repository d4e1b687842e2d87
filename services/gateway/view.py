"""Cycles and participants, asked for by people who wait: fresh within a time, whoever else is asking."""

import asyncio
import time
from typing import Protocol

from contracts.directory import Directory
from runtime.outcome import NotNow

REMEMBERED_SECONDS = 0.25
"""What was read so lately is fresh enough for answers that are right without it: a page of figures is many of them."""
ENDED_SECONDS = 0.25
"""How long asking for ended agencies may hold up a call of an agency: with Kafka away, what is known counts."""


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
        self._freshening = asyncio.Lock()

    @property
    def directory(self) -> Directory:
        return self._view.directory

    async def refresh(self) -> None:
        """Read to where the topics end now. Raises NotNow."""
        await self._within(self._seconds)

    async def freshen(self, seconds: float) -> None:
        """The same if it takes no longer than ``seconds`` and was not done just now: for answers right without it."""
        try:
            # Of a hundred calls at once one reads, and the others wait for it.
            async with asyncio.timeout(seconds), self._freshening:
                if time.monotonic() - self._read_at >= REMEMBERED_SECONDS:
                    await self._within(seconds)
        except (NotNow, TimeoutError):
            return

    async def ended(self, agency: str | None) -> bool:
        """Whether somebody's agency was ended: asked before anything is done for its tokens, keys and users."""
        if agency is None:
            return False
        await self.freshen(ENDED_SECONDS)
        return self.directory.ended(agency)

    async def _within(self, seconds: float) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._view.refresh()
            self._read_at = began
        except TimeoutError as error:
            raise NotNow(f"cycles and participants: no answer within {seconds:g} s") from error
