"""The line of a series: the state of each of its revisions, whatever the order in which things become known.

A state follows from two things: what was said about the revision itself, and what *follows* it, which is the nearest
later revision that is accepted or a withdrawal. Both only ever grow, so every order of events ends in the same states.
Source: docs/architecture.md, "Series, revisions, judgements".
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from contracts.events import (
    Explanation,
    ExplanationsGiven,
    ReportAccepted,
    ReportExplanationNeeded,
    ReportRejected,
    ReviewRequested,
)
from contracts.states import State
from services.ingest.documents import Outcome, Review, Revision, Step, Submission

Judged = ReportAccepted | ReportRejected | ReportExplanationNeeded
Follower = Literal["accepted", "withdrawal"]
EXPLAINABLE: tuple[State, ...] = ("needs_explanation", "recorded")
"""Also what is yet to be judged: its sender was asked, if it comes here. After a restore what came after the backup is
read again at once, the explanation right behind its return, and the first judgement is on its way for a second time."""
MOST_EXPLAINED = 256 * 2**10
"""Bytes of explanations that a revision takes: with the largest report beside them they still fit into one event."""


def decisive(revision: Revision) -> Follower | None:
    """What a revision is to those before it: their successor, their withdrawal, or nothing yet."""
    if revision.kind == "withdrawal":
        return "withdrawal"
    return "accepted" if revision.outcome == "accepted" else None


def state_of(revision: Revision, follower: Follower | None) -> State:
    """The state of one revision. ``follower``: the nearest later decisive one."""
    if revision.kind == "withdrawal":
        return "withdrawn"
    if revision.outcome is None:
        return "recorded"
    if revision.outcome == "rejected":
        return "rejected"
    if follower is not None:
        return "superseded" if follower == "accepted" else "withdrawn"
    if revision.outcome == "accepted" and revision.review is not None:
        return revision.review.outcome
    return revision.outcome


def states(series: Iterable[Revision]) -> dict[int, State]:
    """The state of every revision of a series, from all that is known of it."""
    found: dict[int, State] = {}
    follower: Follower | None = None
    for revision in sorted(series, key=lambda one: one.revision, reverse=True):
        found[revision.revision] = state_of(revision, follower)
        follower = decisive(revision) or follower
    return found


def settled(revision: Revision, follower: Follower | None, at: datetime) -> Revision:
    """The revision in the state it should be in, with the step there in its history."""
    state = state_of(revision, follower)
    if state == revision.state:
        return revision
    service = "validation" if state == revision.outcome else "ingest"
    step = Step(state=state, at=at, service=service)
    return revision.model_copy(update={"state": state, "history": [*revision.history, step]})


def judged(revision: Revision, event: Judged) -> Revision:
    """The revision with what validation says of it; unchanged by a judgement that it has, or that came too late."""
    if (event.submission_id, event.judgement) != (revision.submission_id, revision.judgement):
        return revision
    if revision.outcome is not None:
        return revision
    said: dict[str, object] = {"outcome": _outcome(event), "findings": list(event.findings)}
    if isinstance(event, ReportAccepted):
        tables = {name: [list(one) for one in getattr(event, name)] for name in ("figures", "answered", "centre_only")}
        said |= {"enriched": event.report, **tables}
    return revision.model_copy(update=said)


def _outcome(event: Judged) -> Outcome:
    match event:
        case ReportAccepted():
            return "accepted"
        case ReportRejected():
            return "rejected"
        case ReportExplanationNeeded():
            return "needs_explanation"


def explained(revision: Revision, follower: Follower | None, command: ExplanationsGiven) -> Revision:
    """The revision with more explanations, to be judged again; unchanged unless it is EXPLAINABLE and they fit."""
    if command.command_id in revision.explained_by or state_of(revision, follower) not in EXPLAINABLE:
        return revision
    explanations = newest([*revision.explanations, *command.explanations])
    if too_long(explanations):
        return revision
    return revision.model_copy(
        update={
            "judgement": revision.judgement + 1,
            "outcome": None,
            "findings": [],
            "published": False,
            "explanations": explanations,
            "explained_by": [*revision.explained_by, command.command_id],
        }
    )


def newest(explanations: Iterable[Explanation]) -> list[Explanation]:
    """Of several explanations of one place the last: whoever says it again says it instead.

    Blank ones say nothing. What was explained stays so: where two are read before the judgement on the first, figures
    that this accepts stand in the aggregates, and the judgement on the second must not find them unexplained.
    """
    return list({one.pointer: one for one in explanations if one.comment.strip()}.values())


def too_long(explanations: Sequence[Explanation]) -> bool:
    """Whether they are more than a revision takes."""
    return sum(len(one.model_dump_json().encode()) for one in explanations) > MOST_EXPLAINED


def in_force(revision: Revision, follower: Follower | None) -> bool:
    """Whether this is the revision that stands for its series."""
    return decisive(revision) == "accepted" and follower is None


def reviewed(revision: Revision, follower: Follower | None, command: ReviewRequested) -> Revision:
    """The revision with the centre's word on it; of several words the one that was received last stands."""
    if command.command_id in (one.command_id for one in revision.reviews) or not in_force(revision, follower):
        return revision
    review = Review(
        command_id=command.command_id,
        outcome=command.outcome,
        reason=command.reason,
        pointers=list(command.pointers),
        at=command.received_at,
    )
    reviews = [*revision.reviews, review]
    last = max(reviews, key=lambda one: (one.at, one.command_id))
    return revision.model_copy(update={"reviews": reviews, "review": last})


def mirrored(submission: Submission, revision: Revision) -> Submission:
    """The submission with the status of its revision; unchanged by one that is older than what it shows."""
    if revision.version <= submission.settled:
        return submission
    received = [step for step in submission.timeline if step.state == "received"][:1]
    shown = {
        "state": revision.state,
        "revision": revision.revision,
        "findings": revision.findings,
        "timeline": received + revision.history,
    }
    if all(getattr(submission, name) == value for name, value in shown.items()):
        return submission
    return submission.model_copy(update={**shown, "settled": revision.version})
