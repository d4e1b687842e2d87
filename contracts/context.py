"""What a judge of a report needs to know besides the report: the cycle, the sender's State, its earlier figures.

Ingest puts it into the recorded event, the gateway into a dry run. The judge then needs nothing but the event,
so that any number of judges, at any time, come to the same findings.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from contracts.codes import AgencyCode, CycleId, ParticipantCode
from contracts.directory import Directory
from contracts.figures import Figure
from contracts.moment import Moment
from contracts.period import Period
from contracts.report import Lenient


class CycleFacts(Lenient):
    """The clock of a cycle for one participant, as UTC instants."""

    opens_at: Moment
    due_at: Moment
    closes_at: Moment


class Earlier(Lenient):
    """Figures that the same State has in force for another period."""

    cycle: CycleId
    figures: list[Figure] = Field(default_factory=list)


class Overlap(Lenient):
    """The same figure given by several agencies of one State, or by one and the State itself, in a joined return."""

    question: str
    pointer: str
    values: dict[AgencyCode | ParticipantCode, int | float | None]
    """By agency; under the State's own code, what the State itself has sent."""


class Context(Lenient):
    """Frozen when the revision is recorded. ``cycle`` or ``participant_name`` absent: there is none of that name."""

    received_at: Moment
    cycle: CycleFacts | None = None
    participant_name: str | None = None
    agency_known: bool = False
    previous: Earlier | None = None
    """The period of the same length before this one."""
    related: list[Earlier] = Field(default_factory=list)
    """Reports in force for parts of this period, or for a period that this one is part of."""
    places: list[str] = Field(default_factory=list)
    """Entry and exit points that the State has named before; empty where it has not reported any."""
    overlaps: list[Overlap] = Field(default_factory=list)


def compared_with(cycle: str) -> list[str]:
    """The cycles whose returns say something about this one: the period before, and every other of the same year."""
    period = Period.parse(cycle)
    halves = period.year.halves()
    same_year = [period.year, *halves, *(quarter for half in halves for quarter in half.halves())]
    return [str(one) for one in dict.fromkeys([period.previous(), *same_year]) if one != period]


def build(
    directory: Directory,
    reporter: str,
    cycle_id: str,
    agency: str | None,
    received_at: datetime,
    in_force: Mapping[str, Iterable[Any]],
    overlaps: Iterable[Overlap] = (),
) -> Context:
    """The context of a report. ``in_force``: cycle id to the figures of the State's return in force there."""
    period = Period.parse(cycle_id)
    earlier = {
        Period.parse(cycle): Earlier.model_validate({"cycle": cycle, "figures": list(figures)})
        for cycle, figures in in_force.items()
    }
    related = [
        other for at, other in sorted(earlier.items()) if at != period and (at.contains(period) or period.contains(at))
    ]
    figures = (figure for other in earlier.values() for figure in other.figures)
    places = {figure.member for figure in figures if figure.dimension.endswith("_point")}
    cycle = directory.cycle(cycle_id)
    participant = directory.participant(reporter)
    return Context(
        received_at=received_at,
        cycle=cycle
        and CycleFacts(
            opens_at=directory.opens_at(cycle, reporter),
            due_at=directory.due_at(cycle, reporter),
            closes_at=directory.closes_at(cycle, reporter),
        ),
        participant_name=participant.name if participant else None,
        agency_known=agency is not None and directory.agency(agency) is not None,
        previous=earlier.get(period.previous()),
        related=related,
        places=sorted(places),
        overlaps=list(overlaps),
    )
