"""The page sets of the portal: one line each."""

from services.gateway.portal import centre, content, dashboard, desk, people, returns, search, signing_in
from services.gateway.portal.page_set import PageSet

SETS: tuple[PageSet, ...] = (
    signing_in.PAGES,
    dashboard.PAGES,
    returns.PAGES,
    desk.PAGES,
    search.PAGES,
    centre.PAGES,
    people.PAGES,
    content.PAGES,
)
