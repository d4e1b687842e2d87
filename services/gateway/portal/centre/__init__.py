"""What the centre keeps: cycles, extensions, completeness, what arrived, and its word on a return."""

from services.gateway.portal.centre.pages import router
from services.gateway.portal.menu import N_, Entry, roles
from services.gateway.portal.page_set import PageSet

PAGES = PageSet(
    "centre",
    router,
    (
        Entry("Reports", N_("Cycles and completeness"), "/cycles", order=40),
        Entry("Reports", N_("Submissions received"), "/arrivals", roles("centre"), order=45),
    ),
)
