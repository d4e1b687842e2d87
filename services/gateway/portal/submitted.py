"""What a State has sent, as a list needs it: without findings and timeline, of which each may hold a thousand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from contracts.states import State
from runtime.mongo import Document
from services.gateway.api.messages import REVISIONS
from services.gateway.api.permission import demand
from services.gateway.portal.page import SignedInPage
from services.gateway.rules import Target, may
from services.gateway.subject import Subject

MOST_SHOWN = 200
"""Of what was sent for one return: who looks for an earlier one has its receipt."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission in a list."""

    id: str
    cycle: str | None
    agency: str | None
    state: State
    revision: int | None
    received_at: datetime | None


async def newest_submitted(page: SignedInPage, cycles: Collection[str] | None = None) -> list[Submitted]:
    """The newest one for each cycle (of these, or of all) and line of one's State; an agency sees its own.

    Raises Problem and NotNow.
    """
    subject = page.subject
    demand(subject, "see_status", Target(subject.participant, subject.agency))
    where = {"participant": subject.participant, "kind": {"$in": list(REVISIONS)}}
    own = {} if subject.agency is None else {"agency": subject.agency}
    of = {} if cycles is None else {"cycle": {"$in": list(cycles)}}
    return _seen(subject, await page.gateway.reads.newest_submissions({**where, **own, **of}))


async def submitted(
    page: SignedInPage, participant: str, cycle: str, agency: str | None
) -> tuple[list[Submitted], bool]:
    """What was sent for one return, newest first, and whether there is more of it. Raises Problem and NotNow."""
    demand(page.subject, "see_status", Target(participant, agency))
    where = {"participant": participant, "cycle": cycle, "agency": agency, "kind": {"$in": list(REVISIONS)}}
    found = await page.gateway.reads.submission_heads(where, MOST_SHOWN + 1)
    return _seen(page.subject, found[:MOST_SHOWN]), len(found) > MOST_SHOWN


def _seen(subject: Subject, found: list[Document]) -> list[Submitted]:
    return [
        Submitted(
            id=one["_id"],
            cycle=one.get("cycle"),
            agency=one.get("agency"),
            state=one["state"],
            revision=one.get("revision"),
            received_at=one.get("received_at"),
        )
        for one in found
        if may(subject, "see_status", Target(one["participant"], one.get("agency")))
    ]
