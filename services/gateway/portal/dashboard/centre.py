"""The centre's dashboard: who has reported in which cycle, what arrived, what is to be looked at."""

from dataclasses import dataclass

from contracts.records import Extension
from services.gateway.api import cycles, submissions
from services.gateway.api.cycles import CompletenessView, StandingView
from services.gateway.api.messages import SubmissionStatus
from services.gateway.portal.page import SignedInPage
from services.gateway.portal.stretch import Stretch

CYCLES_SHOWN = 6
ARRIVED_SHOWN = 8


@dataclass(frozen=True, slots=True)
class CentreDashboard:
    """``matrix``: participant to cycle to its standing; a gap where it is not expected."""

    cycles: list[CompletenessView]
    matrix: dict[str, dict[str, StandingView]]
    overdue: list[tuple[str, str]]
    arrived: list[SubmissionStatus]
    to_look_at: list[SubmissionStatus]
    extensions: list[Extension]


async def centre_dashboard(page: SignedInPage) -> CentreDashboard:
    """Everything through the interface's own functions, as the centre."""
    held = await page.ask_all(cycles.cycles)
    newest = Stretch.of(held, "", CYCLES_SHOWN).cycles[::-1]
    views = [await page.ask(cycles.standing, cycle=one.id) for one in newest]
    matrix: dict[str, dict[str, StandingView]] = {}
    for view in views:
        for one in view.items:
            matrix.setdefault(one.participant, {})[view.cycle] = one
    arrived = (await page.ask(submissions.submissions, limit=ARRIVED_SHOWN)).items
    waiting = [
        one
        for state in ("needs_explanation", "correction_requested")
        for one in (await page.ask(submissions.submissions, state=state, limit=20)).items
    ]
    return CentreDashboard(
        cycles=views,
        matrix=dict(sorted(matrix.items())),
        overdue=[(one.participant, view.cycle) for view in views for one in view.items if one.overdue],
        arrived=arrived,
        to_look_at=waiting,
        extensions=[one for cycle in newest for one in page.gateway.view.directory.extensions(cycle.id)],
    )
