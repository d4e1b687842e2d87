"""Findings as a table that a focal point can work through, from the top down."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer

from cli.terminal import table
from contracts.findings import Finding, pointer
from contracts.template import ids, load

SEVERITIES = ("blocker", "explain", "warning")


def number_of(question: str | None) -> str:
    """The number on the screens, as 1.1.2; empty where the question is none of the template's."""
    for template in ids():
        try:
            return load(template).question(question or "").number
        except KeyError:
            continue
    return ""


def place_of(finding: Finding) -> str:
    """The pointer; where the question is named beside it, only what lies within its answer."""
    within = pointer("answers", finding.question) if finding.question else None
    return (finding.pointer.removeprefix(within) if within else finding.pointer) or "-"


def rows(findings: Iterable[Finding]) -> list[tuple[str, ...]]:
    """Severest first, then in the template's order: severity, question, place, code, sentence, suggestion."""
    ordered = sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), number_of(one.question), one.pointer))
    return [
        (
            one.severity,
            f"{number_of(one.question)} {one.question or ''}".strip(),
            place_of(one),
            one.code,
            one.message,
            one.suggestion or "",
        )
        for one in ordered
    ]


def show(outcome: str, findings: Iterable[Finding | Mapping[str, Any]]) -> None:
    """Print the outcome and its findings."""
    read = [one if isinstance(one, Finding) else Finding.model_validate(one) for one in findings]
    colour = {"accepted": typer.colors.GREEN, "rejected": typer.colors.RED}.get(outcome, typer.colors.YELLOW)
    typer.secho(outcome, fg=colour, bold=True)
    if read:
        table("findings", ("severity", "question", "place", "code", "what", "suggestion"), rows(read))
