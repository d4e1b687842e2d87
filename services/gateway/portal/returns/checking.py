"""Asking what a draft would get if it were sent now: by the function behind ``?dry_run=true``, and by nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.findings import Finding
from runtime.outcome import NotNow
from services.gateway.api.submissions import submit
from services.gateway.portal.returns.line import ReturnLine
from services.gateway.portal.returns.places import Placed, field_at, placed
from services.gateway.portal.returns.progress import Progress, progress
from services.gateway.portal.returns.reading import Fault, Json
from services.gateway.portal.returns.wording import gaps, retold, said_of_fault
from services.gateway.ports import Judgement
from services.gateway.problems import Problem
from services.gateway.recognising import Incoming

NEW_PLACE = "place.new"


@dataclass(frozen=True, slots=True)
class Noted:
    """A finding on a page: ``text`` in the visitor's language, ``field`` in its question's page ("" for none).

    ``place``: the place that was never named before, where it is about one. ``line``: the row, route or way of the
    field, with the field where it has to be corrected itself.
    """

    severity: str
    text: str
    suggestion: str
    question: str
    label: str
    field: str
    explained: bool = False
    place: str = ""
    line: str = ""


@dataclass(frozen=True)
class Checked:
    """``known``: False where validation did not answer, and only what cannot be read is listed."""

    report: Json
    faults: Mapping[str, list[Fault]]
    findings: list[Finding]
    notes: list[Noted]
    outcome: str
    known: bool = True

    def of(self, severity: str) -> list[Noted]:
        return [one for one in self.notes if one.severity == severity]

    @property
    def new_places(self) -> dict[str, list[Noted]]:
        """Places that were never named before, by the label of their question: there may be dozens."""
        found: dict[str, list[Noted]] = {}
        for one in self.notes:
            if one.place:
                found.setdefault(one.label, []).append(one)
        return found

    def at(self, question: str) -> list[Noted]:
        return [one for one in self.notes if one.question == question]

    def progress(self, line: ReturnLine) -> dict[str, Progress]:
        return progress(line.template, line.draft.typed, self.findings, self.faults)


async def checked(line: ReturnLine) -> Checked:
    """The draft as validation would judge it now. Raises NotNow."""
    report, faults = line.report()
    page = line.page
    try:
        answer = await submit(Incoming(report), page.subject, page.gateway, None, dry_run=True)
        judgement = Judgement.model_validate_json(bytes(answer.body))
    except Problem as problem:
        if not problem.errors:
            raise
        judgement = Judgement(outcome="rejected", findings=problem.errors)
    where = placed(judgement.findings, line.template)
    # An answer that cannot be read whole was judged without what is missing: it says nothing more.
    findings = [one for one in where if one.question is None or one.question.id not in faults]
    notes = _unreadable(line, faults) + [_noted(line, one) for one in findings]
    outcome = "rejected" if faults else judgement.outcome
    return Checked(report, faults, [one.finding for one in findings], notes, outcome)


async def checked_if_possible(line: ReturnLine) -> Checked:
    """The same, for pages that are of use without."""
    try:
        return await checked(line)
    except NotNow:
        report, faults = line.report()
        return Checked(report, faults, [], _unreadable(line, faults), "", known=False)


def _unreadable(line: ReturnLine, faults: Mapping[str, list[Fault]]) -> list[Noted]:
    found = []
    for name, ones in faults.items():
        label, question = _label(line, name), line.template.question(name)
        found += [
            Noted("blocker", said_of_fault(line, one), "", name, label, one.field, line=line.named(one.field, question))
            for one in ones
        ]
    return found


def _noted(line: ReturnLine, one: Placed) -> Noted:
    finding, question = one.finding, one.question
    name = question.id if question else ""
    explained = finding.severity == "explain" and not finding.suggestion
    # Other suggestions are in the words of machines, or said by the page itself.
    suggestion = (finding.suggestion or "") if finding.code in ("fee.currency_unknown", NEW_PLACE) else ""
    label = _label(line, name) if name else ""
    place = gaps(finding).get("found", "") if finding.code == NEW_PLACE else ""
    at = one.field
    if question is not None and finding.severity == "explain" and explained:
        at = field_at(finding.pointer, question, line.template)
    name_it = line.named if finding.severity == "blocker" else line.line_of
    where = name_it(at, question) if question else ""
    return Noted(finding.severity, retold(line.page, finding), suggestion, name, label, at, explained, place, where)


def _label(line: ReturnLine, question: str) -> str:
    found = line.template.question(question)
    return f"{found.number} {line.page.say(found.title)}"
