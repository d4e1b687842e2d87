"""Small returns of Thailand for 2013-H1 as ingest records them: each test says only what it is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.events import ReportRecorded

Json = dict[str, Any]

RECEIVED = datetime(2013, 7, 10, 12, tzinfo=UTC)
OPEN = {"opens_at": "2013-07-01T00:00:00Z", "due_at": "2013-08-01T00:00:00Z", "closes_at": "2013-09-01T00:00:00Z"}
FOCAL_POINT = {"role": "focal-point", "participant": "TH"}
AGENCY = {"role": "agency", "participant": "TH", "agency": "TH-IMM"}

TOTAL = "illegal_entries.total"
CITIZENSHIP = "illegal_entries.by_citizenship"
LAST_EXIT = "illegal_entries.by_last_exit"
GENDER_AGE = "illegal_entries.by_gender_age"
POINT = "illegal_entries.by_entry_point"
MODE_EXIT = "illegal_entries.by_mode_and_last_exit"
ROUTES = "routes.by_countries"
FEES = "methods_and_fees.by_from_to"


def recorded(
    answers: Mapping[str, Json],
    *,
    sender: Json | None = None,
    explanations: Sequence[Json] = (),
    report: Json | None = None,
    **context: Any,
) -> ReportRecorded:
    """A recorded return with these answers; ``report`` and ``context`` replace what is said about them otherwise."""
    body = {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "answers": dict(answers), **(report or {})}
    facts = {"received_at": RECEIVED, "cycle": OPEN, "participant_name": "Thailand", "agency_known": True, **context}
    return ReportRecorded.model_validate(
        {
            "submission_id": "s-1",
            "series": f"TH|{body['cycle']}",
            "participant": "TH",
            "cycle": body["cycle"],
            "agency": body.get("agency"),
            "revision": 1,
            "judgement": 0,
            "sender": sender or FOCAL_POINT,
            "report": body,
            "explanations": list(explanations),
            "context": facts,
        }
    )


def rows(dimension: str, **values: Any) -> Json:
    """Rows of one dimension: ``rows("citizenship", KH=5)``."""
    return {"rows": [{dimension: member, "value": value} for member, value in values.items()]}


def row(**fields: Any) -> Json:
    """One row, as it stands."""
    return {"rows": [fields]}


def route(*countries: str, citizenship: str = "AF", **fields: Any) -> Json:
    """A route through countries: an origin and then transit."""
    legs = [{"country": one, "type": "transit" if i else "origin"} for i, one in enumerate(countries)]
    return {"citizenship": citizenship, "legs": legs, **fields}


def routes(*several: Json) -> Json:
    return {ROUTES: {"routes": list(several)}}


def fee(**fields: Any) -> Json:
    """A row of methods and fees from Afghanistan to Indonesia."""
    start, end = fields.pop("start", "AF"), fields.pop("end", "ID")
    return {FEES: {"fees": [{"from": start, "to": end, "methods": ["small_boat"], **fields}]}}


def earlier(cycle: str, *figures: tuple[str, str, str, int]) -> Json:
    """What a State has in force for another cycle."""
    return {"cycle": cycle, "figures": [list(one) for one in figures]}
