"""Reading reports: the revision in force, and the revisions of a line."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from contracts.findings import Finding
from contracts.identity import series_id
from contracts.states import State
from runtime.logs import logger
from runtime.mongo import Document
from services.gateway.api.named import OfCycle, Reporter
from services.gateway.api.paged import Cursor, Limit, Page, page_of
from services.gateway.api.permission import demand_sight, needs
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.ports import Gateway
from services.gateway.problems import documented, not_found
from services.gateway.rules import Target, may
from services.gateway.series import Revision, in_force, revision_of
from services.gateway.sharing import shared_figures, shared_report
from services.gateway.subject import Subject

router = APIRouter(prefix="/reports/{reporter}/{cycle}", route_class=Route, tags=["reports"], responses=documented())
log = logger(__name__)
PartOf = Annotated[str | None, Query(description="An agency's part instead of the national return.")]


class RevisionHead(BaseModel):
    """A revision without its content."""

    revision: int
    judgement: int
    kind: str
    state: State
    in_force: bool
    recorded_at: datetime


class RevisionLine(RevisionHead):
    """One revision in the list of a line."""

    submission_id: str


class ReportView(RevisionHead):
    """A revision with its content: as judged and enriched, or as read where it has not been accepted.

    Another State sees the tables that their owner shares. Findings, explanations, reviews and how the revision came
    to stand are the owner's: for others it is an accepted report, whatever the centre has said of it, without the
    ``submission_id``.
    """

    submission_id: str | None
    reporter: str
    cycle: str
    agency: str | None
    report: dict[str, Any] | None
    figures: list[tuple[str, str, str, int]]
    findings: list[Finding]
    explanations: list[dict[str, Any]]
    review: dict[str, Any] | None


@router.get("", dependencies=[needs("see_return")])
async def report(
    reporter: Reporter, cycle: OfCycle, caller: Caller, gateway: Ports, agency: PartOf = None
) -> ReportView:
    """The revision in force."""
    door = caller.participant is not None and reporter != caller.participant and await _door(gateway, caller, cycle)
    demand_sight(caller, "see_return", Target(reporter, agency, door_open=door))
    line = await line_of(gateway, reporter, cycle, agency)
    standing = in_force(line)
    if standing is None:
        raise not_found()
    owned = may(caller, "see_history", Target(reporter, agency))
    return _view(await stored(gateway, standing), standing, standing=True, owned=owned)


@router.get("/revisions", dependencies=[needs("see_history")])
async def revisions(
    reporter: Reporter,
    cycle: OfCycle,
    caller: Caller,
    gateway: Ports,
    agency: PartOf = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RevisionLine]:
    """Every revision of the line, first to last. Of one's own State; the centre sees all."""
    line = await _own_line(gateway, caller, reporter, cycle, agency)
    standing = in_force(line)
    lines = [_revision_line(one, standing is not None and one.revision == standing.revision) for one in line]
    items, following = page_of(lines, lambda one: f"{one.revision:010}", limit, cursor)
    return Page(items=items, next=following)


@router.get("/revisions/{number}", dependencies=[needs("see_history")])
async def revision(
    reporter: Reporter,
    cycle: OfCycle,
    number: Annotated[int, Path(ge=1, le=10**9)],
    caller: Caller,
    gateway: Ports,
    agency: PartOf = None,
) -> ReportView:
    """One revision, whatever became of it."""
    line = await _own_line(gateway, caller, reporter, cycle, agency)
    found = next((one for one in line if one.revision == number), None)
    if found is None:
        raise not_found()
    standing = in_force(line)
    stands = standing is not None and standing.revision == number
    return _view(await stored(gateway, found), found, standing=stands, owned=True)


async def line_of(gateway: Gateway, reporter: str, cycle: str, agency: str | None) -> list[Revision]:
    """The revisions of a line, first to last, without their content."""
    # All three besides the series: a bar in one of them would make the name of another line.
    found = await gateway.reads.revisions(
        series=series_id(reporter, cycle, agency), participant=reporter, cycle=cycle, agency=agency
    )
    return sorted((revision_of(one) for one in found), key=lambda one: one.revision)


async def _own_line(gateway: Gateway, caller: Subject, reporter: str, cycle: str, agency: str | None) -> list[Revision]:
    demand_sight(caller, "see_history", Target(reporter, agency))
    line = await line_of(gateway, reporter, cycle, agency)
    if not line:
        raise not_found()
    return line


async def _door(gateway: Gateway, caller: Subject, cycle: str) -> bool:
    """Whether the caller's own State has a return of the cycle in force."""
    return in_force(await line_of(gateway, caller.participant or "", cycle, None)) is not None


async def stored(gateway: Gateway, wanted: Revision) -> Document:
    """A revision with its content."""
    found = await gateway.reads.revision(wanted.series, wanted.revision)
    if found is None:
        raise not_found()
    return found


def _revision_line(one: Revision, standing: bool) -> RevisionLine:
    return RevisionLine(
        revision=one.revision,
        judgement=one.judgement,
        submission_id=one.submission_id,
        kind=one.kind,
        state=one.state,
        in_force=standing,
        recorded_at=one.recorded_at,
    )


def _view(document: Document, one: Revision, *, standing: bool, owned: bool) -> ReportView:
    content: dict[str, Any] | None = document.get("enriched") or document.get("report")
    figures: Iterable[list[Any]] = document.get("figures") or ()
    if not owned:
        content = shared_report(content or {})
        figures = shared_figures(figures, document.get("centre_only") or ())
    head = _revision_line(one, standing).model_dump()
    if not owned:
        # The id follows from the whole body: with it, a withheld figure could be found by trying.
        head |= {"submission_id": None, "judgement": 0, "kind": "report", "state": "accepted"}
    return ReportView(
        **head,
        reporter=one.participant,
        cycle=one.cycle,
        agency=one.agency,
        report=content,
        figures=[tuple(figure) for figure in figures],
        findings=[Finding.model_validate(found) for found in document.get("findings") or ()] if owned else [],
        explanations=(document.get("explanations") or []) if owned else [],
        review=document.get("review") if owned else None,
    )
