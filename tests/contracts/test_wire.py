"""Events as bytes: what goes out comes back, what is not ours is a value, and others' tools read the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import (
    BY_TYPE,
    PAYLOADS,
    AggregateUpdated,
    DeadLettered,
    Payload,
    ReleaseRequested,
    ReportAccepted,
    ReportRejected,
    SubmissionReceived,
)
from contracts.figures import Figure
from contracts.identity import canonical_json
from contracts.wire import Event, Headers, Unreadable, decode, describe, encode, read_json, value_hash
from tests.contracts.event_examples import load, raw

GOOD, GOOD_HEADERS = load("vrs.release.requested.v1").message


def with_header(name: str, value: bytes | None) -> Headers:
    rest = [(n, v) for n, v in GOOD_HEADERS if n != name]
    return rest if value is None else [*rest, (name, value)]


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_the_cloudevents_sdk_reads_what_we_write(kind: str) -> None:
    example = load(kind)
    value, headers = example.message
    read = from_binary(KafkaMessage(dict(headers), None, value), JSONFormat())
    assert read.get_id() == example.event.id
    assert read.get_source() == example.event.source
    assert read.get_type() == kind
    assert read.get_subject() == example.event.subject
    assert read.get_time() == example.event.time
    assert read.get_datacontenttype() == "application/json"
    assert read.get_specversion() == "1.0"
    assert read.get_data() == raw(kind)["event"]["data"]


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_we_read_what_the_cloudevents_sdk_writes(kind: str) -> None:
    event = load(kind).event
    attributes: dict[str, Any] = {
        "id": event.id,
        "source": event.source,
        "type": kind,
        "time": event.time,
        "specversion": "1.0",
        "datacontenttype": "application/json",
        **({"subject": event.subject} if event.subject else {}),
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    message = to_binary(CloudEvent(attributes, raw(kind)["event"]["data"]), JSONFormat())
    assert decode(message.value, list(message.headers.items()), PAYLOADS) == event


_CELLS = st.dictionaries(st.text(), st.dictionaries(st.text(), st.integers(-(2**63), 2**63 - 1)))


@given(_CELLS, st.text(), st.integers(0, 2**52))
def test_an_aggregate_is_the_same_json_as_the_model_would_write(
    cells: dict[str, dict[str, int]], dimension: str, version: int
) -> None:
    event = AggregateUpdated(
        id=f"2012|{dimension}|TH",
        period="2012",
        dimension=dimension,
        participant="TH",
        revision=3,
        cells=cells,
        version=version,
    )
    assert event.encoded() == Payload.encoded(event)


@given(st.binary(max_size=300), st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=40)), max_size=8))
def test_no_bytes_raise(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    assert isinstance(decode(value, headers, PAYLOADS), Unreadable)


@given(st.binary(max_size=300), st.sampled_from(sorted(BY_TYPE)))
def test_no_bytes_under_good_headers_raise(value: bytes, kind: str) -> None:
    assert isinstance(decode(value, load(kind).message[1], PAYLOADS), Unreadable)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(st.data(), st.sampled_from(sorted(BY_TYPE)))
def test_no_damage_to_one_field_raises(data: st.DataObject, kind: str) -> None:
    _, headers = load(kind).message
    payload = dict(raw(kind)["event"]["data"])
    payload[data.draw(st.sampled_from(sorted(payload)))] = data.draw(json_values)
    found = decode(json.dumps(payload).encode(), headers, PAYLOADS)
    assert isinstance(found, Event | Unreadable)


@settings(max_examples=300)
@given(
    st.dictionaries(st.text(max_size=10), json_values | st.integers(-(10**30), 10**30), max_size=4),
    st.lists(st.builds(Figure, st.just("illegal_entries"), st.text(), st.text(), st.integers(0, 10**20))),
)
def test_an_accepted_report_is_the_same_json_as_the_model_would_write(
    report: dict[str, Any], figures: list[Figure]
) -> None:
    data = load("vrs.report.accepted.v1").event.data
    for event in (data.model_copy(update={"report": report, "figures": figures}), without_figures(data)):
        assert event.encoded() == Payload.encoded(event)


def without_figures(accepted: Payload) -> Payload:
    """The same event where nobody has set its figures."""
    return ReportAccepted.model_construct(**{k: v for k, v in accepted if k != "figures"})


@settings(max_examples=300)
@given(st.dictionaries(st.text(max_size=10), json_values | st.integers(-(10**30), 10**30), max_size=4))
def test_a_report_is_read_from_its_event_as_it_was_sent(report: dict[str, Any]) -> None:
    event = load("vrs.submission.received.v1").event
    sent = replace(event, data=event.data.model_copy(update={"report": report}))
    read = decode(*encode(sent), (SubmissionReceived,))
    assert read == sent
    assert isinstance(read, Event)
    assert canonical_json(read.data.report) == canonical_json(report)  # 1 is not 1.0, nor True


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (GOOD, [], "not_a_cloudevent"),
        (GOOD, None, "not_a_cloudevent"),
        (GOOD, with_header("ce_specversion", b"0.3"), "not_a_cloudevent"),
        (GOOD, with_header("ce_id", None), "not_a_cloudevent"),
        (GOOD, with_header("ce_id", b""), "not_a_cloudevent"),
        (GOOD, with_header("ce_source", None), "not_a_cloudevent"),
        (GOOD, with_header("ce_type", b"org.example.other.v1"), "event_unknown"),
        (GOOD, with_header("ce_type", None), "event_unknown"),
        (GOOD, with_header("ce_type", b"vrs.deadletter.recorded.v1"), "event_not_expected"),
        (GOOD, with_header("ce_id", b"\xff\xfe"), "headers"),
        (None, GOOD_HEADERS, "not_json"),
        (b"", GOOD_HEADERS, "not_json"),
        (b"\xff\xfe{}", GOOD_HEADERS, "not_json"),
        (b'{"a": NaN}', GOOD_HEADERS, "not_json"),
        (b'{"a": 1e999}', GOOD_HEADERS, "not_json"),
        (b'{"a": [{"b": -1e999}]}', GOOD_HEADERS, "not_json"),
        (b'{"a": 1' + b"0" * 400 + b".0}", GOOD_HEADERS, "not_json"),
        (b"[" * 10_000 + b"]" * 10_000, GOOD_HEADERS, "not_json"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, GOOD_HEADERS, "not_json"),
        (b"[]", GOOD_HEADERS, "shape"),
        (b"null", GOOD_HEADERS, "shape"),
        (b"{}", GOOD_HEADERS, "shape"),
    ],
)
def test_what_is_not_ours_says_why(value: bytes | None, headers: Headers | None, reason: str) -> None:
    found = decode(value, headers, (ReleaseRequested,))
    assert isinstance(found, Unreadable)
    assert found.reason == reason


def test_the_id_of_an_unreadable_event_is_kept_for_the_answer() -> None:
    found = decode(b"{", GOOD_HEADERS, PAYLOADS)
    assert isinstance(found, Unreadable)
    assert found.id == dict(GOOD_HEADERS)["ce_id"].decode()


def test_a_type_is_named_only_if_it_is_one_of_ours() -> None:
    known = decode(GOOD, with_header("ce_type", b"vrs.deadletter.recorded.v1"), (ReleaseRequested,))
    foreign = decode(GOOD, with_header("ce_type", b"Jo, passport AA1234567"), (ReleaseRequested,))
    assert isinstance(known, Unreadable)
    assert isinstance(foreign, Unreadable)
    assert known.detail == "type 'vrs.deadletter.recorded.v1'"
    assert foreign.detail == "a type of 22 characters that is none of ours"


def test_the_reason_never_repeats_what_stood_there() -> None:
    value = json.dumps({**raw("vrs.submission.received.v1")["event"]["data"], "sender": "Jo, +66 2 123 4567"}).encode()
    _, headers = load("vrs.submission.received.v1").message
    found = decode(value, headers, (SubmissionReceived,))
    assert isinstance(found, Unreadable)
    assert "4567" not in found.detail
    assert "sender" in found.detail


def test_header_names_are_read_in_any_case() -> None:
    headers = [(name.upper(), value) for name, value in GOOD_HEADERS]
    assert decode(GOOD, headers, PAYLOADS) == load("vrs.release.requested.v1").event


def test_an_event_without_a_time_is_as_old_as_can_be() -> None:
    for time in (None, b"yesterday"):
        found = decode(GOOD, with_header("ce_time", time), PAYLOADS)
        assert isinstance(found, Event)
        assert found.time == datetime.fromtimestamp(0, UTC)


def test_times_go_out_in_utc() -> None:
    letter = load("vrs.deadletter.recorded.v1").event.data
    assert isinstance(letter, DeadLettered)
    local = datetime.fromisoformat("2013-07-15T15:00:00+07:00")
    _, headers = encode(Event("1", "vrs/ingest", local, letter))
    assert dict(headers)["ce_time"] == b"2013-07-15T08:00:00Z"


def test_deep_json_is_refused_and_deep_enough_json_is_not() -> None:
    assert isinstance(read_json(b"[" * 10_000 + b"]" * 10_000), Unreadable)
    assert read_json(b"[" * 20 + b"]" * 20) != []


def test_a_hash_stands_for_nothing_as_for_empty() -> None:
    assert value_hash(None) == value_hash(b"")


def test_a_description_of_faults_is_short() -> None:
    from pydantic import BaseModel, ConfigDict, ValidationError

    class Empty(BaseModel):
        model_config = ConfigDict(extra="forbid")

    with pytest.raises(ValidationError) as caught:
        Empty.model_validate({f"field_{number}": number for number in range(1_000)})
    assert len(describe(caught.value)) < 500
    assert describe(caught.value).startswith("1000 faults")


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("vrs.report.rejected.v1", {"revision": 2**63}),
        ("vrs.report.rejected.v1", {"revision": 0}),
        ("vrs.report.rejected.v1", {"judgement": 10**6}),
        ("vrs.review.requested.v1", {"revision": 10**30}),
        ("vrs.submission.received.v1", {"received_at": "0001-01-01T00:00:00+14:00"}),
        ("vrs.submission.received.v1", {"received_at": "9999-12-31T23:00:00-12:00"}),
        ("vrs.submission.received.v1", {"received_at": "2013-08-01T09:30:00"}),
    ],
)
def test_a_number_or_moment_that_no_database_holds_is_no_event(kind: str, wrong: dict[str, Any]) -> None:
    """Found by fuzzing: a service that took it failed at its database, and was started again for ever."""
    example = load(kind)
    value, headers = example.message
    assert isinstance(decode(value, headers, (type(example.event.data),)), Event)
    spoilt = json.dumps({**json.loads(value), **wrong}).encode()
    found = decode(spoilt, headers, (type(example.event.data),))
    assert isinstance(found, Unreadable)
    assert found.reason == "shape"


@pytest.mark.parametrize("at", ["opens_at", "due_at", "closes_at"])
def test_a_cycle_whose_moments_name_no_time_zone_is_no_event(at: str) -> None:
    """Found by fuzzing, after 930,000 messages: validation could not compare it, and was started again for ever."""
    example = load("vrs.report.recorded.v1")
    value, headers = example.message
    body = json.loads(value)
    assert isinstance(decode(value, headers, (type(example.event.data),)), Event)
    body["context"]["cycle"][at] = "2014-06-30T23:59:59"
    found = decode(json.dumps(body).encode(), headers, (type(example.event.data),))
    assert isinstance(found, Unreadable)
    assert found.reason == "shape"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00", "never", ""])
def test_a_time_that_is_none_in_some_zone_counts_as_not_given(text: str) -> None:
    value, headers = load("vrs.report.rejected.v1").message
    headers = [(name, text.encode() if name == "ce_time" else raw) for name, raw in headers]
    found = decode(value, headers, (ReportRejected,))
    assert isinstance(found, Event)
    assert found.time == datetime.fromtimestamp(0, UTC)
