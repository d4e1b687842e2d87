"""The page sets of the portal, in the order of their menu entries: one line each."""

from services.gateway.portal import dashboard, signing_in
from services.gateway.portal.page_set import PageSet

SETS: tuple[PageSet, ...] = (signing_in.PAGES, dashboard.PAGES)
