"""What a loop gives to threads, so that a test can say what must not hold the loop up."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class _Noting(ThreadPoolExecutor):
    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names = names

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        # asyncio.to_thread gives a partial of the context's run and the function.
        self._names += [one.__name__ for one in getattr(work, "args", ()) if callable(one)]
        return super().submit(work, *args, **named)


def in_threads() -> list[str]:
    """The names of the functions that the running loop gives to a thread from now on, as they come."""
    names: list[str] = []
    asyncio.get_running_loop().set_default_executor(_Noting(names))
    return names
