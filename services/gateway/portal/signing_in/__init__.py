"""Signing in and out, the language, one's own password."""

from services.gateway.portal.menu import N_, Entry
from services.gateway.portal.page_set import PageSet
from services.gateway.portal.signing_in.pages import router

PAGES = PageSet("signing_in", router, (Entry("Exit", N_("Change password"), "/account/password", order=10),))
