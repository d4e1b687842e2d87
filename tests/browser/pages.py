"""Every page there is and who looks at it: for the pictures, and for the checks that hold for all of them.

Add a page set's pages here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cli.demo.cycles import calendar


@dataclass(frozen=True)
class Seen:
    """``name``: of its picture."""

    name: str
    path: str
    login: str | None


EVERYBODY = ("centre", "thailand", "thailand-analyst", "indonesia-immigration", "operator")

HALF = calendar(datetime.now(UTC).date()).half
"""The demonstration's current half-year, which has a return of every fate."""

PAGES: tuple[Seen, ...] = (
    Seen("sign-in", "/sign-in", None),
    Seen("not-found", "/nothing-here", None),
    *(Seen(f"dashboard-{login}", "/", login) for login in EVERYBODY),
    Seen("not-found-signed-in", "/nothing-here", "thailand"),
    Seen("password", "/account/password", "thailand"),
    Seen("returns", "/returns", "thailand"),
    Seen("returns-analyst", "/returns", "thailand-analyst"),
    Seen("return-tasks", "/returns/2013-H1/TH", "thailand"),
    Seen("return-rows", "/returns/2013-H1/TH/illegal_entries.by_citizenship", "thailand"),
    Seen("return-parts", "/returns/2013-H1/TH/smuggled_migrants.by_mode_and_last_exit", "thailand"),
    Seen("return-routes", "/returns/2013-H1/TH/routes.by_countries", "thailand"),
    Seen("return-fees", "/returns/2013-H1/TH/methods_and_fees.by_from_to", "thailand"),
    Seen("return-check", "/returns/2013-H1/TH/check", "thailand"),
    Seen("return-of-an-agency", "/returns", "indonesia-immigration"),
    Seen("return-tasks-of-an-agency", f"/returns/{HALF}/ID-IMM", "indonesia-immigration"),
    Seen("desk", "/desk", "indonesia"),
    Seen("desk-without-agencies", "/desk", "thailand"),
    Seen("desk-parts", f"/desk/{HALF}", "indonesia"),
    Seen("search", "/search", "thailand-analyst"),
    Seen("search-over-time", "/search?from=2012&to=2013-H1&view=series", "centre"),
    Seen("search-routes", "/search?indicator=routes&by=route&from=2013-H1", "thailand-analyst"),
    Seen("search-nothing", "/search?indicator=illegal_residences&by=citizenship&from=2013-H1", "thailand-analyst"),
    Seen("search-citizenship-nothing", "/search/citizenship/IS?period=2013-H1", "thailand-analyst"),
    Seen("search-closed", "/search?indicator=illegal_exits&by=citizenship&from=2012", "thailand"),
    Seen("search-errors", "/search?indicator=refused_entries&by=gender&member=Atlantis&from=2013&to=2012", "thailand"),
    Seen("search-question-routes", "/search/routes?from=2013-H1", "thailand-analyst"),
    Seen("search-question-irregular", "/search/irregular?from=2013-H1", "thailand-analyst"),
    Seen("search-question-criminals", "/search/criminals?from=2013-H1", "thailand-analyst"),
    Seen("search-flows", "/search/flows?from=2013-H1", "thailand-analyst"),
    Seen("search-citizenship", "/search/citizenship/AF?period=2013-H1", "thailand-analyst"),
    Seen("search-route", "/search/route/AF%3EPK%3EMY%3EID?period=2013-H1", "thailand-analyst"),
    Seen("cycles", "/cycles", "centre"),
    Seen("participants", "/participants", "centre"),
    Seen("cycle", "/cycles/2013-H1", "centre"),
    Seen("cycles-seen-by-a-state", "/cycles", "thailand"),
    Seen("cycle-form-new", "/cycles/new", "centre"),
    Seen("cycle-form", "/cycles/2013-H1/change", "centre"),
    Seen("cycle-in-use-to-be-removed", "/cycles/2013-H1/remove", "centre"),
    Seen("extension", "/cycles/2013-H1/extensions", "centre"),
    Seen("arrivals", "/arrivals", "centre"),
    Seen("return-for-the-centre", "/cycles/2013-H1/returns/TH", "centre"),
    Seen("arrivals-none", "/arrivals?state=withdrawn", "centre"),
    Seen("return-rejected", f"/cycles/{HALF}/returns/HK", "centre"),
    Seen("return-explained", f"/cycles/{HALF}/returns/KH", "centre"),
    Seen("return-to-be-corrected", "/cycles/2013-H1/returns/PK", "centre"),
    Seen("desk-cycle", "/desk/2013-H1", "indonesia"),
    Seen("participant", "/participants/ID", "indonesia"),
    Seen("participant-form", "/participants/new", "centre"),
    Seen("participant-seen-by-the-centre", "/participants/TH", "centre"),
    Seen("participant-form-change", "/participants/ID/change", "centre"),
    Seen("focal-point-form", "/participants/ID/focal-points/new", "indonesia"),
    Seen("agency-keys", "/participants/ID/agencies/ID-IMM/keys", "indonesia"),
    Seen("agency-form", "/participants/ID/agencies/new", "indonesia"),
    Seen("agency-keys", "/participants/ID/agencies/ID-MAR/keys", "indonesia"),
    Seen("users", "/users", "centre"),
    Seen("user-form", "/users/new", "centre"),
    Seen("notices", "/notices", "thailand"),
    Seen("notices-centre", "/notices", "centre"),
    Seen("notices-none", "/notices?cycle=2012", "thailand"),
    Seen("users-of-a-state", "/users", "thailand"),
    Seen("notices-operator", "/notices", "operator"),
    Seen("help", "/content/help", "thailand"),
    Seen("guide", "/content/guide", "thailand"),
    Seen("definitions", "/content/definitions", "thailand"),
    Seen("findings", "/content/findings", "thailand"),
    Seen("access", "/content/access", "thailand"),
)
