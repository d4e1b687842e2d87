"""What is said at a field of the centre's forms, by field or by the code of a finding."""

from services.gateway.portal.menu import N_

A_DATE = N_("Enter a date: day, month and year.")
CYCLE_WORDS = {
    "id": N_("Enter a year (2012), a half-year (2013-H1) or a quarter (2013-Q2)."),
    "opens": A_DATE,
    "due": A_DATE,
    "closes": A_DATE,
    "grace_days": N_("Enter a number of days between 0 and 366."),
    "reminder_days": N_("Enter days before the due date with commas between them, for example 30, 14, 7, 3, 1."),
    "expected": N_("Choose participants from the list."),
}
EXTENSION_WORDS = {
    "participant": N_("Choose a participant that is expected in this cycle."),
    "due": A_DATE,
    "reason": N_("Say why, in at most 2,000 characters."),
    "extension.not_later": N_("Choose a day after the due date of the cycle."),
    "extension.not_expected": N_("Choose a participant that is expected in this cycle."),
    "personal_data.found": N_("The text seems to hold personal data. Name offices and facts, never persons."),
}
REVIEW_WORDS = {
    "outcome": N_("Choose whether the return is verified or a correction is asked for."),
    "reason": N_("Write at most 2,000 characters."),
    "review.reason_missing": N_("Say what is to be corrected, and why."),
    "personal_data.found": N_("The text seems to hold personal data. Name offices and facts, never persons."),
}
RULES = (
    # Sentences of contracts.records, as they come back from a rule.
    N_("A cycle opens, then is due, then closes."),
    N_("The days of grace end after the cycle has closed."),
    N_("A participant is expected once."),
)
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
