"""What the states of a submission are called, and how they look."""

from contracts.states import State
from services.gateway.portal.menu import N_

LABELS: dict[State, str] = {
    "received": N_("Received"),
    "recorded": N_("Being checked"),
    "accepted": N_("Accepted"),
    "rejected": N_("Rejected"),
    "needs_explanation": N_("Waits for explanations"),
    "verified": N_("Verified by the centre"),
    "correction_requested": N_("Correction asked by the centre"),
    "superseded": N_("Replaced by a later one"),
    "withdrawn": N_("Withdrawn"),
}
TONES: dict[State, str] = {
    "accepted": "good",
    "verified": "good",
    "rejected": "bad",
    "needs_explanation": "wait",
    "correction_requested": "wait",
    "received": "wait",
    "recorded": "wait",
}
MEANINGS: dict[State, str] = {
    "received": N_("We have it, safely. It is being numbered now."),
    "recorded": N_("It has its number and is being checked. This takes a few seconds."),
    "accepted": N_(
        "It passed every check. Its figures count in the totals, and the returns of others are open to you."
    ),
    "rejected": N_("Something in it has to be corrected first. The revision in force, if there is one, stays."),
    "needs_explanation": N_("Nothing is wrong with its form, but some figures ask for a word of explanation."),
    "verified": N_("The centre has looked at it and agrees."),
    "correction_requested": N_("It stays in force. The centre asks you to look at some of its figures again."),
    "superseded": N_("A later revision of yours has taken its place."),
    "withdrawn": N_("You have taken it back; its figures count no more."),
}
SETTLED: frozenset[State] = frozenset(LABELS) - {"received", "recorded"}
"""Nothing more happens by itself."""
