"""Judging a report before it is sent, without a server: what `vrs validate` calls. Pure."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from contracts.context import Context, CycleFacts
from contracts.events import ReportRecorded, Sender
from contracts.findings import Finding, pointer
from contracts.geography import Resolved, name, resolve
from contracts.identity import series_id
from contracts.report import Report
from services.validation.rules import Judgement, judge
from services.validation.rules.found import found

_A_DAY = timedelta(days=1)


def check(report_json: dict[str, Any], received_at: datetime, context: Context | None = None) -> Judgement:
    """The judgement on a report as it stands in a file; a wrong shape is `rejected` with where it is wrong.

    Without a ``context`` the cycle is taken as open, the sender as the reporter and a named agency as known, and
    nothing is compared with other cycles.
    """
    try:
        report = Report.model_validate(report_json)
    except ValidationError as error:
        return Judgement("rejected", _wrong_shape(error, report_json))
    recorded = ReportRecorded(
        submission_id="offline",
        series=series_id(report.reporter, report.cycle, report.agency),
        participant=report.reporter,
        cycle=report.cycle,
        agency=report.agency,
        revision=1,
        sender=_sender(report),
        report=report,
        context=context or _open(report, received_at),
    )
    return judge(recorded)


def _sender(report: Report) -> Sender:
    role = "agency" if report.agency else "focal-point"
    return Sender.model_validate({"role": role, "participant": report.reporter, "agency": report.agency})


def _open(report: Report, received_at: datetime) -> Context:
    meant = resolve(report.reporter)
    return Context(
        received_at=received_at,
        cycle=CycleFacts(opens_at=received_at - _A_DAY, due_at=received_at + _A_DAY, closes_at=received_at + _A_DAY),
        participant_name=name(meant.code) if isinstance(meant, Resolved) else report.reporter,
        agency_known=report.agency is not None,
    )


def _wrong_shape(error: ValidationError, value: Any) -> list[Finding]:
    """One finding a place, never with what stood there."""
    found_at: dict[str, Finding] = {}
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        at = _place(fault["loc"], value, missing=fault["type"] == "missing")
        kind = "it is not a value that may stand here" if fault["type"] == "value_error" else fault["msg"]
        found_at.setdefault(at, found("shape.invalid", at, detail=kind[:1].lower() + kind[1:]).finding)
    return list(found_at.values())


def _place(location: tuple[int | str, ...], value: Any, *, missing: bool) -> str:
    """The pointer of a fault. Pydantic also names the branches of its own types, which are no places of the report."""
    tokens: list[int | str] = []
    for i, token in enumerate(location):
        inside = isinstance(value, dict) and token in value
        inside = inside or (isinstance(value, list) and isinstance(token, int) and token < len(value))
        if inside:
            tokens.append(token)
            value = value[token]
        elif missing and i == len(location) - 1:
            tokens.append(token)
    return pointer(*tokens)
