"""Writes contracts/examples/*.json: one example per event and version, all from one story.

    .venv/bin/python -m tools.event_examples

The story: Thailand's return for 2013-H1. The focal point sends it (revision 1), it is recorded and accepted. The
agency TH-IMM publishes a part with an unknown country straight to Kafka and gets its answer. A second return
(revision 2, Cambodia 9,000) waits for an explanation, gets one, is accepted and verified by the centre, and in the
end withdrawn (revision 3). Each file holds the topic, the key and a CloudEvent in its JSON form.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts import context, events, topics
from contracts.context import Context
from contracts.directory import Directory, Record, key_of
from contracts.events import Payload, Sender
from contracts.identity import aggregate_id, body_hash, command_id, event_id, series_id, submission_id
from contracts.report import Report
from contracts.wire import Event, encode, value_hash
from services.validation.outgoing import Judged, judged_event
from services.validation.rules import judge
from tools.example_story import (
    AGENCY,
    BUREAU,
    CENTRE,
    CYCLE,
    EXPLANATIONS,
    EXTENSION,
    FIRST,
    FOCAL_POINT,
    PART,
    PARTICIPANT,
    SECOND,
    UNIT,
)

FOLDER = Path(__file__).resolve().parents[1] / "contracts" / "examples"
THEN = datetime(2013, 7, 15, 8, 0, tzinfo=UTC)
SERIES = series_id("TH", "2013-H1")
Line = tuple[str, str, Event[Payload]]
"""Topic, key, event."""


def story() -> Iterator[Line]:
    """Every event of the story, one of each type."""
    yield from _directory()
    yield from _returns()
    yield from _commands()
    yield from _outcomes()


def _directory() -> Iterator[Line]:
    changes: list[tuple[topics.Topic, type[Payload], Record]] = [
        (topics.PARTICIPANTS, events.ParticipantChanged, PARTICIPANT),
        (topics.PARTICIPANTS, events.FocalPointChanged, UNIT),
        (topics.PARTICIPANTS, events.AgencyChanged, BUREAU),
        (topics.CYCLES, events.CycleChanged, CYCLE),
        (topics.CYCLES, events.ExtensionGranted, EXTENSION),
    ]
    for topic, payload, record in changes:
        key = key_of(record)
        data = payload.model_validate({"record": record, "changed_at": THEN - timedelta(days=20)})
        yield topic.name, key, Event(event_id(key, "changed"), "vrs/gateway", THEN - timedelta(days=20), data)


def _returns() -> Iterator[Line]:
    first = submission_id(FOCAL_POINT.name, "th-2013-h1", body_hash(FIRST))
    received = events.SubmissionReceived(
        submission_id=first,
        idempotency_key="th-2013-h1",
        body_hash=body_hash(FIRST),
        sender=FOCAL_POINT,
        report=FIRST,
        received_at=THEN,
    )
    yield _line(topics.SUBMISSIONS, first, "received", received, THEN, "gateway")
    recorded = _recorded(FIRST, FOCAL_POINT, first, 1, THEN)
    yield _line(topics.RECORDED, first, "recorded.0", recorded, THEN, "ingest")
    yield _judged(recorded, THEN)

    part = submission_id(AGENCY.name, "ce:th-imm/exports:42", body_hash(PART))
    at = THEN + timedelta(hours=1)
    rejected = _judged(_recorded(PART, AGENCY, part, 1, at), at)
    yield rejected
    answer = events.SubmissionAnswered.model_validate(
        {
            "submission_id": part,
            "event_id": "42",
            "state": "rejected",
            "revision": 1,
            "findings": rejected[2].data.model_dump()["findings"],
        }
    )
    yield "vrs.out.TH-IMM", "TH", Event(event_id(part, "answered.rejected.0"), "vrs/ingest", at, answer, part)

    second, at = _second(), THEN + timedelta(days=1)
    yield _judged(_recorded(SECOND, FOCAL_POINT, second, 2, at), at)


def _second() -> str:
    return submission_id(FOCAL_POINT.name, None, body_hash(SECOND))


def _commands() -> Iterator[Line]:
    asked: list[tuple[str, type[Payload], Sender, dict[str, Any]]] = [
        (
            "explanations",
            events.ExplanationsGiven,
            FOCAL_POINT,
            {"submission_id": _second(), "explanations": EXPLANATIONS},
        ),
        (
            "review",
            events.ReviewRequested,
            CENTRE,
            {"revision": 2, "outcome": "verified", "reason": "Agrees with the State's published figures"},
        ),
        ("withdrawal", events.WithdrawalRequested, FOCAL_POINT, {"reason": "Counted by another definition"}),
        ("release", events.ReleaseRequested, FOCAL_POINT, {}),
    ]
    for days, (step, payload, sender, content) in enumerate(asked, start=2):
        at = THEN + timedelta(days=days)
        command = command_id(sender.name, step, None, body_hash({"series": SERIES}))
        data = payload.model_validate(
            {
                "command_id": command,
                "participant": "TH",
                "cycle": "2013-H1",
                "sender": sender,
                "received_at": at,
                **content,
            }
        )
        yield _line(topics.SUBMISSIONS, command, "received", data, at, "gateway")


def _outcomes() -> Iterator[Line]:
    about = {"series": SERIES, "participant": "TH", "cycle": "2013-H1"}
    reviewed = events.ReportReviewed(
        **about,
        submission_id=_second(),
        revision=2,
        judgement=1,
        outcome="verified",
        reason="Agrees with the State's published figures",
    )
    yield _line(topics.JUDGED, _second(), "reviewed", reviewed, THEN + timedelta(days=3), "ingest")
    command = command_id(FOCAL_POINT.name, "withdrawal", None, body_hash({"series": SERIES}))
    withdrawn = events.ReportWithdrawn(
        **about, submission_id=command, revision=3, reason="Counted by another definition"
    )
    yield _line(topics.JUDGED, command, "withdrawn", withdrawn, THEN + timedelta(days=4), "ingest")

    aggregate = aggregate_id("2013-H1", "citizenship", "TH")
    updated = events.AggregateUpdated(
        id=aggregate,
        period="2013-H1",
        dimension="citizenship",
        participant="TH",
        revision=2,
        cells={"illegal_entries": {"KH": 9000, "MM": 500}},
        version=2_000_000,
    )
    yield topics.AGGREGATES.name, aggregate, Event(event_id(aggregate, "2"), "vrs/aggregation", THEN, updated)

    notice = "2013-H1|TH|unit-1|report_accepted"
    told: dict[str, Any] = {
        "notice_id": notice,
        "cycle": "2013-H1",
        "participant": "TH",
        "focal_point": "unit-1",
        "kind": "report_accepted",
        "channel": "email",
        "at": THEN,
    }
    refused = {**told, "attempt": 1, "reason": "451 4.3.0 try again later"}
    for step, payload, content in (
        ("email.failed.1", events.NotificationFailed, refused),
        ("email.sent", events.NotificationSent, told),
    ):
        data = payload.model_validate(content)
        yield topics.NOTIFICATIONS.name, "TH", Event(event_id(notice, step), "vrs/notification", THEN, data)

    place = "vrs.in.TH-IMM:7:41"
    letter = events.DeadLettered(
        service="ingest",
        topic="vrs.in.TH-IMM",
        partition=7,
        offset=41,
        reason="not_json",
        detail="expected value at line 1 column 1",
        hash=value_hash(b"\x00\x01 not a report"),
        at=THEN,
    )
    yield topics.DEADLETTERS.name, place, Event(event_id(place, "ingest.dead"), "vrs/ingest", THEN, letter)


def _recorded(
    report: dict[str, Any], sender: Sender, submission: str, revision: int, at: datetime
) -> events.ReportRecorded:
    return events.ReportRecorded(
        submission_id=submission,
        series=series_id("TH", "2013-H1", sender.agency),
        participant="TH",
        cycle="2013-H1",
        agency=sender.agency,
        revision=revision,
        sender=sender,
        report=Report.model_validate(report),
        context=_context(sender.agency, at),
    )


def _context(agency: str | None, at: datetime) -> Context:
    directory = Directory()
    for record in (PARTICIPANT, UNIT, BUREAU, CYCLE, EXTENSION):
        directory.put(record)
    return context.build(directory, "TH", "2013-H1", agency, at, {})


def _judged(recorded: events.ReportRecorded, at: datetime) -> Line:
    data: Judged = judged_event(recorded, judge(recorded))
    return _line(topics.JUDGED, recorded.submission_id, f"judged.{recorded.judgement}", data, at, "validation")


def _line(topic: topics.Topic, subject: str, step: str, data: Payload, at: datetime, service: str) -> Line:
    return topic.name, "TH", Event(event_id(subject, step), f"vrs/{service}", at, data, subject)


def as_file(topic: str, key: str, event: Event[Payload]) -> str:
    """An example as it is written: where it goes, and the CloudEvent in the JSON form of its specification."""
    value, headers = encode(event)
    attributes = {name[3:]: raw.decode() for name, raw in headers if name.startswith("ce_")}
    cloudevent = {**attributes, "datacontenttype": "application/json", "data": json.loads(value)}
    return json.dumps({"topic": topic, "key": key, "event": cloudevent}, indent=2, ensure_ascii=False) + "\n"


def files() -> dict[str, str]:
    """File name to content."""
    return {f"{event.data.type}.json": as_file(topic, key, event) for topic, key, event in story()}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_text(content)


if __name__ == "__main__":
    main()
