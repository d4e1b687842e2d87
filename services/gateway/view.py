"""Cycles and participants, asked for by people who wait: fresh within a time, whoever else is asking."""

import asyncio
from typing import Protocol

from contracts.directory import Directory
from runtime.outcome import NotNow


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

    @property
    def directory(self) -> Directory:
        return self._view.directory

    async def refresh(self) -> None:
        """Read to where the topics end now. Raises NotNow."""
        await self._within(self._seconds)

    async def freshen(self, seconds: float) -> None:
        """The same if it takes no longer than ``seconds``: for answers that are right without it."""
        try:
            await self._within(seconds)
        except NotNow:
            return

    async def _within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._view.refresh()
        except TimeoutError as error:
            raise NotNow(f"cycles and participants: no answer within {seconds:g} s") from error
