"""What codes of the machinery are called on pages: states of a submission, kinds of notice, roles. Pure."""

import re
from collections.abc import Mapping
from typing import Literal, cast

from contracts.period import Period
from contracts.states import State
from services.gateway.portal.menu import N_
from services.gateway.subject import Role

Tone = Literal["good", "wait", "bad", "plain"]

STATES: dict[State, tuple[str, Tone]] = {
    "received": (N_("Received"), "plain"),
    "recorded": (N_("Recorded"), "plain"),
    "accepted": (N_("Accepted"), "good"),
    "rejected": (N_("Rejected"), "bad"),
    "needs_explanation": (N_("Needs explanation"), "wait"),
    "verified": (N_("Verified"), "good"),
    "correction_requested": (N_("Correction requested"), "wait"),
    "superseded": (N_("Superseded"), "plain"),
    "withdrawn": (N_("Withdrawn"), "plain"),
}
"""The life of a report, in the words of the documents."""

NOTICES = {
    "cycle_opened": N_("The cycle is open"),
    "reminder": N_("Due in %(days)s days"),
    "due_today": N_("Due today"),
    "overdue": N_("Overdue for %(days)s days"),
    "report_received": N_("Your return has arrived"),
    "report_accepted": N_("Your return is accepted"),
    "report_rejected": N_("Your return is rejected"),
    "correction_requested": N_("The centre asks for a correction"),
    "extension_granted": N_("You have more time"),
    "cycle_complete": N_("All expected returns have arrived"),
    "cycle_closed": N_("The cycle is closed"),
    "nomination_due": N_("A focal point is to be nominated"),
}
ROLES: dict[Role, str] = {
    "centre": N_("Centre"),
    "focal-point": N_("Focal point"),
    "agency": N_("Agency"),
    "analyst": N_("Analyst"),
    "operator": N_("Operations team"),
}
CHANNEL_STATES: dict[str, tuple[str, Tone]] = {
    "planned": (N_("Planned"), "plain"),
    "claimed": (N_("Being sent"), "plain"),
    "handing_off": (N_("Being sent"), "plain"),
    "sent": (N_("Sent"), "good"),
    "failed": (N_("Failed"), "bad"),
    "unknown": (N_("Perhaps sent"), "wait"),
    "not_needed": (N_("Not needed any more"), "plain"),
}
PERIODS = {
    (6, 0): N_("January–June %(year)s"),
    (6, 6): N_("July–December %(year)s"),
    (3, 0): N_("January–March %(year)s"),
    (3, 3): N_("April–June %(year)s"),
    (3, 6): N_("July–September %(year)s"),
    (3, 9): N_("October–December %(year)s"),
}
"""By the length of the period and its first month, both in months; a year is its number."""
_DAYS = re.compile(r"(reminder|overdue)_(\d+)", re.ASCII)


def notice(kind: str) -> tuple[str, dict[str, str]]:
    """The text for a kind of notice and what is to be filled into it; an unknown kind is its own text."""
    if found := _DAYS.fullmatch(kind):
        return NOTICES[found[1]], {"days": found[2]}
    return NOTICES.get(kind, kind), {}


def state(code: str | None) -> tuple[str, Tone]:
    """The text and tone of a submission's or a channel's state; None: there is none."""
    if code is None:
        return N_("Not received"), "plain"
    return cast(Mapping[str, tuple[str, Tone]], STATES).get(code) or CHANNEL_STATES.get(code, (code, "plain"))


def period(one: Period) -> tuple[str, dict[str, int]]:
    """The text for a period, as January–June 2013 for 2013-H1, and what is to be filled into it."""
    if one.months == 12:
        return str(one), {}
    return PERIODS[one.months, one.first_month % 12], {"year": one.first_day.year}
