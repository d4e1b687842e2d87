"""The registry of topics agrees with the events, and says of every topic what keeps the promise."""

import re

import pytest

from contracts.events import PAYLOADS, DirectSubmission
from contracts.topics import (
    CYCLES,
    DEADLETTERS,
    JUDGED,
    PARTICIPANTS,
    PARTITIONS,
    RECORDED,
    SUBMISSIONS,
    TOPICS,
    Topic,
    agency_in,
    agency_out,
)
from contracts.wire import MAX_EVENT_BYTES, MAX_REPORT_BYTES

SERVICES = {"gateway", "ingest", "validation", "aggregation", "notification"}
ALL = (*TOPICS, agency_in("TH-IMM"), agency_out("TH-IMM"))


def test_every_event_goes_somewhere_and_every_topic_carries_something() -> None:
    carried = {payload for topic in ALL for payload in topic.payloads}
    assert carried == {*PAYLOADS, DirectSubmission}
    assert all(topic.payloads for topic in ALL)


def test_no_event_goes_two_ways() -> None:
    """One type, one topic: else its order would be that of whichever is read first. Agencies' topics are their own."""
    homes = [payload for topic in TOPICS for payload in topic.payloads]
    assert len(homes) == len(set(homes))


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_a_topic_has_writers_readers_and_a_name_that_kafka_takes(topic: Topic) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,249}", topic.name)
    assert topic.writers
    assert {*topic.writers, *topic.readers} <= SERVICES | {"agency"}


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_a_topics_settings_fit_its_kind(topic: Topic) -> None:
    assert topic.config["cleanup.policy"] == ("compact" if topic.compacted else "delete")
    assert int(topic.config["max.message.bytes"]) == MAX_EVENT_BYTES
    assert topic.config.get("flush.messages") == ("1" if topic.fsync else None)


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_no_writers_clock_decides_what_is_old(topic: Topic) -> None:
    """By the writer's time an agency whose clock stands in 1970 would have its reports removed at once."""
    assert topic.config["message.timestamp.type"] == "LogAppendTime"


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_no_topic_has_the_broker_unpack_what_is_sent(topic: Topic) -> None:
    """It would do so before it asks for the size: a batch of some kilobytes could end it."""
    assert topic.config["compression.type"] == "producer"


def test_what_a_202_stands_on_is_flushed_before_it_is_acknowledged() -> None:
    assert all(topic.fsync for topic in (SUBMISSIONS, CYCLES, PARTICIPANTS, agency_in("TH-IMM")))


def test_what_a_replay_needs_is_never_deleted_by_age() -> None:
    assert SUBMISSIONS.retention_ms == JUDGED.retention_ms == -1


def test_what_nothing_screens_is_not_kept_for_good() -> None:
    assert 0 < agency_in("TH-IMM").retention_ms < SUBMISSIONS.retention_ms + 366 * 24 * 3600 * 1000
    assert DEADLETTERS.retention_ms > agency_in("TH-IMM").retention_ms


def test_only_reference_data_and_aggregates_are_compacted() -> None:
    assert {topic.name for topic in ALL if topic.compacted} == {"vrs.cycles", "vrs.participants", "vrs.aggregates"}


def test_a_report_fits_with_everything_that_is_added_to_it() -> None:
    assert 2 * MAX_REPORT_BYTES < MAX_EVENT_BYTES


def test_partition_counts_are_fixed_for_life() -> None:
    assert PARTITIONS == 12


def test_what_ingest_says_is_recorded_is_read_by_who_judges_it() -> None:
    assert "validation" in RECORDED.readers
    assert {"ingest", "aggregation", "notification"} <= set(JUDGED.readers)
