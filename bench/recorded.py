"""Returns as ingest would record them: numbered, with the open cycle that validation judges them by."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.context import Context, CycleFacts
from contracts.events import ReportRecorded, Sender
from contracts.geography import name
from contracts.identity import series_id
from contracts.report import Report

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
_A_DAY = timedelta(days=1)


def recorded(report: dict[str, Any], revision: int, submission: str) -> ReportRecorded:
    """The event of a national return; its State has no other figures to be compared with."""
    read = Report.model_validate(report)
    return ReportRecorded(
        submission_id=submission,
        series=series_id(read.reporter, read.cycle),
        participant=read.reporter,
        cycle=read.cycle,
        revision=revision,
        sender=Sender(role="focal-point", participant=read.reporter),
        report=read,
        context=Context(
            received_at=BEGIN,
            cycle=CycleFacts(opens_at=BEGIN - _A_DAY, due_at=BEGIN + _A_DAY, closes_at=BEGIN + 2 * _A_DAY),
            participant_name=name(read.reporter),
        ),
    )
