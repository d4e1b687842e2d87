"""An analyst's dashboard: the newest figures that may be seen, each with who stands behind it."""

from dataclasses import dataclass

from services.gateway.api import aggregates
from services.gateway.api.aggregates import AggregateRow, Aggregates
from services.gateway.portal.dashboard.rules import share
from services.gateway.portal.page import SignedInPage

ROWS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A row and its width in hundredths of the longest."""

    row: AggregateRow
    width: int


@dataclass(frozen=True, slots=True)
class AnalystDashboard:
    period: str
    coverage: aggregates.CoverageView
    opens_with: list[aggregates.ClosedDoor]
    citizenships: list[Bar]
    routes: list[Bar]


async def analyst_dashboard(page: SignedInPage) -> AnalystDashboard:
    """The latest cycle that anybody has reported for."""
    citizenships = await page.ask(aggregates.aggregates, dimension="citizenship", indicator="illegal_entries")
    routes = await page.ask(aggregates.aggregates, dimension="route", indicator="routes")
    rows = [*citizenships.rows, *routes.rows]
    return AnalystDashboard(
        period=rows[0].period if rows else "",
        coverage=citizenships.coverage,
        opens_with=citizenships.opens_with,
        citizenships=_bars(citizenships),
        routes=_bars(routes),
    )


def _bars(found: Aggregates) -> list[Bar]:
    shown = sorted(found.rows, key=lambda row: -row.value)[:ROWS_SHOWN]
    longest = max((row.value for row in shown), default=0)
    return [Bar(row, share(row.value, longest)) for row in shown]
