"""The return that a page is about: ``/returns/2013-H1/TH`` is the State's, ``…/TH-IMM`` an agency's part.

Who may send a return sees its draft; to everybody else there is none.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends

from contracts import geography
from contracts import template as templates
from contracts.codes import participant_of
from contracts.records import Cycle
from contracts.template import Question, Template
from services.gateway.api import cycles, reports
from services.gateway.api.permission import demand_sight
from services.gateway.api.reports import ReportView
from services.gateway.portal.page import SignedIn, SignedInPage
from services.gateway.portal.returns import naming
from services.gateway.portal.returns.draft import Draft
from services.gateway.portal.returns.drafts import Drafts
from services.gateway.portal.returns.reading import TEMPLATE, Fault, Json, read, report_of
from services.gateway.portal.returns.typed import TypedAnswer, answers_of
from services.gateway.portal.submitted import Submitted, submitted
from services.gateway.problems import Problem, not_found
from services.gateway.rules import Target


@dataclass
class ReturnLine:
    """A return, its draft as it is now, and the page that asks for it."""

    page: SignedInPage
    cycle: Cycle
    participant: str
    agency: str | None
    template: Template
    draft: Draft

    @property
    def path(self) -> str:
        return f"/returns/{self.cycle.id}/{self.agency or self.participant}"

    @property
    def drafts(self) -> Drafts:
        return self.page.portal.drafts

    @property
    def state(self) -> str:
        """The reporting State's name, as the questions' texts use it."""
        if self.participant in {one.alpha2 for one in geography.countries()}:
            return self.country(self.participant)
        found = self.page.gateway.view.directory.participant(self.participant)
        return found.name if found else self.participant

    @property
    def whose(self) -> str:
        """The State, or the agency whose part this is."""
        found = self.page.gateway.view.directory.agency(self.agency) if self.agency else None
        return found.name if found else self.state

    @property
    def due(self) -> date:
        """The last day on which the return is on time, where the State is."""
        return self.page.gateway.view.directory.due_day(self.cycle, self.participant)

    def country(self, code: str) -> str:
        """A country's name in the visitor's language; what is no code stays as it is."""
        try:
            return geography.name(code, self.page.language)
        except KeyError:
            return code

    def as_read(self, question: Question, typed: TypedAnswer) -> TypedAnswer:
        """An answer as it is understood: “10 000” is 10000, “Lao PDR” the country's name here. As typed where it
        cannot be read."""
        found = read(typed, question, self.template)
        if found.faults:
            return typed
        return TypedAnswer.of_answer(found.answer, typed.sharing, question, self.template, self.country)

    def line_of(self, field: str, question: Question, typed: TypedAnswer | None = None) -> str:
        """The row, route or way of a field, in the draft or in ``typed``."""
        shown = typed or self.draft.typed.get(question.id, TypedAnswer())
        return naming.line_of(field, shown, question, self.template, self.page.say)

    def named(self, field: str, question: Question, typed: TypedAnswer | None = None) -> str:
        """The same with the name of the field."""
        shown = typed or self.draft.typed.get(question.id, TypedAnswer())
        return naming.named(field, shown, question, self.template, self.page.say)

    def report(self) -> tuple[Json, dict[str, list[Fault]]]:
        """What would be sent now, and what cannot be read of it."""
        return report_of(self.draft.typed, self.template, self.participant, self.cycle.id, self.agency)

    async def in_force(self, cycle: str | None = None) -> ReportView | None:
        """The revision in force, of this cycle or of another one."""
        wanted = (self.participant, cycle or self.cycle.id, self.page.subject, self.page.gateway, self.agency)
        try:
            return await reports.report(*wanted)
        except Problem as problem:
            if problem.status_code != 404:
                raise
            return None

    def asked_of(self, view: ReportView | None) -> list[str]:
        """The places of a revision that the centre asks to be corrected."""
        if view is None or view.state != "correction_requested" or not view.review:
            return []
        return list(view.review.get("pointers") or ())

    def answers(self, view: ReportView) -> dict[str, TypedAnswer]:
        """The answers of a revision, as they would have been typed."""
        return answers_of(view.report or {}, self.template, self.country)

    async def submissions(self) -> tuple[list[Submitted], bool]:
        """What was sent for this return, newest first, and whether there is more of it."""
        return await submitted(self.page, self.participant, self.cycle.id, self.agency)


async def _entered(cycle: str, line: str, page: SignedIn) -> ReturnLine:
    participant = participant_of(line)
    agency = line if line != participant else None
    demand_sight(page.subject, "submit", Target(participant, agency))
    there = await cycles.cycle(cycle, page.gateway)
    if agency is not None and page.gateway.view.directory.agency(agency) is None:
        raise not_found()
    draft = await page.portal.drafts.get(participant, there.id, agency)
    return ReturnLine(page, there, participant, agency, templates.load(TEMPLATE), draft)


Line = Annotated[ReturnLine, Depends(_entered)]
