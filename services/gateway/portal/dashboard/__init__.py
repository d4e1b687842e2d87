"""The dashboard: what matters now, for each role."""

from services.gateway.portal.dashboard.pages import router
from services.gateway.portal.page_set import PageSet

PAGES = PageSet("dashboard", router)
