"""Participants, focal points, agencies and users."""

from services.gateway.portal.menu import N_, Entry
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.people.pages import router

PAGES = PageSet(
    "people",
    router,
    (Entry("Users", N_("Participants"), "/participants", order=10),),
)
