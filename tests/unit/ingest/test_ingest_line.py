"""The reducer of a series: the state of each revision from what is known of all."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import Explanation, ExplanationsGiven, ReviewRequested, Sender
from services.ingest.documents import Outcome, Revision, Step, Submission
from services.ingest.rules import line

NOW = datetime(2013, 7, 1, tzinfo=UTC)
CENTRE = Sender(role="centre")


def revision(number: int, outcome: Outcome | None = None, kind: str = "report", **more: Any) -> Revision:
    fields = {"state": "recorded", "history": [Step(state="recorded", at=NOW, service="ingest")], **more}
    return Revision.model_validate(
        {
            "id": f"TH|2013-H1#{number}",
            "series": "TH|2013-H1",
            "participant": "TH",
            "cycle": "2013-H1",
            "revision": number,
            "submission_id": f"s{number}",
            "kind": kind,
            "sender": Sender(role="focal-point", participant="TH"),
            "outcome": outcome,
            "recorded_at": NOW,
            **fields,
        }
    )


WITHDRAWAL = "withdrawal"
CASES = [
    ([None], ["recorded"]),
    (["accepted"], ["accepted"]),
    (["accepted", None], ["accepted", "recorded"]),
    (["accepted", "rejected"], ["accepted", "rejected"]),
    (["accepted", "needs_explanation"], ["accepted", "needs_explanation"]),
    (["accepted", "accepted"], ["superseded", "accepted"]),
    (["needs_explanation", "accepted"], ["superseded", "accepted"]),
    ([None, "accepted"], ["recorded", "accepted"]),
    (["rejected", "accepted"], ["rejected", "accepted"]),
    (["accepted", WITHDRAWAL], ["withdrawn", "withdrawn"]),
    (["accepted", "accepted", WITHDRAWAL], ["superseded", "withdrawn", "withdrawn"]),
    (["accepted", WITHDRAWAL, "accepted"], ["withdrawn", "withdrawn", "accepted"]),
    (["needs_explanation", WITHDRAWAL], ["withdrawn", "withdrawn"]),
    (["rejected", WITHDRAWAL], ["rejected", "withdrawn"]),
]


@pytest.mark.parametrize(("outcomes", "expected"), CASES)
def test_the_state_of_each_revision_follows_from_all(outcomes: list[Any], expected: list[str]) -> None:
    series = [
        revision(n, kind=WITHDRAWAL) if outcome == WITHDRAWAL else revision(n, outcome)
        for n, outcome in enumerate(outcomes, 1)
    ]
    for order in permutations(series):
        assert [state for _, state in sorted(line.states(order).items())] == expected


def given_explanations(name: str = "c1") -> ExplanationsGiven:
    return ExplanationsGiven(
        command_id=name,
        participant="TH",
        cycle="2013-H1",
        sender=Sender(role="focal-point", participant="TH"),
        received_at=NOW,
        submission_id="s1",
        explanations=[Explanation(pointer="/answers/a", comment="why")],
    )


def test_explanations_make_a_waiting_revision_one_to_be_judged_again() -> None:
    waiting = revision(1, "needs_explanation", state="needs_explanation", published=True)
    again = line.explained(waiting, None, given_explanations())
    assert (again.judgement, again.outcome, again.published) == (1, None, False)
    assert line.settled(again, None, NOW).state == "recorded"
    assert line.explained(again, None, given_explanations()) == again


def test_explanations_of_a_revision_that_does_not_wait_change_nothing() -> None:
    for one, follower in (
        (revision(1, "accepted"), None),
        (revision(1, "rejected"), None),
        (revision(1, "needs_explanation"), "accepted"),
    ):
        assert line.explained(one, follower, given_explanations()) == one  # type: ignore[arg-type]


def review(name: str, outcome: str, minute: int = 0) -> ReviewRequested:
    return ReviewRequested.model_validate(
        {
            "command_id": name,
            "participant": "TH",
            "cycle": "2013-H1",
            "sender": CENTRE,
            "received_at": NOW.replace(minute=minute),
            "revision": 1,
            "outcome": outcome,
            "reason": "see there",
        }
    )


@given(
    st.permutations([review("a", "verified", 1), review("b", "correction_requested", 2), review("c", "verified", 3)])
)
def test_of_several_reviews_the_last_one_stands_in_any_order(reviews: list[ReviewRequested]) -> None:
    one = revision(1, "accepted")
    for command in [*reviews, *reviews]:
        one = line.reviewed(one, None, command)
    assert len(one.reviews) == 3
    assert line.state_of(one, None) == "verified"
    assert one.review is not None
    assert one.review.command_id == "c"


def test_only_the_revision_in_force_is_reviewed() -> None:
    for one, follower in ((revision(1, "rejected"), None), (revision(1, "accepted"), "accepted")):
        assert line.reviewed(one, follower, review("a", "verified")) == one  # type: ignore[arg-type]


def test_a_status_older_than_what_is_shown_is_refused() -> None:
    submission = Submission(
        id="s1",
        kind="report",
        sender="focal-point:TH",
        body_hash="",
        state="received",
        timeline=[Step(state="received", at=NOW, service="gateway")],
        received_at=NOW,
    )
    old = revision(1, version=3)
    new = line.settled(revision(1, "accepted", version=4), None, NOW)
    shown = line.mirrored(submission, new)
    assert [step.state for step in shown.timeline] == ["received", "recorded", "accepted"]
    assert [step.service for step in shown.timeline] == ["gateway", "ingest", "validation"]
    assert line.mirrored(shown, old) == shown
    assert line.mirrored(shown, new) == shown
