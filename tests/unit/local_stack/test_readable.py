"""Log lines for people."""

from __future__ import annotations

import json

from deploy.local.readable import LEVELS, Line, readable


def test_a_service_line_shows_message_submission_and_what_else_it_says() -> None:
    raw = json.dumps(
        {
            "event": "report recorded",
            "level": "info",
            "timestamp": "2013-07-01T00:00:00Z",
            "service": "ingest",
            "submission_id": "s-1",
            "revision": 2,
        }
    )
    assert readable(raw) == Line(LEVELS["info"], "report recorded submission_id=s-1 revision=2")


def test_a_warning_says_so_and_of_an_exception_what_was_raised_comes_along() -> None:
    line = readable(
        json.dumps({"event": "failed", "level": "error", "exception": "Traceback …\n  File x\nKeyError: 1"})
    )
    assert line == Line(LEVELS["error"], "ERROR failed\nKeyError: 1")


def test_the_lines_of_mongod_and_kafka_are_understood() -> None:
    mongo = readable('{"t":{"$date":"x"},"s":"W","c":"CONTROL","msg":"Access control is not enabled"}')
    kafka = readable("2013-07-01 00:00:00,000 WARN disk is slow (kafka.log.LogCleaner)")
    assert mongo == Line(LEVELS["warning"], "WARNING Access control is not enabled {}")
    assert kafka == Line(LEVELS["warning"], "WARNING disk is slow (kafka.log.LogCleaner)")


def test_what_nobody_can_parse_comes_as_it_is() -> None:
    assert readable("{half a line") == Line(LEVELS["info"], "{half a line")
    assert readable("[1, 2]") == Line(LEVELS["info"], "[1, 2]")
    assert readable("Traceback (most recent call last):") == Line(LEVELS["error"], "Traceback (most recent call last):")
    assert readable("  \n") is None
