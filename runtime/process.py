"""How a service's process begins and ends."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

import uvloop

from runtime.logs import logger, set_up

log = logger(__name__)

TRY_AGAIN = 75
"""Exit code (sysexits.h EX_TEMPFAIL) of a process that could not do its work and should be started again."""


def run(service: str, log_level: str, main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run ``main`` until it returns, fails, or SIGTERM or SIGINT sets the event it is given."""
    set_up(service, log_level)
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
