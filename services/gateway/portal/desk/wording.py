"""Codes of the desk in words."""

from services.gateway.portal.menu import N_

STATUSES = {
    "nothing_to_report": N_("Nothing to report"),
    "not_available": N_("Not available"),
    "not_applicable": N_("Not applicable"),
    "not_collected": N_("Not collected"),
    "withheld": N_("Withheld"),
    "not_yet": N_("Not yet available"),
}
