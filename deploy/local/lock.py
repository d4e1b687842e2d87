"""One supervisor per data folder: the lock that it holds for as long as it lives."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from deploy.local.waiting import wait_for


@contextmanager
def held(var: Path) -> Iterator[None]:
    """Holds the lock while inside; a StackError when another process has it. The kernel frees it at any death."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "supervisor.lock").open("a+") as file:
        # Somebody who only asks who holds it (below) holds it for a moment: look again before believing it.
        wait_for(
            f"the lock of {var}",
            lambda: (
                None if _taken(file) else f"a stack runs there already (process {holder(var)}): `make down` ends it"
            ),
            seconds=3,
        )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def holder(var: Path) -> int | None:
    """The process id of the supervisor that runs in this folder, or None."""
    try:
        file = (var / "supervisor.lock").open("r+")
    except FileNotFoundError:
        return None
    with file:
        if _taken(file):
            return None
        written = file.read().strip()
        return int(written) if written else 0  # 0: it has just taken the lock and not yet signed


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
