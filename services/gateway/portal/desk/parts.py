"""What the desk lays out: the State's own return and the parts of its agencies that are in force."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.context import Overlap
from contracts.merging import join, with_explanations
from contracts.report import Report
from runtime.mongo import Document
from services.gateway.api.reports import stored
from services.gateway.portal.page import SignedInPage
from services.gateway.series import Revision, base_of_partial, in_force, revision_of


@dataclass(frozen=True)
class Parts:
    """``own``: what the State itself has said, if it has. ``national``: the return in force.

    ``joined`` and ``overlaps``: what a release would send, and where sources meet that nobody has decided about;
    None where there is no part, or where they are too large to be joined.
    """

    own: Report | None
    own_at: datetime | None
    parts: Mapping[str, Report]
    heads: Mapping[str, Revision]
    newest: Mapping[str, Revision]
    national: Revision | None
    joined: Report | None
    overlaps: list[Overlap]


async def parts_of(page: SignedInPage, participant: str, cycle: str) -> Parts:
    """Read what is in force. Whoever calls has demanded that the visitor may release this return."""
    held = [revision_of(one) for one in await page.gateway.reads.revisions(participant=participant, cycle=cycle)]
    by_agency = {code: [one for one in held if one.agency == code] for code in sorted({x.agency or "" for x in held})}
    heads = {code: head for code, line in by_agency.items() if code and (head := in_force(line)) is not None}
    parts = {code: _as_reported(await stored(page.gateway, head)) for code, head in heads.items()}
    national = [one for one in held if one.agency is None]
    # The State's own word: a joined return is made of what stands here already.
    base = base_of_partial(one for one in national if one.kind != "joined")
    own = _own(await stored(page.gateway, base)) if base else None
    seen = [code for code, head in heads.items() if base and head.recorded_at < base.recorded_at]
    newest = {code: max(line, key=lambda one: one.revision) for code, line in by_agency.items() if code}
    # In a thread: two parts of 1 MB take a second, and others are waiting.
    joined, overlaps = await asyncio.to_thread(_joined, own, parts, seen)
    own_at = base.recorded_at if base else None
    return Parts(own, own_at, parts, heads, newest, in_force(national), joined, overlaps)


def _joined(own: Report | None, parts: Mapping[str, Report], seen: list[str]) -> tuple[Report | None, list[Overlap]]:
    try:
        return join(own, parts, seen)
    except ValueError:
        return None, []


def _as_reported(document: Document) -> Report:
    """With what was explained since as comments, as it is joined."""
    return with_explanations(Report.model_validate(document["report"]), document.get("explanations") or ())


def _own(document: Document) -> Report:
    """Without the figures of agencies that it built on."""
    own = document.get("own")
    return _as_reported(document) if own is None else Report.model_validate(own)
