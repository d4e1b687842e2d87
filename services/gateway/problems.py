"""Every refusal as problem details (RFC 9457), with the same ``errors[]`` that a judged report has."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException as StarletteHTTPException

from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding
from runtime.logs import logger
from runtime.outcome import NotNow
from services.gateway.shape import request_faults

log = logger(__name__)
RETRY_AFTER_SECONDS = 2
KINDS = {
    400: ("malformed", "The body cannot be read"),
    401: ("unauthorized", "A valid bearer token is needed"),
    403: ("forbidden", "This token may not do that"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    409: ("conflict", "Not in this state"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "Only plain JSON is read"),
    422: ("unprocessable", "The content is not right"),
    429: ("too-many-requests", "Too many requests"),
    500: ("internal", "Something went wrong here"),
    503: ("not-now", "Not now; the same request may be sent again"),
}
UNNAMED = {("path", "reporter"), ("path", "cycle")}
"""Of another shape they name nothing, and are answered like what does not exist."""
REF = "#/components/schemas/{model}"
NOTHING_HERE = (
    "There is nothing of that name, or nothing that this token may see. "
    "Another State's return of a cycle opens once your own return of that cycle is accepted."
)


class ProblemDetails(BaseModel):
    """RFC 9457. ``errors`` names each fault with its place, as a judged report's findings do."""

    type: str = Field(examples=["urn:vrs-msrc:problem:not-found"])
    title: str
    status: int
    detail: str
    errors: list[Finding] = []


class Problem(HTTPException):
    """A refusal on its way to the caller."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Finding] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.errors = list(errors)


def not_found() -> Problem:
    """One and the same answer for what does not exist and for what the caller may not see."""
    return Problem(404, NOTHING_HERE)


def refusal(kind: str, at: str = "", **found: str) -> Finding:
    """An entry of ``errors[]`` that is a finding of the registry."""
    return FINDINGS[kind].at(at, None, None, **found)


def fault(code: str, message: str, pointer: str = "", suggestion: str | None = None) -> Finding:
    """One entry of ``errors[]``."""
    return Finding(code=code, severity="blocker", pointer=pointer, message=message, suggestion=suggestion)


def answer(
    status: int, detail: str, errors: Sequence[Finding] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The response of a problem."""
    slug, title = KINDS.get(status) or ("http", HTTPStatus(status).phrase)
    more = dict(headers or {})
    if status == 401:
        more.setdefault("WWW-Authenticate", "Bearer")
    if status in (429, 503):
        more.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    body = ProblemDetails(
        type=f"urn:vrs-msrc:problem:{slug}", title=title, status=status, detail=detail, errors=list(errors)
    )
    return JSONResponse(body.model_dump(mode="json"), status, more, media_type="application/problem+json")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route that may answer with these problems."""
    schema = {"application/problem+json": {"schema": {"$ref": REF.format(model="ProblemDetails")}}}
    always = {400, 401, 403, 404, 413, 415, 422, 429, 503}
    return {status: {"description": KINDS[status][1], "content": schema} for status in sorted(always | set(statuses))}


def describe(app: FastAPI) -> None:
    """Put the shape of problems into the OpenAPI document, and name it for every status."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            _, found = models_json_schema([(ProblemDetails, "serialization")], ref_template=REF)
            for name, schema in found["$defs"].items():
                schemas.setdefault(name, schema)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents this as the way to extend it


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error as a problem, the ones it did not expect among them."""

    @app.exception_handler(StarletteHTTPException)
    async def refused(_request: Request, error: StarletteHTTPException) -> JSONResponse:
        if isinstance(error, Problem):
            return answer(error.status_code, error.detail, error.errors, error.headers)
        detail = NOTHING_HERE if error.status_code == 404 else str(error.detail)
        return answer(error.status_code, detail, (), error.headers)

    @app.exception_handler(RequestValidationError)
    async def misshapen(_request: Request, error: RequestValidationError) -> JSONResponse:
        if any(tuple(one["loc"]) in UNNAMED for one in error.errors()):
            return answer(404, NOTHING_HERE)
        return answer(422, "The request is not of the documented shape.", request_faults(error))

    @app.exception_handler(NotNow)
    async def not_now(_request: Request, error: NotNow) -> JSONResponse:
        log.warning("not now", error=str(error))
        return answer(503, "A part that this needs does not answer. Nothing is known to be stored; send it again.")

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return answer(500, "The fault is ours and has been written down.")
