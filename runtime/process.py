"""How a service's process begins and ends."""

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable

import uvloop

from runtime.logs import logger, set_up

log = logger(__name__)

TRY_AGAIN = 75
"""Exit code (sysexits.h EX_TEMPFAIL) of a process that could not do its work and should be started again."""


def space_out_the_collector() -> None:
    """Let Python look for cycles less often.

    One return makes some hundred thousand objects that are in no cycle, beside caches that last. With Python's
    default all of them are walked again and again: judging 65,000 figures took 1.0 CPU seconds, so it takes 0.66
    (docs/profiles.md).
    """
    gc.set_threshold(100_000, 50, 100)


def run(service: str, log_level: str, main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run ``main`` until it returns, fails, or SIGTERM or SIGINT sets the event it is given."""
    set_up(service, log_level)
    space_out_the_collector()
    sys.exit(uvloop.run(_guarded(main)))


async def _guarded(main: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await main(stop)
    except Exception:
        log.exception("cannot go on, exiting to be started again")
        return TRY_AGAIN
    log.info("stopped")
    return 0
