"""The output part: figures found, compared, charted and mapped."""

from services.gateway.portal.menu import N_, Entry, roles
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.search.pages import router

PAGES = PageSet(
    "search",
    router,
    (Entry("Reports", N_("Search"), "/search", roles("focal-point", "agency", "analyst", "centre"), order=30),),
)
