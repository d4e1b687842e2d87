"""The operations team's dashboard: how far the services are behind, what was set aside, which mails failed."""

from collections import Counter
from dataclasses import dataclass

from contracts.events import DeadLettered
from services.gateway.api import notifications
from services.gateway.portal.page import SignedInPage
from services.gateway.portal.pipeline import Lag

LETTERS_SHOWN = 20
NOTICES_READ = 200


@dataclass(frozen=True, slots=True)
class OperatorDashboard:
    """``mails``: how many of the newest notices stand in which state, by channel."""

    lags: list[Lag]
    letters: list[DeadLettered]
    mails: list[tuple[str, str, int]]


async def operator_dashboard(page: SignedInPage) -> OperatorDashboard:
    """No figure, no text of a report: an operator sees the machinery."""
    states: Counter[tuple[str, str]] = Counter()
    cursor: str | None = None
    while True:
        found = await page.ask(notifications.notifications, limit=NOTICES_READ, cursor=cursor)
        states.update((one.kind, one.state) for notice in found.items for one in notice.channels)
        cursor = found.next
        if cursor is None:
            break
    return OperatorDashboard(
        lags=await page.portal.pipeline.lags(),
        letters=await page.portal.pipeline.dead_letters(LETTERS_SHOWN),
        mails=sorted((kind, state, count) for (kind, state), count in states.items()),
    )
