"""The load of a run: the script's actions, sent by several lanes side by side, chunk by chunk as the faults go."""

import asyncio
from collections.abc import Sequence

from tests.faults.script import Action
from tests.faults.sender import Sender
from tests.faults.world import Participant, World

LANES = 8


async def set_up(sender: Sender, world: World) -> None:
    """Participants, agencies, focal points and cycles: what the centre does before anybody reports."""
    await asyncio.gather(*(_participant(sender, one) for one in world.participants))
    for cycle in world.cycles:
        clock = {
            "id": cycle.id, "opens": cycle.opens.isoformat(), "due": cycle.due.isoformat(),
            "closes": cycle.closes.isoformat(), "grace_days": cycle.grace_days, "expected": list(cycle.expected),
        }  # fmt: skip
        await sender.ask("POST", "/cycles", "centre", clock)
        for participant, due in cycle.extended.items():
            more = {"participant": participant, "due": due.isoformat(), "reason": "Synthetic extension."}
            await sender.ask("POST", f"/cycles/{cycle.id}/extensions", "centre", more)


async def _participant(sender: Sender, one: Participant) -> None:
    record = {"name": f"Synthetic {one.code}", "kind": "state", "time_zone": one.zone, "release": one.release}
    await sender.ask("PUT", f"/participants/{one.code}", "centre", record)
    for agency in one.agencies:
        await sender.ask("PUT", f"/participants/{one.code}/agencies/{agency}", "centre", {"name": agency})
    for contact in one.contacts:
        unit = {"unit": f"Synthetic {contact.id}", "email": contact.email}
        await sender.ask("PUT", f"/participants/{one.code}/focal-points/{contact.id}", "centre", unit)


class Load:
    """Sends actions in order. ``release`` lets some more of them go; ``finish`` waits for all."""

    def __init__(self, sender: Sender, actions: Sequence[Action]) -> None:
        self._sender, self._actions = sender, actions
        self._queue: asyncio.Queue[Action] = asyncio.Queue()
        self._taken: dict[str, asyncio.Event] = {}
        self._acknowledged: set[str] = set()
        self._next = self._under_way = 0
        self._lanes = [asyncio.create_task(self._lane()) for _ in range(LANES)]

    @property
    def left(self) -> int:
        """Actions that have not been let go."""
        return len(self._actions) - self._next

    @property
    def acknowledged(self) -> int:
        """How many actions were taken so far."""
        return len(self._acknowledged)

    @property
    def under_way(self) -> int:
        """How many were let go and are not done."""
        return self._under_way

    async def release(self, count: int, seconds: float) -> None:
        """Let ``count`` more actions go, spread over ``seconds``."""
        chunk = self._actions[self._next : self._next + count]
        self._next += len(chunk)
        for action in chunk:
            self._put(action)
            await asyncio.sleep(seconds / max(1, len(chunk)))

    async def finish(self, seconds: float) -> None:
        """Let the rest go and wait until every lane is idle. Raises TimeoutError."""
        for action in self._actions[self._next :]:
            self._put(action)
        self._next = len(self._actions)
        await self.rest(seconds)

    async def rest(self, seconds: float) -> None:
        """Wait until what was let go is sent. Raises TimeoutError."""
        try:
            async with asyncio.timeout(seconds):
                await self._queue.join()
        except TimeoutError as error:
            raise TimeoutError(f"waited {seconds:g} s for the senders; {self._queue.qsize()} not sent") from error

    async def send_now(self, actions: list[Action]) -> None:
        """Send some more actions than the script has, one after the other."""
        for action in actions:
            await self._sender.send(action)

    async def stop(self) -> None:
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)

    def _put(self, action: Action) -> None:
        self._under_way += 1
        self._taken.setdefault(action.key, asyncio.Event())
        self._queue.put_nowait(action)

    async def _lane(self) -> None:
        while True:
            action = await self._queue.get()
            try:
                if await self._possible(action) and await self._sender.send(action):
                    self._acknowledged.add(action.key)
            finally:
                self._under_way -= 1
                self._taken[action.key].set()
                self._queue.task_done()

    async def _possible(self, action: Action) -> bool:
        """Whether what it builds on is known to be taken; else it is as if it had never been thought of."""
        if action.after is None:
            return True
        before = self._taken.get(action.after)
        if before is not None:
            await before.wait()
        return action.after in self._acknowledged
