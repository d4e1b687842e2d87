"""Help: the guide to reporting and the defined terms."""

from services.gateway.portal.content.pages import router
from services.gateway.portal.menu import N_, Entry
from services.gateway.portal.page_set import PageSet

PAGES = PageSet(
    "content",
    router,
    (Entry("Content", N_("Definitions"), "/content/definitions", order=10),),
)
