"""Waiting with a deadline that says what it waited for."""

from __future__ import annotations

import time
from collections.abc import Callable


class StackError(RuntimeError):
    """What is wrong with the stack, in words a person can act on."""


def wait_for(
    what: str,
    missing: Callable[[], str | None],
    *,
    seconds: float,
    between: Callable[[], None] = lambda: None,
    pause: float = 0.05,
) -> float:
    """Waits until `missing()` answers None; returns the seconds it took.

    `missing` says what is still not there. `between` runs after each look and may raise to give up early.
    Past the deadline a StackError names what was waited for and what was missing last.
    """
    begun = time.monotonic()
    while (why := missing()) is not None:
        if time.monotonic() - begun > seconds:
            raise StackError(f"waited {seconds:g} s for {what}: {why}")
        between()
        time.sleep(pause)
    return time.monotonic() - begun
