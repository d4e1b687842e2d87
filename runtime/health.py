"""``/healthz``, ``/readyz`` and ``/metrics``: what every service answers on its own port."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import uvicorn
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from runtime.logs import logger
from runtime.metrics import gauge

Check = Callable[[], Awaitable[bool]]
CHECK_SECONDS = 2.0
GRACE_SECONDS = 5
"""How long a service that ends waits for requests that are under way."""
REMEMBERED_SECONDS = 1.0
"""How long an answer of ``/readyz`` stands: every call would ask Kafka and MongoDB, however many somebody sends."""
log = logger(__name__)


def routes(checks: Mapping[str, Check]) -> APIRouter:
    """The three routes. Ready is: every check (``kafka``, ``mongo`` …) says yes within two seconds."""
    router = APIRouter(include_in_schema=False)
    readiness = Readiness(checks)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        answers = await readiness.answers()
        return JSONResponse({"ready": all(answers.values()), "checks": answers}, 200 if all(answers.values()) else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        await readiness.answers()  # `vrs_ready` is as of now, also where nobody asks /readyz
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


class Readiness:
    """What the checks say, asked once a second at most, and once for all who ask at the same time."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._asking = asyncio.Lock()
        self._answers: dict[str, bool] = {}
        self._asked_at = -REMEMBERED_SECONDS

    async def answers(self) -> Mapping[str, bool]:
        """By the name of each check whether it passes."""
        async with self._asking:
            now = time.monotonic()
            if now - self._asked_at >= REMEMBERED_SECONDS:
                passed = await asyncio.gather(*map(_passes, self._checks.values()))
                self._answers = dict(zip(self._checks, passed, strict=True))
                self._asked_at = now
                for name, answer in self._answers.items():
                    gauge("vrs_ready").labels(name).set(answer)
            return self._answers


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception as error:  # noqa: BLE001 - a check that fails in any way says "not ready", never "no answer"
        log.warning("readiness check failed", error=repr(error))
        return False


def app(checks: Mapping[str, Check]) -> FastAPI:
    """An application with nothing but the three routes, for services without an interface of their own."""
    one = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    one.include_router(routes(checks))
    return one


@contextlib.asynccontextmanager
async def serving(application: FastAPI, host: str, port: int) -> AsyncIterator[int]:
    """Serve in the background while inside; gives the port (a free one for 0). Signals stay the caller's."""
    listener = socket.create_server((host, port), reuse_port=False)
    # asyncio sets it only on sockets that name their protocol, and these do not: an answer in two pieces took 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            lifespan="on",
            # Whoever has sent half a request would keep the process from ending.
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    # Two owners of the process's signals would each think the other stops it.
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        bound = listener.getsockname()[1]
        log.info("listening", host=host, port=bound)
        yield bound
    finally:
        server.should_exit = True
        await task
