"""Letting a sender finish who has sent too much, so that it hears why it is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import ClientDisconnect

DISCARDED_BYTES = 8 * 2**20
DISCARDING_SECONDS = 2.0


async def discard(stream: AsyncIterator[bytes]) -> None:
    """Reads on and keeps nothing, within bounds of size and time.

    A connection that is closed with unread bytes in it is reset, and the answer is lost with it.
    """
    size = 0
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(DISCARDING_SECONDS):
            async for chunk in stream:
                size += len(chunk)
                if size > DISCARDED_BYTES:
                    return
