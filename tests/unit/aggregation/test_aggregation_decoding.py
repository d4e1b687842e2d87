"""Reading ``vrs.reports.judged``: what is folded, what is skipped, what is set aside and why."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts import events as e
from contracts.figures import Figure, Table
from contracts.wire import Event, Unreadable, encode
from services.aggregation.decoding import Folded, Skipped, read

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REVISION = {"submission_id": "s-1", "series": "TH|2013-H1", "participant": "TH", "cycle": "2013-H1", "revision": 3}
ACCEPTED: dict[str, Any] = {
    **REVISION,
    "report": {"template": "ort/1"},
    "figures": [["illegal_entries", "citizenship", "KH", 10_000]],
    "answered": [["illegal_entries", "citizenship"]],
    "centre_only": [["illegal_entries", "citizenship"]],
}


def headers(kind: str = e.ReportAccepted.type) -> list[tuple[str, bytes]]:
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"event-1"),
        ("ce_source", b"vrs/validation"),
        ("ce_type", kind.encode()),
        ("ce_time", b"2026-01-02T03:04:05Z"),
    ]


def reading(payload: object, kind: str = e.ReportAccepted.type) -> Folded | Skipped | Unreadable:
    return read(json.dumps(payload).encode(), headers(kind), 4, 17)


def test_an_accepted_return_is_read_with_figures_answers_and_sharing() -> None:
    event: Event[e.Payload] = Event("id", "vrs/validation", AT, e.ReportAccepted.model_validate(ACCEPTED), "s-1")
    found = read(*encode(event), 4, 17)
    assert isinstance(found, Folded)
    new = found.contribution
    assert (found.submission_id, found.at) == ("s-1", AT)
    assert (new.series, new.revision, new.judgement, new.withdrawn) == ("TH|2013-H1", 3, 0, False)
    assert new.tables == {"citizenship": {"illegal_entries": {"KH": 10_000}}}
    assert (new.dimensions, new.cells) == (("citizenship",), 1)
    assert new.answered == new.centre_only == ("illegal_entries|citizenship",)
    assert (new.partition, new.offset) == (4, 17)


def test_the_models_of_the_contracts_write_what_this_reader_reads() -> None:
    data = e.ReportAccepted(
        **REVISION,
        judgement=2,
        report={},
        figures=[Figure("routes", "route", "AF>PK", 2)],
        answered=[Table("routes", "route"), Table("illegal_entries", "total")],
    )
    event: Event[e.Payload] = Event("id", "vrs/validation", AT, data)
    found = read(*encode(event), 0, 0)
    assert isinstance(found, Folded)
    assert found.contribution.order == 3_000_002
    assert found.contribution.answered == ("illegal_entries|total", "routes|route")


def test_a_withdrawal_is_a_return_without_figures() -> None:
    found = reading({**REVISION, "reason": "sent too early"}, e.ReportWithdrawn.type)
    assert isinstance(found, Folded)
    assert found.contribution.withdrawn
    assert found.contribution.tables == {}


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (e.ReportRejected.type, {"findings": []}),
        (e.ReportExplanationNeeded.type, {"findings": []}),
        (e.ReportReviewed.type, {"outcome": "verified"}),
    ],
)
def test_events_that_change_no_figure_are_skipped(kind: str, more: dict[str, Any]) -> None:
    assert reading({**REVISION, **more}, kind) == Skipped()


def test_an_agencys_part_is_skipped() -> None:
    assert reading({**ACCEPTED, "series": "TH|2013-H1|TH-IMM", "agency": "TH-IMM"}) == Skipped("part")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"revision": 0}, "shape"),
        ({"revision": 2**40}, "shape"),
        ({"judgement": 1_000_000}, "shape"),
        ({"revision": None}, "shape"),
        ({"figures": [["illegal_entries", "citizenship", "KH", 1.5]]}, "shape"),
        ({"figures": [["illegal_entries", "citizenship", "KH", 2**70]]}, "shape"),
        ({"figures": [["illegal_entries", "citizenship", "KH"]]}, "shape"),
        ({"figures": [["illegal_entries", "citizenship", "K" * 2_001, 1]]}, "shape"),
        ({"figures": [["a.b", "citizenship", "KH", 1]]}, "figure_name"),
        ({"figures": [["a", "x", "KH", 1], ["a", "x", "KH", 1]]}, "figure_twice"),
        ({"participant": "$TH", "series": "$TH|2013-H1"}, "shape"),
        ({"cycle": "2013-H3", "series": "TH|2013-H3"}, "shape"),
        ({"series": "KH|2013-H1"}, "series"),
    ],
)
def test_a_broken_return_is_set_aside_with_its_reason(change: dict[str, Any], reason: str) -> None:
    found = reading({**ACCEPTED, **change})
    assert isinstance(found, Unreadable)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\xff\xfe", "not_json"),
        (b"", "not_json"),
        (None, "not_json"),
        (b"[" * 10_000, "not_json"),
        (b'{"figures": [["a", "x", "\\ud800", 1]]}', "not_json"),
        (b"{}", "shape"),
    ],
)
def test_bytes_that_are_no_event_are_set_aside_with_their_reason(value: bytes | None, reason: str) -> None:
    found = read(value, headers(), 0, 0)
    assert isinstance(found, Unreadable)
    assert found.reason == reason


def test_a_message_that_is_no_cloudevent_is_set_aside() -> None:
    found = read(json.dumps(ACCEPTED).encode(), [("ce_type", e.ReportAccepted.type.encode())], 0, 0)
    assert isinstance(found, Unreadable)
    assert found.reason == "not_a_cloudevent"
    assert read(b"{}", [("ce_type", b"\xff")], 0, 0) == Unreadable("headers", "a ce_ header is not UTF-8 text")


@pytest.mark.parametrize(
    ("kind", "reason"), [("com.example.other", "event_unknown"), (e.ReportRecorded.type, "event_not_expected")]
)
def test_a_foreign_event_is_set_aside(kind: str, reason: str) -> None:
    found = reading(ACCEPTED, kind)
    assert isinstance(found, Unreadable)
    assert found.reason == reason
