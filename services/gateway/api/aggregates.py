"""Aggregates: figures by dimension and member, over States and periods, summed over what the caller may see."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from contracts import template as templates
from contracts.period import Period, parse_span
from contracts.period import rolling as half_years
from contracts.template import Template
from services.gateway import dimensions, figures
from services.gateway.api.permission import needs
from services.gateway.api.route import Caller, Ports, Route
from services.gateway.asked import Asked, answers
from services.gateway.dimensions import NotAMember
from services.gateway.figures import Answer, Coverage
from services.gateway.in_force import InForce, Span
from services.gateway.ports import Gateway
from services.gateway.problems import Problem, documented, fault

FRESH_SECONDS = 0.5
"""Figures do not wait longer for the newest cycles, which only tell how many were expected."""
router = APIRouter(route_class=Route, tags=["aggregates"], responses=documented())


class RollingPoint(BaseModel):
    """One half-year; no value where nobody that the caller may see has a figure for it."""

    period: str
    value: int | None
    complete: bool


class AggregateRow(BaseModel):
    """A figure, the States that it rests on, and whether each of them covers the whole period."""

    member: str
    name: str
    period: str
    indicator: str
    value: int
    reporters: list[str]
    complete: bool
    rolling: list[RollingPoint] | None = None


class CoverageView(BaseModel):
    """How many of the participants expected in the period have a return in force."""

    reported: int
    expected: int


class ClosedDoor(BaseModel):
    """A return of one's own that would open the other States' figures of its cycle."""

    reporter: str
    cycle: str


class Aggregates(BaseModel):
    rows: list[AggregateRow]
    coverage: CoverageView
    opens_with: list[ClosedDoor] = Field(description="Own returns that would open more of these figures.")
    as_of: datetime


@router.get("/aggregates/{dimension}", response_model_exclude_unset=True, dependencies=[needs("see_table")])
async def aggregates(
    dimension: str,
    caller: Caller,
    gateway: Ports,
    indicator: Annotated[str | None, Query(description="A group of the template, as illegal_entries.")] = None,
    period: Annotated[
        str | None, Query(max_length=30, description="A cycle, a year, or from..to. Without it the latest cycle.")
    ] = None,
    member: Annotated[
        str | None, Query(max_length=500, description="Countries by code or name; a route as AF>PK>MY>ID.")
    ] = None,
    reporter: Annotated[str | None, Query(description="The figures of this participant alone.")] = None,
    rolling: Annotated[int, Query(ge=0, le=40, description="Adds the last so many half-years to each row.")] = 0,
) -> Aggregates:
    """Figures by the members of a dimension: each State's own ones, and those that its own returns have opened."""
    template = templates.load()
    if dimension not in dimensions.known(template):
        raise Problem(404, f"There is no such dimension. There are: {', '.join(dimensions.known(template))}.")
    wanted = _member(template, dimension, member)
    if indicator is not None and indicator not in dimensions.indicators(template):
        known = ", ".join(dimensions.indicators(template))
        raise Problem(422, "There is no such indicator.", [fault("indicator.unknown", f"There are: {known}.")])
    span = _span(period)

    await gateway.view.freshen(FRESH_SECONDS)
    in_force = await gateway.reads.in_force()
    span = span or _latest(gateway, in_force)
    window = half_years(span[-1], rolling) if span else ()
    spans = [span, *((half,) for half in window)] if span else []

    found: Answer = []
    if span:
        asked = Asked(dimension, indicator, wanted, reporter, window)
        in_force, [found] = await answers(gateway, caller, asked, [span], in_force)
    shown = period if period is not None else str(span[0]) if span else ""
    return Aggregates(
        rows=[_row(template, dimension, row, shown, rolling) for row in found],
        coverage=_coverage(gateway, in_force, span),
        opens_with=[
            ClosedDoor(reporter=caller.participant or "", cycle=str(cycle))
            for cycle in figures.closed_doors(caller, in_force, spans)
        ],
        as_of=gateway.now(),
    )


def _row(template: Template, dimension: str, row: figures.Row, period: str, rolling: int) -> AggregateRow:
    shown = AggregateRow(
        member=row.member,
        name=dimensions.name(template, dimension, row.member),
        period=period,
        indicator=row.indicator,
        value=row.value,
        reporters=list(row.reporters),
        complete=row.complete,
    )
    if not rolling:
        return shown
    points = [RollingPoint(period=str(one.period), value=one.value, complete=one.complete) for one in row.rolling]
    return shown.model_copy(update={"rolling": points})


def _coverage(gateway: Gateway, in_force: InForce, span: Span | None) -> CoverageView:
    expected = [(Period.parse(one.id), one.expected) for one in gateway.view.directory.cycles()]
    found = figures.coverage(expected, in_force, span) if span else Coverage(0, 0)
    return CoverageView(reported=found.reported, expected=found.expected)


def _latest(gateway: Gateway, in_force: InForce) -> Span | None:
    """The latest cycle that anybody has reported for, else the latest there is."""
    found = figures.latest(in_force.reporters or [Period.parse(one.id) for one in gateway.view.directory.cycles()])
    return (found,) if found else None


def _span(period: str | None) -> Span | None:
    if period is None:
        return None
    try:
        return parse_span(period)
    except ValueError as error:
        raise Problem(422, "The period cannot be read.", [fault("parameter.invalid", f"period: {error}.")]) from error


def _member(template: Template, dimension: str, text: str | None) -> str | None:
    if text is None:
        return None
    match dimensions.member(template, dimension, text):
        case NotAMember(suggestions=suggestions):
            hint = f"Did you mean {', '.join(suggestions)}?" if suggestions else None
            error = fault("member.unknown", "This names no member of the dimension.", suggestion=hint)
            raise Problem(422, "The member cannot be read.", [error])
        case str() as member:
            return member
