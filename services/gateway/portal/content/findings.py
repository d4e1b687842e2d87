"""The registry of findings as a page shows it. Pure."""

import re
from dataclasses import dataclass

from contracts.finding_kinds import FINDINGS
from contracts.findings import FindingKind, Severity
from services.gateway.portal.menu import N_

GAP = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one severity, and what to do about them."""

    severity: Severity
    title: str
    advice: str
    tone: str
    kinds: list[FindingKind]


_SEVERITIES: tuple[tuple[Severity, str, str, str], ...] = (
    (
        "blocker",
        N_("The return is rejected"),
        N_("Something has to be corrected before the return can be accepted. What was in force stays in force."),
        "bad",
    ),
    (
        "explain",
        N_("The return waits for an explanation"),
        N_("The figure may well be right. Say why in a comment at the figure or at the whole answer, or correct it."),
        "wait",
    ),
    (
        "warning",
        N_("For attention"),
        N_("The return is accepted. Look once more at what is said, and send a correction if it is a mistake."),
        "plain",
    ),
)


def by_severity() -> list[Group]:
    """The gravest first, each group in the registry's order."""
    return [
        Group(severity, title, advice, tone, [one for one in FINDINGS.values() if one.severity == severity])
        for severity, title, advice, tone in _SEVERITIES
    ]


def without_gaps(sentence: str) -> str:
    """A sentence of the registry with dots where a report's own words stand."""
    return GAP.sub("…", sentence)
