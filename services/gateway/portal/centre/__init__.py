"""What the centre keeps: cycles, extensions, completeness, the mails that went out."""

from services.gateway.portal.centre.pages import router
from services.gateway.portal.menu import N_, Entry
from services.gateway.portal.page_set import PageSet

PAGES = PageSet(
    "centre",
    router,
    (Entry("Reports", N_("Cycles"), "/cycles", order=40),),
)
