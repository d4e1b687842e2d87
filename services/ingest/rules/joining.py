"""What a joined return is made of, and its name. Source: docs/architecture.md, "Parts of agencies"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts import identity
from contracts.context import Overlap
from contracts.events import Sender
from contracts.merging import join, with_explanations
from contracts.report import Report
from services.ingest.documents import Revision
from services.ingest.rules.intake import too_large


@dataclass(frozen=True)
class Joined:
    """A national return to be recorded, and the id that follows from what it was made of."""

    report: Report
    overlaps: list[Overlap]
    received_at: datetime
    """The release's time, else that of the last part: a return is not late because joining it took a moment."""
    submission_id: str
    body_hash: str


Refused = Literal["no part is in force", "the joined return is larger than a report may be"]


def as_reported(revision: Revision) -> Report:
    """The report of a revision, with what was explained since as comments: it need not be explained again."""
    return with_explanations(Report.model_validate(revision.report), revision.explanations)


def flowing(parts: Iterable[Revision], withdrawal: Revision | None) -> list[Revision]:
    """The parts that flow through by themselves: those recorded since the State withdrew its return, if it did.

    What a State took back comes back by its own word only, never because one of its agencies sent something else.
    (Inferred.)
    """
    return [one for one in parts if withdrawal is None or one.recorded_at > withdrawal.recorded_at]


def own(revision: Revision) -> Report:
    """What the State itself has said up to a revision that it sent: no agency's figures that it built on."""
    # An explanation points into the whole report, whose rows are others than those of what the State said alone.
    return as_reported(revision) if revision.own is None else Report.model_validate(revision.own)


def joined(
    base: Revision | None, parts: Iterable[Revision], withdrawal: Revision | None, released_at: datetime | None
) -> Joined | Refused:
    """What the State itself sent and the parts, in one return. The same base, parts and withdrawal give the same id."""
    by_agency = {one.agency: one for one in parts if one.agency is not None}
    if not by_agency:
        return "no part is in force"
    try:
        report, overlaps = join(
            own(base) if base else None,
            {agency: as_reported(one) for agency, one in by_agency.items()},
            seen=[agency for agency, one in by_agency.items() if base and one.recorded_at < base.recorded_at],
        )
    except ValueError:
        return "the joined return is larger than a report may be"
    if too_large(report.to_json()):
        return "the joined return is larger than a report may be"
    made_of = {
        "base": base and base.id,
        "after": withdrawal and withdrawal.id,
        "parts": sorted(one.id for one in by_agency.values()),
    }
    of = identity.body_hash(made_of)
    sender = released_by(report.reporter)
    received = released_at or max(received_at(one) for one in by_agency.values())
    return Joined(report, overlaps, received, identity.submission_id(sender.name, "joined", of), of)


def received_at(revision: Revision) -> datetime:
    """When the sender handed the revision over."""
    found = (revision.context or {}).get("received_at")
    return datetime.fromisoformat(found) if found else revision.recorded_at


def released_by(participant: str) -> Sender:
    """A joined return is the State's own, whoever of its agencies set it off."""
    return Sender(role="focal-point", participant=participant)
