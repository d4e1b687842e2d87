"""Whether a sender's Idempotency-Key already stands for another body."""

import asyncio

from contracts.events import Sender
from contracts.identity import claim
from runtime.outcome import NotNow
from services.gateway.ports import Gateway


async def used_for_another_body(gateway: Gateway, sender: Sender, key: str, body_hash: str) -> bool:
    """True only if that is known at once. The look-up may fail: ingest makes the same check, with the last word."""
    try:
        async with asyncio.timeout(gateway.settings.claim_look_up_seconds):
            recorded = await gateway.reads.body_hash(claim(sender.name, key))
    except (NotNow, TimeoutError):
        return False
    return recorded is not None and recorded != body_hash
