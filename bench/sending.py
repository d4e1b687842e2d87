"""Requests over connections that stay open, as cheap for the machine as they can be: what is measured is the server."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from deploy.local.ports import HOST
from services.gateway.tokens import mint

LIFETIME_HOURS = 12


class Answer(NamedTuple):
    """What a server said."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One connection to a server on this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, request: bytes) -> Answer:
        """Send a request as ``request`` makes it; its answer."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await self._reader.readexactly(int(length or 0))
        return Answer(int(head.split(b" ", 2)[1]), body)


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """A connection while inside."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=64 * 2**20)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


def request(method: str, path: str, bearer: str, body: Any = None) -> bytes:
    """A request as bytes. ``body``: JSON values."""
    sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {bearer}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent


def token(key: bytes, role: str, participant: str | None = None) -> str:
    """A bearer token of the stack's key."""
    return mint("bench", role, participant, None, timedelta(hours=LIFETIME_HOURS), key)


@dataclass
class Load:
    """What came of many requests."""

    count: int
    seconds: float
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


async def flood(port: int, requests: Sequence[bytes], seconds: float, status: int, connections: int = 8) -> Load:
    """Send requests in turn, over and over, each connection the next as soon as it has its answer.

    RuntimeError for an answer of another ``status``.
    """
    turns: Iterator[bytes] = itertools.cycle(requests)
    latencies: list[float] = []
    began = time.perf_counter()

    async def one() -> None:
        async with connected(port) as connection:
            while (sent := time.perf_counter()) - began < seconds:
                answer = await connection.send(next(turns))
                if answer.status != status:
                    raise RuntimeError(f"{answer.status}: {answer.body[:500]!r}")
                latencies.append(time.perf_counter() - sent)

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one())
    return Load(len(latencies), time.perf_counter() - began, latencies)
