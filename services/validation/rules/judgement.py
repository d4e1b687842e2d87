"""The judgement on a recorded report: its findings, its outcome, and what an accepted report is good for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts.events import ReportRecorded
from contracts.figures import Figure, Table
from contracts.findings import Finding
from services.validation.case import Case, read
from services.validation.enrichment import enriched
from services.validation.figures import answered, centre_only, figures
from services.validation.rules.explaining import explained_places, weigh
from services.validation.rules.found import found
from services.validation.rules.table import RULES

Outcome = Literal["accepted", "rejected", "needs_explanation"]

MOST_FINDINGS = 1_000
"""A judged event has to fit into a Kafka message of 4 MiB; a finding takes up to about 1 KiB."""
_SEVERITY = {"blocker": 0, "explain": 1, "warning": 2}


@dataclass(frozen=True)
class Judgement:
    """What follows from a recorded report. Without an acceptance there is nothing but outcome and findings."""

    outcome: Outcome
    findings: list[Finding]
    report: dict[str, Any] = field(default_factory=dict)
    """The report, enriched."""
    figures: list[Figure] = field(default_factory=list)
    answered: list[Table] = field(default_factory=list)
    centre_only: list[Table] = field(default_factory=list)


def judge(recorded: ReportRecorded) -> Judgement:
    """The judgement. The same event gives the same judgement, on any machine and at any time; it never raises."""
    case = read(recorded)
    outcome, findings = verdict(case)
    if outcome != "accepted":
        return Judgement(outcome, findings)
    return Judgement(outcome, findings, enriched(case), figures(case), answered(case), centre_only(case))


def verdict(case: Case) -> tuple[Outcome, list[Finding]]:
    """All findings of all rules, none of which stops another, and what they come to."""
    found_by_all = [one for rule in RULES for one in rule(case)]
    asking = any(one.finding.severity == "explain" for one in found_by_all)
    explained = explained_places(case) if asking else frozenset()
    weighed = [weigh(one, explained) for one in found_by_all]
    findings = [finding for finding, _ in weighed]
    outcome: Outcome = "accepted"
    if any(finding.severity == "blocker" for finding in findings):
        outcome = "rejected"
    elif any(waits for _, waits in weighed):
        outcome = "needs_explanation"
    return outcome, _listed(case, findings)


def _listed(case: Case, findings: Iterable[Finding]) -> list[Finding]:
    """In the order of the template and the report; where there are too many, the gravest are kept."""
    order = {question: i for i, question in enumerate(case.replies)}

    def place(finding: Finding) -> tuple[Any, ...]:
        tokens = tuple((0, int(t), "") if t.isdecimal() else (1, 0, t) for t in finding.pointer.split("/"))
        at = order.get(finding.question or "", len(order)) if finding.question else -1
        return at, tokens, _SEVERITY[finding.severity], finding.code, finding.message

    ordered = sorted(dict.fromkeys(findings), key=place)  # no set: its order is another one in every process
    if len(ordered) <= MOST_FINDINGS:
        return ordered
    kept = sorted(ordered, key=lambda one: _SEVERITY[one.severity])[: MOST_FINDINGS - 1]
    return [*sorted(kept, key=place), found("report.more_findings", count=len(ordered) - len(kept)).finding]
