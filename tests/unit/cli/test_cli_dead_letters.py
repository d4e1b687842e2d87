"""Which dead letters are meant."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.deadletters import Filter, _moment
from cli.settings import Refused
from contracts.events import DeadLettered

NOW = datetime(2013, 7, 15, 12, tzinfo=UTC)
LETTER = DeadLettered(
    service="ingest",
    topic="vrs.in.TH-IMM",
    partition=7,
    offset=41,
    reason="not_json",
    detail="line 1",
    hash="00",
    at=NOW,
)


@pytest.mark.parametrize(
    ("wanted", "takes"),
    [
        (Filter(), True),
        (Filter(since=NOW), True),
        (Filter(since=NOW + timedelta(seconds=1)), False),
        (Filter(reason="not_json"), True),
        (Filter(reason="shape"), False),
        (Filter(topic="vrs.in.TH-IMM"), True),
        (Filter(topic="vrs.submissions"), False),
        (Filter(since=NOW, reason="not_json", topic="vrs.submissions"), False),
    ],
)
def test_a_letter_is_taken_where_all_that_is_asked_for_fits(wanted: Filter, takes: bool) -> None:
    assert wanted.takes(LETTER) == takes


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (None, None),
        ("30m", NOW - timedelta(minutes=30)),
        ("6h", NOW - timedelta(hours=6)),
        ("2d", NOW - timedelta(days=2)),
        ("2013-07-01", datetime(2013, 7, 1, tzinfo=UTC)),
        ("2013-07-01T12:00:00+07:00", datetime(2013, 7, 1, 5, tzinfo=UTC)),
    ],
)
def test_since_is_a_moment_or_a_while_ago(text: str | None, moment: datetime | None) -> None:
    assert _moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "6", "h", "-6h", "6w"])
def test_since_something_else_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="--since"):
        _moment(text, NOW)
