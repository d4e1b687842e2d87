"""Are the aggregates what the stored reports say, and making them anew.

`check` recomputes every figure from ingest's `reports` with code of its own: it knows the shapes that
docs/architecture.md names and nothing of the service that keeps the aggregates. Plain dictionaries; slow is fine.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from cli.settings import Refused
from contracts.figures import members_of
from contracts.states import IN_FORCE
from runtime.mongo import Database, Document, connect
from runtime.settings import ServiceSettings

Cell = tuple[str, str, str, str, str]
"""Period, dimension, member, participant, indicator."""


@dataclass(frozen=True, order=True)
class Difference:
    """A figure that the aggregates hold otherwise than the reports. None: not at all."""

    period: str
    dimension: str
    member: str
    participant: str
    indicator: str
    expected: int | None
    found: int | None

    def __str__(self) -> str:
        def said(value: int | None) -> str:
            return "nothing" if value is None else str(value)

        place = f"{self.participant} {self.period} {self.indicator} {self.dimension} {self.member!r}"
        return f"{place}: the reports say {said(self.expected)}, the aggregates {said(self.found)}"


async def check(settings: ServiceSettings) -> list[Difference]:
    """Every difference, in both directions; none on a system that is at rest and right.

    A report that was accepted in this moment may be in the one and not yet in the other: then check again.
    """
    database = connect(settings)
    try:
        expected = await _reported(database)
        found = await _aggregated(database)
    finally:
        database.client.close()
    cells = expected.keys() | found.keys()
    return sorted(
        (
            Difference(*cell, expected.get(cell), found.get(cell))
            for cell in cells
            if expected.get(cell) != found.get(cell)
        ),
        key=lambda one: (one.period, one.dimension, one.member, one.participant, one.indicator),
    )


async def rebuild(settings: ServiceSettings, *, force: bool = False) -> None:
    """Fold every judged report again and replace what differs, while workers run or not. Raises NotNow and Refused.

    ``force``: also take away what the topic does not tell of.
    """
    # Imported here: the check above must not rest on the service that it checks.
    from services.aggregation.rebuild import NotTheWhole
    from services.aggregation.rebuild import rebuild as again

    try:
        await again(settings, force=force)
    except NotTheWhole as error:
        raise Refused(
            f"{error}: not the whole topic, as on another cluster after a restore, or where the broker has lost"
            " messages. No figure was changed. Only where you know these for damage: --force takes them away"
        ) from None


async def _reported(database: Database) -> dict[Cell, int]:
    """The figures of every national return in force: the highest accepted revision that no withdrawal follows."""
    highest: dict[str, Document] = {}
    async for report in _national(database):
        counts = report.get("kind") == "withdrawal" or report.get("state") in IN_FORCE
        other = highest.get(report["series"])
        if counts and (other is None or other["revision"] < report["revision"]):
            highest[report["series"]] = report
    return {
        (report["cycle"], dimension, member, report["participant"], indicator): int(value)
        for report in highest.values()
        if report.get("kind") != "withdrawal"
        for indicator, dimension, member, value in report.get("figures") or ()
    }


def _national(database: Database) -> AsyncIterator[Document]:
    fields = dict.fromkeys(("series", "participant", "cycle", "revision", "kind", "state", "figures"), 1)
    return database["reports"].find({"agency": None}, fields)


async def _aggregated(database: Database) -> dict[Cell, int]:
    found: dict[Cell, int] = {}
    async for one in database["aggregates"].find():
        for indicator, cells in one["cells"].items():
            for member, value in members_of(cells).items():
                found[one["period"], one["dimension"], member, one["participant"], indicator] = int(value)
    return found
