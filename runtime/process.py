"""How a service's process begins and ends."""

import asyncio
import faulthandler
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

from runtime.logs import logger, set_up
from runtime.metrics import gauge
from runtime.outcome import Halted

log = logger(__name__)

TRY_AGAIN = 75
"""Exit code (sysexits.h EX_TEMPFAIL) of a process that could not do its work and should be started again."""
HALTED = 70
"""Exit code (EX_SOFTWARE) of a process that had halted, once it is asked to stop."""
ALL_TASKS_SHOWN = "these are all tasks"
"""The last line of what SIGUSR1 shows: whoever has asked for it knows by this that there is no more to come."""
LEAVE_SECONDS = 10.0
"""How long tasks and threads may take to end once the work has ended: nothing is asked of them any more."""


def space_out_the_collector() -> None:
    """Let Python look for cycles less often.

    One return makes some hundred thousand objects that are in no cycle, beside caches that last. With Python's
    default all of them are walked again and again: judging 65,000 figures took 1.0 CPU seconds, so it takes 0.66
    (docs/profiles.md).
    """
    gc.set_threshold(100_000, 50, 100)


def run(service: str, log_level: str, main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run ``main`` until it returns, fails, or SIGTERM or SIGINT sets the event it is given.

    SIGUSR1 makes the process write to its log where each thread and each task stands, and go on.
    """
    set_up(service, log_level)
    gauge("vrs_clock_seconds").set_function(time.time)
    space_out_the_collector()
    # Not uvloop's: aiokafka does not live through the errors of its sockets (docs/decisions/0013-asyncio.md).
    sys.exit(asyncio.run(_to_the_end(main)))


async def _to_the_end(main: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """As ``_guarded``, after which the process ends within ``LEAVE_SECONDS``.

    Python waits for every task, and for threads such as the one in which Faust has its client, without a limit: one
    client that stands still would keep the process from being started again.
    """
    code = await _guarded(main)
    leaving = threading.Timer(LEAVE_SECONDS, _leave, (code,))
    leaving.daemon = True
    leaving.start()
    return code


def _leave(code: int) -> None:
    log.error("tasks or threads do not end, leaving without them", seconds=LEAVE_SECONDS)
    sys.stdout.flush()
    os._exit(code)


def _show_tasks() -> None:
    """What each task waits for, from the outside to the inside: asyncio itself shows only the outermost frame."""
    for task in asyncio.all_tasks():
        sys.stderr.write(f"task {task.get_name()}\n")
        waiting: Any = task.get_coro()
        while (frame := getattr(waiting, "cr_frame", None)) is not None:
            sys.stderr.write(f"  {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}\n")
            waiting = waiting.cr_await
    sys.stderr.write(f"{ALL_TASKS_SHOWN}\n")
    sys.stderr.flush()


async def _guarded(main: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, _show_tasks)
    # Before the loop's own handler: a loop that is stuck would never come to it.
    faulthandler.register(signal.SIGUSR1, all_threads=True, chain=True)
    try:
        await main(stop)
    except Exception as error:
        if not _has_halted(error):
            log.exception("cannot go on, exiting to be started again")
            return TRY_AGAIN
        # Whoever keeps it alive would start it again, and a topic would be poured away a thousand messages at a time.
        log.exception("halted: reads nothing until it is stopped and started again")
        await stop.wait()
        return HALTED
    log.info("stopped")
    return 0


def _has_halted(error: Exception) -> bool:
    return isinstance(error, Halted) or (isinstance(error, ExceptionGroup) and error.subgroup(Halted) is not None)
