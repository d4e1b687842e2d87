"""How every route under /api/v1 is entered: token first, then a body that is bounded, plain JSON.

The order matters: nobody without a token makes us read a body, and of a body past its limit nothing is kept.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from contracts.wire import MAX_REPORT_BYTES, Unreadable, read_json
from runtime.logs import logger
from services.gateway import tokens
from services.gateway.discarding import discard
from services.gateway.keys import key as keys
from services.gateway.keys.keyring import TooManyWrong
from services.gateway.ports import Gateway
from services.gateway.problems import Problem, fault, refusal
from services.gateway.recognising import read_incoming
from services.gateway.subject import Subject

log = logger(__name__)
JSON = re.compile(r"application/([\w.+-]+\+)?json(\s*;.*)?", re.ASCII | re.IGNORECASE)
BEARER = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT or vrsk_…",
    description="A token of the roles in the documentation, or the key of an agency.",
)
TOO_MANY_WRONG = "Too many wrong keys came from this address. Wait a minute."
TOO_LARGE = f"A body has at most {MAX_REPORT_BYTES} bytes."


class BoundedRequest(Request):
    """A request whose body is JSON of limited size and depth, or a problem."""

    def __init__(self, request: Request, query: bytes, read: Callable[[bytes], Any]) -> None:
        super().__init__({**request.scope, "query_string": query}, request.receive)
        self._read = read

    async def body(self) -> bytes:
        """Counted while it arrives: a declared length may lie, and a compressed one hides its size."""
        if not hasattr(self, "_body"):
            if self.headers.get("content-encoding", "identity").lower() != "identity":
                raise Problem(415, "Send the body without a Content-Encoding.")
            self._body = await self._counted()
            if self._body and not JSON.fullmatch(self.headers.get("content-type", "")):
                raise Problem(415, "Send the body as application/json.")
        return self._body

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            read = self._read(await self.body())
            if isinstance(read, Unreadable):
                raise Problem(400, "The body is not JSON.", [refusal("shape.invalid", detail=read.detail)])
            self._json = read
        return self._json

    async def _counted(self) -> bytes:
        declared = self.headers.get("content-length", "")
        known = declared.isdecimal() and (len(declared) > 15 or int(declared) > MAX_REPORT_BYTES)
        held, stream = bytearray(), self.stream()
        if not known:
            async for chunk in stream:
                held += chunk
                if len(held) > MAX_REPORT_BYTES:
                    break
            else:
                return bytes(held)
        await discard(stream)
        raise Problem(413, TOO_LARGE, headers={"Connection": "close"})


class Route(APIRoute):
    """Checks the token before anything of the request is read, then that every parameter is one that counts."""

    read: Callable[[bytes], Any] = staticmethod(read_json)
    """What a body is: its JSON value, or Unreadable."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = {one.alias for one in self.dependant.query_params}

        async def guarded(request: Request) -> Response:
            request.state.caller = await _bearer_of(request)
            return await handle(BoundedRequest(request, _said(request, known), self.read))

        return guarded


class ReportRoute(Route):
    """The route that takes reports: their values with what is known of them."""

    read = staticmethod(read_incoming)


def _said(request: Request, known: set[str]) -> bytes:
    """The query without its empty parameters: ``?reporter=&cycle=2012`` asks for a cycle.

    A parameter that nobody knows, or the same one twice, would otherwise be passed over in silence, and a mistyped
    filter would answer with everything.
    """
    said = [(name, value) for name, value in request.query_params.multi_items() if value]
    names = [name for name, _ in said]
    if len(set(names)) < len(names) or not known.issuperset(names):
        message = f"Parameters of this call, each once: {', '.join(sorted(known)) or 'none'}."
        raise Problem(422, "The query cannot be read.", [fault("parameter.invalid", message)])
    return urlencode(said).encode()


async def _bearer_of(request: Request) -> Subject:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "Send a token: Authorization: Bearer …")
    gateway: Gateway = request.app.state.gateway
    try:
        if token.startswith(keys.PREFIX):
            subject = await gateway.keys.bearer(token, request.client.host if request.client else "")
        else:
            subject = tokens.verify(token, gateway.key, older=gateway.older_keys, now=gateway.now())
        if await gateway.view.ended(subject.agency):
            raise tokens.Untrusted(f"the agency {subject.agency} has ended")
    except tokens.Untrusted as error:
        log.info("token refused", reason=str(error))
        raise Problem(401, f"The token is refused: {error}.") from error
    except TooManyWrong as error:
        raise Problem(429, TOO_MANY_WRONG, headers={"Retry-After": "60"}) from error
    if not gateway.rate.takes(subject.name):
        raise Problem(429, "More calls than this installation takes from one token in a minute.")
    return subject


async def _caller(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]) -> Subject:
    found: Subject = request.state.caller
    return found


async def _gateway(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


Caller = Annotated[Subject, Depends(_caller)]
Ports = Annotated[Gateway, Depends(_gateway)]
