"""The interface and the portal on one port: machines' paths to the one, everything else to the other."""

from starlette.types import ASGIApp, Receive, Scope, Send

MACHINES = ("/api/", "/openapi.json", "/asyncapi.json", "/healthz", "/readyz", "/metrics")


class Beside:
    """ASGI middleware around the interface's application."""

    def __init__(self, app: ASGIApp, portal: ASGIApp) -> None:
        self._interface, self._portal = app, portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pages = scope["type"] == "http" and not scope["path"].startswith(MACHINES) and scope["path"] != "/api"
        await (self._portal if pages else self._interface)(scope, receive, send)
