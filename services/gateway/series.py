"""Reading a line of revisions: which one is in force, which one a partial report is laid upon. Pure.

The revision in force is the highest accepted one that no later withdrawal follows; rejected and waiting revisions
change nothing about it (docs/architecture.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from contracts.states import IN_FORCE, State

Kind = Literal["report", "joined", "withdrawal"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision without its content."""

    series: str
    participant: str
    cycle: str
    agency: str | None
    revision: int
    judgement: int
    submission_id: str
    kind: Kind
    state: State
    recorded_at: datetime
    received_at: datetime
    accepted_at: datetime | None = None
    """For the first time."""

    @property
    def withdrawal(self) -> bool:
        return self.kind == "withdrawal"


def revision_of(document: dict[str, Any]) -> Revision:
    """A revision from ingest's document of it."""
    received = (document.get("context") or {}).get("received_at")
    if isinstance(received, str):
        received = datetime.fromisoformat(received)
    return Revision(
        series=document["series"],
        participant=document["participant"],
        cycle=document["cycle"],
        agency=document.get("agency"),
        revision=document["revision"],
        judgement=document.get("judgement", 0),
        submission_id=document["submission_id"],
        kind=cast(Kind, document.get("kind", "report")),
        state=document["state"],
        recorded_at=document["recorded_at"],
        received_at=received or document["recorded_at"],
        accepted_at=next((step["at"] for step in document.get("history", ()) if step["state"] == "accepted"), None),
    )


def newest_first(revisions: Iterable[Revision]) -> list[Revision]:
    return sorted(revisions, key=lambda one: one.revision, reverse=True)


def since_withdrawal(revisions: Iterable[Revision]) -> list[Revision]:
    """The revisions that no withdrawal has ended, newest first."""
    found: list[Revision] = []
    for one in newest_first(revisions):
        if one.withdrawal and one.state != "rejected":
            break
        if not one.withdrawal:
            found.append(one)
    return found


def in_force(revisions: Iterable[Revision]) -> Revision | None:
    """The revision that stands behind the figures."""
    return next((one for one in since_withdrawal(revisions) if one.state in IN_FORCE), None)


def base_of_partial(revisions: Iterable[Revision]) -> Revision | None:
    """The revision that a partial report is laid upon: the highest neither rejected nor withdrawn."""
    return next((one for one in since_withdrawal(revisions) if one.state not in ("rejected", "withdrawn")), None)


def withdrawable(revisions: Iterable[Revision]) -> Revision | None:
    """The revision that a withdrawal would end, or has ended already: so that asking twice asks for the same."""
    return next((one for one in newest_first(revisions) if not one.withdrawal and one.state != "rejected"), None)
