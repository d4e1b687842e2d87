"""The output part: figures found, compared, charted and mapped, and taken away."""

from services.gateway.portal.menu import N_, Entry, roles
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.search.pages import router
from services.gateway.portal.search.questions import QUESTIONS

_READERS = roles("focal-point", "agency", "analyst", "centre")
PAGES = PageSet(
    "search",
    router,
    (
        Entry("Reports", N_("Search"), "/search", _READERS, order=30),
        *(
            Entry("Reports", one.label, f"/search/{one.path}", _READERS, order=31 + place)
            for place, one in enumerate(QUESTIONS)
        ),
        Entry("Reports", N_("Map of routes"), "/search/flows", _READERS, order=35),
    ),
)
