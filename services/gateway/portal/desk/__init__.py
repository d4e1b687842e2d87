"""The national desk: the parts of the agencies of one State side by side."""

from services.gateway.portal.desk.pages import router
from services.gateway.portal.menu import N_, Entry, roles
from services.gateway.portal.page_set import PageSet

PAGES = PageSet(
    "desk",
    router,
    (Entry("Reports", N_("National desk"), "/desk", roles("focal-point"), order=20),),
)
