"""Returns as tests write them, their events, and an oracle: what the aggregates hold once they are all folded.

The oracle shares nothing with the service: plain dictionaries, the highest (revision, judgement) of each series.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from contracts.events import Payload, ReportAccepted, ReportWithdrawn
from contracts.figures import Figure, Table
from contracts.identity import event_id, series_id
from contracts.wire import Event
from services.aggregation.rules import Contribution, Place, Share
from services.aggregation.tables import cells_in, tables_of

Cells = dict[tuple[str, str, str, str, str], int]
"""(period, dimension, member, participant, indicator) to value."""

NOW = datetime(2013, 7, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Return:
    """A judged national return; ``figures`` None: a withdrawal."""

    participant: str
    cycle: str
    revision: int
    figures: tuple[tuple[str, str, str, int], ...] | None = ()
    judgement: int = 0
    centre_only: tuple[tuple[str, str], ...] = field(default=())

    @property
    def series(self) -> str:
        return series_id(self.participant, self.cycle)

    @property
    def submission(self) -> str:
        return f"{self.series}#{self.revision}.{self.judgement}"


def by_citizenship(participant: str, cycle: str, revision: int, **members: int) -> Return:
    """A return of illegal entries by citizenship."""
    figures = tuple(("illegal_entries", "citizenship", member, value) for member, value in members.items())
    return Return(participant, cycle, revision, figures)


def withdrawn(participant: str, cycle: str, revision: int) -> Return:
    return Return(participant, cycle, revision, None)


def event_of(one: Return) -> Event[Payload]:
    """The event by which a return reaches the topic."""
    revision = {
        "submission_id": one.submission,
        "series": one.series,
        "participant": one.participant,
        "cycle": one.cycle,
        "revision": one.revision,
        "judgement": one.judgement,
    }
    data: Payload
    if one.figures is None:
        data = ReportWithdrawn.model_validate({**revision, "reason": "sent too early"})
    else:
        data = ReportAccepted.model_validate(
            {
                **revision,
                "report": {},
                "figures": [Figure(*figure) for figure in one.figures],
                "answered": sorted({Table(*figure[:2]) for figure in one.figures}),
                "centre_only": list(one.centre_only),
            }
        )
    return Event(event_id(one.submission, "judged"), "vrs/test", NOW, data, one.submission)


def contribution_of(one: Return, partition: int = 0, offset: int = 0) -> Contribution:
    """What a worker reads from that event."""
    tables = tables_of(one.figures or ())
    return Contribution(
        one.participant,
        one.cycle,
        one.revision,
        one.judgement,
        dimensions=tuple(sorted(tables)),
        cells=cells_in(tables),
        answered=tuple(sorted({f"{i}|{d}" for i, d, _, _ in one.figures or ()})),
        centre_only=tuple(sorted(f"{i}|{d}" for i, d in one.centre_only)),
        withdrawn=one.figures is None,
        partition=partition,
        offset=offset,
        tables=tables,
    )


def expected(returns: Iterable[Return]) -> Cells:
    """Every figure that should stand in the aggregates."""
    newest: dict[str, Return] = {}
    for one in returns:
        other = newest.get(one.series)
        if other is None or (other.revision, other.judgement) < (one.revision, one.judgement):
            newest[one.series] = one
    return {
        (one.cycle, dimension, member, one.participant, indicator): value
        for one in newest.values()
        for indicator, dimension, member, value in one.figures or ()
    }


def found(aggregates: Iterable[tuple[Place, Share]]) -> Cells:
    """Every figure that does."""
    return {
        (place.period, place.dimension, member, place.participant, indicator): value
        for place, share in aggregates
        for indicator, cells in share.cells.items()
        for member, value in cells.items()
    }
