"""An analyst's dashboard: the newest figures that may be seen, each with who stands behind it."""

from dataclasses import dataclass

from contracts.period import Period
from services.gateway.api import aggregates
from services.gateway.api.aggregates import AggregateRow, Aggregates
from services.gateway.portal.dashboard.rules import share
from services.gateway.portal.page import SignedInPage

ROWS_SHOWN = 8
CYCLES_TRIED = 6


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
    """Of the latest cycle with figures that this visitor may see, else of the latest one, which then has none."""
    await page.gateway.view.refresh()
    latest = sorted((Period.parse(one.id) for one in page.gateway.view.directory.cycles()), key=_end, reverse=True)
    citizenships, routes = await _figures(page, str(latest[0]) if latest else None)
    for period in latest[1:CYCLES_TRIED]:
        if citizenships.rows or routes.rows:
            break
        citizenships, routes = await _figures(page, str(period))
    rows = [*citizenships.rows, *routes.rows]
    return AnalystDashboard(
        period=rows[0].period if rows else "",
        coverage=citizenships.coverage,
        opens_with=citizenships.opens_with,
        citizenships=_bars(citizenships),
        routes=_bars(routes),
    )


async def _figures(page: SignedInPage, period: str | None) -> tuple[Aggregates, Aggregates]:
    asked = (("citizenship", "illegal_entries"), ("route", "routes"))
    first, second = [
        await page.ask(aggregates.aggregates, dimension=dimension, indicator=indicator, period=period)
        for dimension, indicator in asked
    ]
    return first, second


def _end(period: Period) -> tuple[int, int]:
    return period.end, period.first_month


def _bars(found: Aggregates) -> list[Bar]:
    shown = sorted(found.rows, key=lambda row: -row.value)[:ROWS_SHOWN]
    longest = max((row.value for row in shown), default=0)
    return [Bar(row, share(row.value, longest)) for row in shown]
