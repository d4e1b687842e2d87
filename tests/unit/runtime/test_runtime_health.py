"""The port that every service serves."""

import asyncio
import time

import httpx
import pytest
from fastapi import Request

from runtime.health import app, serving


async def test_answers_of_one_connection_do_not_wait_for_the_clients_acknowledgements() -> None:
    """Headers and body are two pieces: without TCP_NODELAY the second waits 40 ms for the first to be acknowledged."""
    async with (
        serving(app({}), "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        taken = []
        for _ in range(40):
            began = time.perf_counter()
            assert (await client.get("/healthz")).status_code == 200
            taken.append(time.perf_counter() - began)
    # With that wait every one of them is slow; on a busy machine many are without it, and some are not.
    assert sorted(taken)[len(taken) // 4] < 0.030


async def test_calls_of_readyz_within_a_second_ask_once_and_later_ones_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def mongo() -> bool:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return asked == 1

    transport = httpx.ASGITransport(app({"mongo": mongo}))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = await asyncio.gather(*(client.get("/readyz") for _ in range(20)))
        assert {one.status_code for one in answers} == {200}
        assert asked == 1
        monkeypatch.setattr("runtime.health.REMEMBERED_SECONDS", 0.0)
        assert (await client.get("/readyz")).status_code == 503
        assert asked == 2


async def test_metrics_tell_what_is_ready_now_also_where_nobody_asks_readyz() -> None:
    async def gone() -> bool:
        raise ConnectionError

    transport = httpx.ASGITransport(app({"a-neighbour": gone}))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert 'vrs_ready{check="a-neighbour"} 0.0' in (await client.get("/metrics")).text


async def test_a_request_that_is_never_sent_whole_does_not_keep_the_process_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.health.GRACE_SECONDS", 1)
    one, begun = app({}), asyncio.Event()

    @one.post("/all")
    async def everything(request: Request) -> None:
        begun.set()
        await request.body()

    async with asyncio.timeout(60):
        async with serving(one, "127.0.0.1", 0) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /all HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nabc")
            await begun.wait()
        writer.close()
