"""A stack that is kept alive while it is thrown at, with a note of every exit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor


@contextmanager
def kept_alive(stack: Stack) -> Iterator[list[str]]:
    """Starts again what exits, as operations would. Gives what it had to say: nothing, if all is well."""
    said: list[str] = []
    end = threading.Event()
    watching = threading.Thread(target=Supervisor(stack, said.append).run, args=(end,))
    watching.start()
    try:
        yield said
    finally:
        end.set()
        watching.join()
