"""Every event has an example, the examples are one story, and they are what readers are written against."""

from typing import Any

import pytest

from contracts.events import BY_TYPE, PAYLOADS, Payload, ReportRecorded, SubmissionReceived
from contracts.identity import body_hash, submission_id
from contracts.topics import IN_PREFIX, OUT_PREFIX, TOPICS, Topic, agency_in, agency_out
from contracts.wire import Event, decode
from services.validation.outgoing import judged_event
from services.validation.rules import judge
from tests.contracts.event_examples import FOLDER, load, raw
from tools.event_examples import files

AS_THEY_ARE, BY_NAME = {"report", "cells"}, {"values"}
"""Fields that hold what somebody sent, or figures by indicator and member; and objects whose names are indicators."""


def topic_of(name: str) -> Topic:
    if name.startswith(IN_PREFIX):
        return agency_in(name.removeprefix(IN_PREFIX))
    if name.startswith(OUT_PREFIX):
        return agency_out(name.removeprefix(OUT_PREFIX))
    return next(topic for topic in TOPICS if topic.name == name)


def test_there_is_an_example_for_every_event_and_no_other() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.json")) == sorted(BY_TYPE)


def test_the_examples_are_what_the_story_tells_today() -> None:
    """Run `python -m tools.event_examples` after a change of a contract or a rule, and read the difference."""
    assert {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.json")} == files()


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_an_example_is_read_back_from_the_bytes_of_its_message(kind: str) -> None:
    example = load(kind)
    value, headers = example.message
    assert decode(value, headers, PAYLOADS) == example.event


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_an_example_loses_nothing_when_it_is_read(kind: str) -> None:
    data: Any = raw(kind)["event"]["data"]
    assert load(kind).event.data.model_dump(mode="json", by_alias=True, exclude_unset=True) == data


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_an_example_goes_to_a_topic_that_takes_it(kind: str) -> None:
    example = load(kind)
    assert kind in {payload.type for payload in topic_of(example.topic).payloads}


def test_the_recorded_example_judged_is_the_accepted_example() -> None:
    recorded = load("vrs.report.recorded.v1").event.data
    assert isinstance(recorded, ReportRecorded)
    assert judged_event(recorded, judge(recorded)) == load("vrs.report.accepted.v1").event.data


def test_the_ids_of_the_submission_follow_from_what_was_sent() -> None:
    received = load("vrs.submission.received.v1").event.data
    assert isinstance(received, SubmissionReceived)
    assert received.body_hash == body_hash(received.report)
    assert received.submission_id == submission_id(received.sender.name, received.idempotency_key, received.body_hash)


def with_fields_of_tomorrow(value: Any, within: str = "") -> Any:
    """The same with a field more in every object: but for a report, which knows all its fields."""
    if isinstance(value, list):
        return [with_fields_of_tomorrow(one, within) for one in value]
    if not isinstance(value, dict) or within in AS_THEY_ARE:
        return value
    inside = {name: with_fields_of_tomorrow(one, name) for name, one in value.items()}
    return inside if within in BY_NAME else {**inside, "a_field_of_tomorrow": 1}


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_a_reader_of_today_passes_over_fields_of_tomorrow(kind: str) -> None:
    event = load(kind).event
    later = type(event.data).model_validate(with_fields_of_tomorrow(raw(kind)["event"]["data"]))
    assert isinstance(later, Payload)
    assert Event(event.id, event.source, event.time, later, event.subject) == event
