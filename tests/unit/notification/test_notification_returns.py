"""What is known of a return: facts that only grow, in any order."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import events as e
from contracts.wire import Event, decode, encode
from services.notification.documents import from_return, to_return
from services.notification.facts import HEARD, Accepted, ExplanationNeeded, Heard, Received, Recorded, Rejected, fact
from services.notification.returns import Return, merge
from tests.unit.notification.world import at, returned

T0 = datetime(2013, 8, 1, tzinfo=UTC)


def heard(kind: str, revision: int = 1, judgement: int = 0, agency: str | None = None) -> Heard:
    common: dict[str, Any] = {
        "submission_id": "s",
        "series": "TH|2013-H1",
        "participant": "TH",
        "cycle": "2013-H1",
        "agency": agency,
        "revision": revision,
        "judgement": judgement,
    }
    match kind:
        case "recorded":
            return Recorded(**common, context=Received(received_at=T0 + timedelta(minutes=revision)))
        case "accepted":
            return Accepted(**common)
        case "rejected":
            return Rejected(**common)
        case "needs_explanation":
            return ExplanationNeeded(**common)
        case "withdrawn":
            return e.ReportWithdrawn(**common, reason="sent by mistake")
        case "verified":
            return e.ReportReviewed(**common, outcome="verified")
        case _:
            return e.ReportReviewed(**common, outcome="correction_requested", reason="see the cells")


def told(*story: tuple[Heard, datetime]) -> Return:
    known: Return | None = None
    for data, when in story:
        one = fact(data, when)
        assert one is not None
        known = merge(known, one) if known else one
    assert known is not None
    return known


KINDS = ["recorded", "accepted", "rejected", "needs_explanation", "withdrawn", "verified", "correction_requested"]
moments = st.integers(0, 10_000_000).map(lambda ms: T0 + timedelta(milliseconds=ms, microseconds=ms % 7))
stories = st.lists(
    st.tuples(st.builds(heard, st.sampled_from(KINDS), st.integers(1, 4), st.integers(0, 2)), moments),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)
@given(stories, st.data())
def test_any_order_and_any_repetition_ends_in_the_same_return(
    story: list[tuple[Heard, datetime]], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(story), max_size=6))
    shuffled = data.draw(st.permutations(story + again))
    assert told(*shuffled) == told(*story)


@settings(deadline=None)
@given(stories, stories)
def test_joining_is_idempotent_and_commutes(
    one: list[tuple[Heard, datetime]], other: list[tuple[Heard, datetime]]
) -> None:
    a, b = told(*one), told(*other)
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), b) == merge(a, b)


@settings(deadline=None)
@given(stories)
def test_a_return_reads_back_from_its_document_as_it_was(story: list[tuple[Heard, datetime]]) -> None:
    known = told(*story)
    assert to_return(from_return(known)) == known


def test_the_first_submission_gives_the_time_of_receipt() -> None:
    known = told((heard("recorded", 2), T0 + timedelta(hours=1)), (heard("recorded", 1), T0 + timedelta(hours=2)))
    assert known.received_at == T0 + timedelta(minutes=1)


def test_an_agencys_part_is_no_return_of_its_state() -> None:
    assert fact(heard("accepted", agency="TH-IMM"), T0) is None


def test_two_different_returns_are_never_joined() -> None:
    with pytest.raises(ValueError, match="two returns"):
        merge(returned("TH"), returned("ID"))


@pytest.mark.parametrize(
    ("story", "is_in", "in_force"),
    [
        ([("recorded", 1, 0)], True, None),
        ([("recorded", 1, 0), ("accepted", 1, 0)], True, 1),
        ([("accepted", 1, 0)], True, 1),
        ([("recorded", 1, 0), ("rejected", 1, 0)], False, None),
        ([("rejected", 1, 0)], False, None),
        ([("recorded", 1, 0), ("needs_explanation", 1, 0)], True, None),
        ([("recorded", 1, 0), ("needs_explanation", 1, 0), ("recorded", 1, 1), ("accepted", 1, 1)], True, 1),
        ([("recorded", 1, 1), ("rejected", 1, 0)], True, None),
        ([("accepted", 1, 0), ("rejected", 2, 0)], True, 1),
        ([("accepted", 1, 0), ("accepted", 2, 0)], True, 2),
        ([("accepted", 1, 0), ("withdrawn", 2, 0)], False, None),
        ([("accepted", 1, 0), ("withdrawn", 2, 0), ("recorded", 3, 0)], True, None),
        ([("accepted", 1, 0), ("withdrawn", 2, 0), ("rejected", 3, 0)], False, None),
        ([("accepted", 1, 0), ("withdrawn", 2, 0), ("accepted", 3, 0)], True, 3),
        ([("accepted", 3, 0), ("withdrawn", 2, 0)], True, 3),
        ([("accepted", 1, 0), ("correction_requested", 1, 0)], True, 1),
        ([("accepted", 1, 0), ("verified", 1, 0)], True, 1),
        ([("withdrawn", 1, 0)], False, None),
    ],
)
def test_what_is_in_and_what_is_in_force(story: list[tuple[str, int, int]], is_in: bool, in_force: int | None) -> None:
    known = told(*((heard(kind, revision, judgement), T0) for kind, revision, judgement in story))
    assert (known.is_in, known.in_force) == (is_in, in_force)


def test_a_moment_is_kept_as_the_database_keeps_it() -> None:
    known = told((heard("accepted"), at("2013-08-01T10:00:00.123456")))
    assert known.first("accepted") == at("2013-08-01T10:00:00.123000")


@pytest.mark.parametrize("payload", HEARD, ids=lambda one: one.type)
def test_every_example_event_that_it_hears_becomes_a_fact(payload: type[Heard], repository: Path) -> None:
    example = json.loads((repository / "contracts" / "examples" / f"{payload.type}.json").read_text())
    data = e.BY_TYPE[payload.type].model_validate(example["event"]["data"])
    value, headers = encode(Event("1", "vrs/test", T0, data))
    event = decode(value, headers, HEARD)
    assert isinstance(event, Event)
    known = fact(event.data, event.time)
    assert known is None or known.last_change == T0
