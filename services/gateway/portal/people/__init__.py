"""Participants, focal points, agencies and users; the notices that went out."""

from services.gateway.portal.menu import N_, Entry, roles
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.people.pages import router

PAGES = PageSet(
    "people",
    router,
    (
        Entry("Users", N_("Participants"), "/participants", order=10),
        Entry("Users", N_("Users"), "/users", roles("centre", "focal-point"), order=20),
        Entry("Users", N_("Notices and mails"), "/notices", roles("centre", "focal-point", "operator"), order=30),
    ),
)
