"""What is said at a field of the centre's forms, by field or by the code of a finding."""

from services.gateway.portal.menu import N_

CYCLE_WORDS = {
    "id": N_("Enter the period of the cycle: a year (2012), a half-year (2013-H1) or a quarter (2013-Q2)."),
    "opens": N_("Enter the day on which the cycle opens: day, month and year."),
    "due": N_("Enter the day on which the cycle is due: day, month and year."),
    "closes": N_("Enter the day on which the cycle closes: day, month and year."),
    "grace_days": N_("Enter the days of grace as a number between 0 and 366."),
    "reminder_days": N_("Enter the reminders as days before the due date, for example 30, 14, 7, 3, 1."),
    "expected": N_("Choose the expected participants from the list."),
}
EXTENSION_WORDS = {
    "participant": N_("Choose a participant that is expected in this cycle."),
    "due": N_("Enter the new due date: day, month and year."),
    "reason": N_("Give the reason, in at most 2,000 characters."),
    "extension.not_later": N_("Choose a new due date that is later than that of the cycle."),
    "extension.not_expected": N_("Choose a participant that is expected in this cycle."),
    "personal_data.found": N_("The reason seems to hold personal data. Name offices and facts, never persons."),
}
IN_THE_WAY = (
    # What a cycle cannot be removed for, in the words of the interface.
    N_("returns"),
    N_("submissions"),
    N_("drafts of returns"),
)
REVIEW_WORDS = {
    "outcome": N_("Choose the outcome: the return is verified, or a correction is asked for."),
    "reason": N_("Use at most 2,000 characters for the reason."),
    "review.reason_missing": N_("Give the reason: what is to be corrected, and why."),
    "personal_data.found": N_("The reason seems to hold personal data. Name offices and facts, never persons."),
}
CYCLE_RULES = {
    # Sentences of contracts.records, as they come back from a rule about several fields.
    N_("A cycle opens, then is due, then closes."): "due",
    N_("The days of grace end after the cycle has closed."): "grace_days",
    N_("A participant is expected once."): "expected",
}
STATUSES = {
    "nothing_to_report": N_("Nothing to report"),
    "not_available": N_("Not available"),
    "not_applicable": N_("Not applicable"),
    "not_collected": N_("Not collected"),
    "withheld": N_("Withheld"),
    "not_yet": N_("Not yet available"),
}
SEVERITIES = {
    "blocker": (N_("Rejects the return"), "bad"),
    "explain": (N_("Asks for an explanation"), "wait"),
    "warning": (N_("For attention"), "plain"),
}
