"""The states of a submission, and which may follow which."""

from typing import Literal, get_args

State = Literal[
    "received",
    "recorded",
    "accepted",
    "rejected",
    "needs_explanation",
    "verified",
    "correction_requested",
    "superseded",
    "withdrawn",
]
STATES: tuple[State, ...] = get_args(State)

IN_FORCE: frozenset[State] = frozenset({"accepted", "verified", "correction_requested"})
"""A revision in one of these states stands behind the aggregates, as long as no later one does."""

FINAL: frozenset[State] = frozenset({"rejected", "superseded", "withdrawn"})
"""Nothing follows these."""
