"""Help: how to report, the defined terms, what each finding means, and who may see what."""

from services.gateway.portal.content.pages import router
from services.gateway.portal.menu import N_, Entry
from services.gateway.portal.page_set import PageSet

PAGES = PageSet(
    "content",
    router,
    (
        Entry("Content", N_("Help"), "/content/help", order=5),
        Entry("Content", N_("Guide to reporting"), "/content/guide", order=8),
        Entry("Content", N_("Definitions"), "/content/definitions", order=10),
        Entry("Content", N_("What findings mean"), "/content/findings", order=20),
        Entry("Content", N_("Who may see what"), "/content/access", order=30),
    ),
)
