"""TCP proxies that can be ill: one per link of the stack, in a thread with a loop of its own.

Modes, from the next byte on: ``pass`` · ``delay`` (every chunk comes late) · ``blackhole`` (accepts, carries nothing,
says nothing) · ``reset`` (ends every connection with RST, and every new one at once) · ``half_open`` (carries what
the client says, swallows every answer, and hides from the client that the server has gone).
"""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from tests.faults.wire_watch import Watch

Mode = Literal["pass", "delay", "blackhole", "reset", "half_open"]
MODES: tuple[Mode, ...] = ("delay", "blackhole", "reset", "half_open")
HOST = "127.0.0.1"
CHUNK = 65_536
T = TypeVar("T")


@dataclass
class Link:
    """One way through: ``port`` here leads to ``target`` there. ``carried``: bytes, to prove that it is used."""

    name: str
    target: int
    port: int = 0
    mode: Mode = "pass"
    carried: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    passable: asyncio.Event = field(default_factory=asyncio.Event)


class Proxies:
    """All links of a stack. Synchronous outside, so that any thread may use it."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self._servers: list[asyncio.Server] = []
        self.links: dict[str, Link] = {}
        self.watch = Watch()
        self._thread.start()

    def add(self, name: str, target: int) -> int:
        """Open a link to a port of this machine; gives the port to connect to."""
        link = self.links[name] = Link(name, target)
        self._do(self._listen(link))
        return link.port

    def mode(self, name: str, mode: Mode) -> None:
        """Set how a link behaves. Going back to ``pass`` ends what the illness has left half-dead."""
        self._do(self._change(self.links[name], mode))

    def close(self) -> None:
        async def end() -> None:
            for server in self._servers:
                server.close()
            for link in self.links.values():
                for writer in set(link.writers):
                    writer.transport.abort()

        self._do(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self, link: Link) -> None:
        link.passable.set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(link, reader, writer)

        server = await asyncio.start_server(serve, HOST, 0)
        link.port = server.sockets[0].getsockname()[1]
        self._servers.append(server)

    async def _change(self, link: Link, mode: Mode) -> None:
        before, link.mode = link.mode, mode
        if mode == "blackhole":
            link.passable.clear()
        else:
            link.passable.set()
        if mode == "reset" or before in ("blackhole", "half_open"):
            for writer in set(link.writers):
                _reset(writer)

    async def _serve(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link.writers.add(writer)
        try:
            if link.mode == "reset":
                _reset(writer)
                return
            await link.passable.wait()
            try:
                there, back = await asyncio.open_connection(HOST, link.target)
            except OSError:
                _reset(writer)
                return
            link.writers.add(back)
            try:
                await self._both(link, reader, writer, there, back)
            finally:
                link.writers.discard(back)
                _reset(back)
        finally:
            link.writers.discard(writer)
            _reset(writer)

    async def _both(
        self,
        link: Link,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        listener = self.watch.listener(link.name)
        hear = listener.hear if listener else lambda _data: None
        out = asyncio.create_task(self._carry(link, reader, back, lambda: False, hear))
        answers = asyncio.create_task(
            self._carry(link, there, writer, lambda: link.mode == "half_open", lambda _data: None)
        )
        await asyncio.wait((out, answers), return_when=asyncio.FIRST_COMPLETED)
        while link.mode == "half_open" and not out.done():
            # The server has gone and the client is not to know.
            await asyncio.wait((out,), timeout=0.2)
        for task in (out, answers):
            task.cancel()
        await asyncio.gather(out, answers, return_exceptions=True)

    async def _carry(
        self,
        link: Link,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        swallowed: Callable[[], bool],
        hear: Callable[[bytes], None],
    ) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if link.mode == "delay":
                    await asyncio.sleep(self._rng.uniform(0.05, 0.4))
                await link.passable.wait()
                if swallowed():
                    continue
                link.carried += len(data)
                hear(data)
                sink.write(data)
                await sink.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST: no polite goodbye, as from a machine that has lost its memory."""
    found = writer.get_extra_info("socket")
    if found is not None:
        with suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
