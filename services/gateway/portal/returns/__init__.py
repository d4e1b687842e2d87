"""The template as forms: the returns of one's State, question by question, until they are sent."""

from services.gateway.portal.menu import N_, Entry, roles
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.returns.pages import router

PAGES = PageSet(
    "returns",
    router,
    (Entry("Reports", N_("Returns"), "/returns", roles("focal-point", "agency", "analyst"), order=10),),
)
