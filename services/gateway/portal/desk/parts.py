"""What the desk lays out: the State's own return and the parts of its agencies that are in force."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.context import Overlap
from contracts.merging import join, with_explanations
from contracts.report import Report
from runtime.mongo import Document
from services.gateway.api.reports import stored
from services.gateway.portal.page import SignedInPage
from services.gateway.series import Revision, base_of_partial, in_force, revision_of


@dataclass(frozen=True)
class Standing:
    """How a cycle stands, without what any return says. Of each agency ``heads``: its part in force, and ``newest``.

    ``own``: the State's own word; a joined return is made of what stands here already. ``national``: the one in force.
    """

    heads: Mapping[str, Revision]
    newest: Mapping[str, Revision]
    own: Revision | None
    national: Revision | None

    @property
    def later(self) -> int:
        """How many parts in force the national return cannot know of: it is made of what is accepted by then."""
        known = self.national
        since = [head.accepted_at or head.recorded_at for head in self.heads.values()]
        return sum(1 for one in since if known is None or one > known.recorded_at)


@dataclass(frozen=True)
class Parts:
    """What the returns of a cycle say. ``own``: what the State itself has said, if it has.

    ``joined`` and ``overlaps``: what a release would send, and where sources meet that nobody has decided about;
    None where there is no part, or where they are too large to be joined.
    """

    standing: Standing
    own: Report | None
    parts: Mapping[str, Report]
    joined: Report | None
    overlaps: list[Overlap]


async def standing_of(page: SignedInPage, participant: str, cycle: str) -> Standing:
    """Read no more than heads. Whoever calls has demanded that the visitor may release this return."""
    held = [revision_of(one) for one in await page.gateway.reads.revisions(participant=participant, cycle=cycle)]
    national = [one for one in held if one.agency is None]
    codes = sorted({one.agency for one in held if one.agency is not None})
    by_agency = {code: [one for one in held if one.agency == code] for code in codes}
    return Standing(
        heads={code: head for code, line in by_agency.items() if (head := in_force(line)) is not None},
        newest={code: max(line, key=lambda one: one.revision) for code, line in by_agency.items()},
        own=base_of_partial(one for one in national if one.kind != "joined"),
        national=in_force(national),
    )


async def parts_of(page: SignedInPage, participant: str, cycle: str) -> Parts:
    """Read what is in force, whole, and join it. Whoever calls has demanded what ``standing_of`` wants."""
    there = await standing_of(page, participant, cycle)
    parts = {code: _as_reported(await stored(page.gateway, head)) for code, head in there.heads.items()}
    own = _own(await stored(page.gateway, there.own)) if there.own else None
    seen = [code for code, head in there.heads.items() if there.own and head.recorded_at < there.own.recorded_at]
    # In a thread: two parts of 1 MB take a second, and others are waiting.
    joined, overlaps = await asyncio.to_thread(_joined, own, parts, seen)
    return Parts(there, own, parts, joined, overlaps)


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
