"""Everything once more from the first message: groups set back to the beginning, and a picture to compare with."""

import asyncio
import hashlib
import json
import time
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from runtime.closing import connected
from tests.faults.quiet import GROUPS, Broker, Store, wait_quiet
from tests.faults.rig import Rig

GROUP_EMPTY_SECONDS = 120.0
"""A member that was killed while its group formed anew counts until that is over: a minute in one of Faust."""
COLLECTIONS = ("submissions", "reports", "contributions", "aggregates", "returns", "notices")


async def rewind(bootstrap: str, service: str | None = None) -> None:
    """Set the groups of a service (None: of all) back to the first message. Their workers must have ended."""
    for group, reads in GROUPS.items():
        if service is None or group.split(".")[1] == service:
            await _to_beginning(bootstrap, group, reads)


async def _to_beginning(bootstrap: str, group: str, reads: tuple[str, ...]) -> None:
    ends = await Broker(bootstrap).ends()
    places = [one for one in ends if any(one.topic == r or (r[-1] == "." and one.topic.startswith(r)) for r in reads)]
    deadline = time.monotonic() + GROUP_EMPTY_SECONDS
    while True:
        told = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
        try:
            async with connected(told) as consumer:
                consumer.assign(places)
                await consumer.commit(dict.fromkeys(places, 0))
            return
        except KafkaError as error:
            # A member that was killed still counts as one until its session is over.
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {GROUP_EMPTY_SECONDS:g} s for {group} to be empty: {error!r}") from error
            await asyncio.sleep(0.5)


def picture(rig: Rig) -> dict[str, dict[str, str]]:
    """Every document of every collection by its id, as a hash, and every mail that the sink has."""
    store = Store(rig.mongo_url)
    try:
        found = {name: {str(one["_id"]): _hash(one) for one in store.database[name].find()} for name in COLLECTIONS}
    finally:
        store.close()
    return found | {"mails": {file.name: "" for file in rig.mail.glob("*.eml")}}


def differences(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    """What is new, gone or different."""
    found = []
    for name, documents in before.items():
        for identity in sorted(documents.keys() | after[name].keys()):
            old, new = documents.get(identity), after[name].get(identity)
            if old != new:
                what = "is new" if old is None else "is gone" if new is None else "has changed"
                found.append(f"{name} {identity} {what}")
    return found


async def second_pass(rig: Rig, seconds: float) -> list[str]:
    """End all workers, set all groups back, start again, wait for rest; what differs afterwards."""
    before = await asyncio.to_thread(picture, rig)
    workers = [name for name in rig.stack.workers() if name in rig.stack.wanted]
    await asyncio.to_thread(rig.take_all_away, [name for name in workers if not name.startswith("gateway")])
    await rewind(rig.bootstrap)
    for name in workers:
        await asyncio.to_thread(rig.bring_back, name)
    await asyncio.to_thread(rig.wait_ready)
    await wait_quiet(rig, seconds)
    return differences(before, await asyncio.to_thread(picture, rig))


def _hash(document: dict[str, Any]) -> str:
    whole = json.dumps(document, sort_keys=True, default=repr)
    return hashlib.sha256(whole.encode()).hexdigest()
