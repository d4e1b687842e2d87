"""Health, readiness and metrics, and ``POST /judge``: the published call of the very rules that judge for good."""

import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from contracts.events import ReportRecorded
from contracts.wire import MAX_EVENT_BYTES, Unreadable, describe, read_json
from runtime import health
from runtime.health import Check
from services.validation.rules import judge


def build(kafka: Check) -> FastAPI:
    """Ready is: the group has given this worker its share, and a broker answers."""
    app = health.app({"kafka": kafka})

    @app.post("/judge")
    async def judge_(request: Request) -> JSONResponse:
        """Judge without recording. In: the data of ``vrs.report.recorded.v1``. Out: ``outcome`` and ``findings``.

        422 for a body that is no such event, 413 for one that no topic would take; neither repeats what it says.
        """
        body = await _body(request)
        if body is None:
            return JSONResponse({"detail": f"more than {MAX_EVENT_BYTES} bytes"}, 413)
        value = read_json(body)
        if isinstance(value, Unreadable):
            return JSONResponse({"detail": value.detail}, 422)
        try:
            recorded = ReportRecorded.model_validate(value)
        except ValidationError as error:
            return JSONResponse({"detail": describe(error)}, 422)
        judgement = await asyncio.to_thread(judge, recorded)
        findings = [finding.model_dump(mode="json") for finding in judgement.findings]
        return JSONResponse({"outcome": judgement.outcome, "findings": findings})

    return app


async def _body(request: Request) -> bytes | None:
    """The body, or None once it is larger than an event may be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_EVENT_BYTES:
            return None
    return bytes(body)
