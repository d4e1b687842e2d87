"""Around every request: how long it took, how it ended, and headers that keep answers where they belong."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.metrics import counter, histogram

HEADERS = [
    (b"cache-control", b"no-store"),  # figures stay out of every cache between here and the reader
    (b"x-content-type-options", b"nosniff"),
]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watching:
    """ASGI middleware: Starlette's own base class would run each request in a second task."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in HEADERS if one[0] not in present)]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            # The route's pattern, never the path: ids in labels would make a series of every submission. Methods are
            # the caller's to invent, and a series of labels is never forgotten.
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = getattr(scope.get("route"), "path", "none")
            seconds = time.perf_counter() - started
            histogram("vrs_http_request_seconds").labels(method, route, status).observe(seconds)
            if scope["method"] == "POST" and scope["path"] == "/api/v1/submissions":
                counter("vrs_submissions_total").labels(status).inc()
