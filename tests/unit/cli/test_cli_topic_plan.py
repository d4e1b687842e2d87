"""What `vrs topics` would do, from what the broker has."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

from aiokafka import ConsumerRecord

from cli.topic_plan import Found, plan, settings_of, taking_part, wanted
from contracts.events import AgencyChanged
from contracts.records import Agency
from contracts.topics import PARTITIONS, SUBMISSIONS, TOPICS, agency_in
from contracts.wire import Event, encode

NOW = datetime(2013, 7, 1, tzinfo=UTC)


def right() -> dict[str, Found]:
    return {topic.name: Found(PARTITIONS, topic.config) for topic in TOPICS}


def test_on_an_empty_broker_everything_is_made() -> None:
    steps = plan(wanted([]), {}, 1)
    assert [(step.action, step.topic) for step in steps] == [("create", topic.name) for topic in TOPICS]
    assert steps[0].config["flush.messages"] == "1"


def test_where_all_is_right_nothing_is_done() -> None:
    assert {step.action for step in plan(TOPICS, right(), 1)} == {"keep"}


def test_a_partition_count_is_reported_and_never_changed() -> None:
    found = {**right(), SUBMISSIONS.name: Found(6, SUBMISSIONS.config)}
    steps = [step for step in plan(TOPICS, found, 1) if step.topic == SUBMISSIONS.name]
    assert [step.action for step in steps] == ["conflict"]
    assert "never changed" in steps[0].detail


def test_what_differs_is_set_and_what_was_set_by_hand_stays() -> None:
    by_hand = {**SUBMISSIONS.config, "retention.ms": "1000", "segment.ms": "60000"}
    step = plan([SUBMISSIONS], {SUBMISSIONS.name: Found(PARTITIONS, by_hand)}, 1)[0]
    assert step.action == "configure"
    assert step.config["retention.ms"] == "-1"
    assert step.config["segment.ms"] == "60000"


def test_agencies_have_both_their_topics_whichever_is_there() -> None:
    names = {topic.name for topic in wanted(["vrs.in.TH-IMM", "vrs.out.ID-NAVY", "other"])}
    agencies = {"vrs.in.TH-IMM", "vrs.out.TH-IMM", "vrs.in.ID-NAVY", "vrs.out.ID-NAVY"}
    assert names == {topic.name for topic in TOPICS} | agencies


def record(code: str, value: bytes | None = b"", active: bool = True) -> SimpleNamespace:
    """A record of an agency as the topic holds it; another value stands for what is none."""
    data = AgencyChanged(record=Agency(participant="TH", id=code, name="Bureau", active=active), changed_at=NOW)
    written, headers = encode(Event("e-1", "vrs/gateway", NOW, data))
    return SimpleNamespace(
        key=f"TH/agencies/{code}".encode(), value=written if value == b"" else value, headers=headers
    )


def test_agencies_on_record_get_their_topics_on_a_broker_that_has_none() -> None:
    records = [
        record("TH-IMM"),
        record("TH-NAVY"), record("TH-NAVY", active=False),
        record("TH-POL"), record("TH-POL", None),
        record("TH-ODD", b"garbage"),
    ]  # fmt: skip
    found = taking_part(cast(list[ConsumerRecord], records))
    assert found == {"TH-IMM"}
    made = {step.topic for step in plan(wanted([], found), {}, 1) if step.action == "create"}
    assert made == {topic.name for topic in TOPICS} | {"vrs.in.TH-IMM", "vrs.out.TH-IMM"}


def test_with_three_replicas_a_write_needs_two() -> None:
    assert settings_of(agency_in("TH-IMM"), 3)["min.insync.replicas"] == "2"
    assert "min.insync.replicas" not in settings_of(agency_in("TH-IMM"), 1)
