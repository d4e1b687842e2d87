"""How migrants were brought from country to country and what they paid: line by line, from the returns themselves.

Aggregates do not tell which method belongs to which way, so the returns that the visitor may open are read for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from contracts.figures import Table
from contracts.period import parse_span
from services.gateway.api.reports import report
from services.gateway.portal.page import SignedInPage
from services.gateway.problems import Problem
from services.gateway.visibility import Contribution, Visibility

QUESTION = "methods_and_fees.by_from_to"
TABLE = Table("methods_and_fees", "smuggling_method")
MOST_RETURNS = 40
"""The newest ones; each is three look-ups."""


@dataclass(frozen=True, slots=True)
class Way:
    """One line of a State's answer, as that State reports it. Amounts in units of ``currency``."""

    reporter: str
    cycle: str
    start: str
    end: str
    citizenship: str | None
    mode: str | None
    methods: tuple[str, ...]
    payment: tuple[str, ...]
    lowest: int | None
    typical: int | None
    highest: int | None
    currency: str | None


Keeps = Callable[[Way], bool]


async def ways(page: SignedInPage, period: str, keeps: Keeps) -> list[Way]:
    """The lines about the ways that are asked for, in a period, of the returns open to the visitor. Raises NotNow."""
    in_force = await page.gateway.reads.in_force()
    visibility = Visibility(page.subject, in_force.of(page.subject.participant))
    within = in_force.within([parse_span(period)])
    open_ones = [one for one in within if _answers(one) and visibility.sees(one, TABLE)]
    newest = sorted(open_ones, key=lambda one: (-one.cycle.end, one.participant))[:MOST_RETURNS]
    found: list[Way] = []
    for one in newest:
        try:
            shown = await report(one.participant, str(one.cycle), page.subject, page.gateway)
        except Problem:
            continue  # withdrawn a moment ago: it stands behind nothing any more
        found += of_report(one.participant, str(one.cycle), shown.report or {})
    return [one for one in found if keeps(one)]


def of_report(reporter: str, cycle: str, content: dict[str, Any]) -> Iterable[Way]:
    """The lines of one return."""
    lines = ((content.get("answers") or {}).get(QUESTION) or {}).get("fees") or ()
    for one in lines:
        yield Way(
            reporter,
            cycle,
            one.get("from", ""),
            one.get("to", ""),
            one.get("citizenship"),
            one.get("mode"),
            tuple(one.get("methods") or ()),
            tuple(one.get("payment") or ()),
            one.get("fee_min"),
            one.get("fee_typical"),
            one.get("fee_max"),
            one.get("currency"),
        )


def _answers(one: Contribution) -> bool:
    return any(table.indicator == TABLE.indicator for table in one.answered)
