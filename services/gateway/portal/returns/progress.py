"""How far each question of a return is, and where its findings stand. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal

from contracts.findings import Finding
from contracts.template import Question, Template
from services.gateway.portal.menu import N_
from services.gateway.portal.returns.places import question_at
from services.gateway.portal.returns.reading import Fault
from services.gateway.portal.returns.typed import NOTHING, TypedAnswer

Progress = Literal["untouched", "begun", "findings", "complete", "nothing"]
LABELS: dict[Progress, str] = {
    "untouched": N_("Not started"),
    "begun": N_("Begun"),
    "findings": N_("Has findings"),
    "complete": N_("Complete"),
    "nothing": N_("Nothing to report"),
}
_CONTENT = {"total": "value", "breakdown": "rows", "routes": "routes", "fees": "fees", "choices": "choices"}


def progress_of(question: Question, typed: TypedAnswer | None, findings: bool) -> Progress:
    """The state of one question. ``findings``: whether something about it needs the sender."""
    if typed is None or typed.blank:
        return "untouched"
    if findings:
        return "findings"
    if typed.status == NOTHING:
        return "nothing"
    told = bool(typed.status) or bool(getattr(typed, _CONTENT.get(question.kind, "text")))
    return "complete" if told else "begun"


def asking(findings: Iterable[Finding], template: Template) -> dict[str, list[Finding]]:
    """The findings that need the sender (blockers, and what is to be explained), by question."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        question = question_at(one.pointer, template)
        name = question.id if question else one.question
        # What is explained stays on the report without its suggestion, and needs nobody any more.
        if name and (one.severity == "blocker" or (one.severity == "explain" and one.suggestion)):
            found.setdefault(name, []).append(one)
    return found


def progress(
    template: Template,
    answers: Mapping[str, TypedAnswer],
    findings: Iterable[Finding],
    faults: Mapping[str, list[Fault]],
) -> dict[str, Progress]:
    """The state of every question."""
    needing = asking(findings, template)
    return {
        one.id: progress_of(one, answers.get(one.id), one.id in needing or one.id in faults)
        for one in template.questions
    }
