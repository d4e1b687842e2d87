"""What is in force and what a partial report is laid upon: ingest, the gateway and notification say the same."""

import asyncio
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from contracts.events import Sender
from contracts.identity import revision_id, series_id
from services.gateway import series as gateway
from services.ingest.documents import Revision
from services.ingest.memory import MemoryStore
from services.ingest.rules import line
from services.notification import returns
from tests.line_cases import CASES, Case, Fate, every_line

NOW = datetime(2013, 7, 1, tzinfo=UTC)
SERIES = series_id("TH", "2013-H1", None)
TH = Sender(role="focal-point", participant="TH")


class Said(NamedTuple):
    in_force: int | None
    base: int | None


def revisions(fates: tuple[Fate, ...]) -> list[Revision]:
    """The line as ingest keeps it, every revision in its state."""
    found = []
    for number, fate in enumerate(fates, 1):
        fields: dict[str, Any] = {"kind": "withdrawal"} if fate == "withdrawal" else {"kind": "report"}
        if fate not in ("withdrawal", "recorded"):
            fields["outcome"] = fate
        found.append(
            Revision(
                id=revision_id(SERIES, number),
                series=SERIES,
                participant="TH",
                cycle="2013-H1",
                revision=number,
                submission_id=f"s-{number}",
                sender=TH,
                state="recorded",
                history=[],
                recorded_at=NOW,
                **fields,
            )
        )
    states = line.states(found)
    return [one.model_copy(update={"state": states[one.revision]}) for one in found]


def ingest_says(fates: tuple[Fate, ...]) -> Said:
    store = MemoryStore()
    store.revisions = {one.id: one for one in revisions(fates)}

    async def ask() -> Said:
        base = await store.base(SERIES, sent=False)
        standing = [
            one.revision
            for one in store.revisions.values()
            if line.in_force(one, await store.follower(SERIES, one.revision))
        ]
        assert len(standing) < 2
        return Said(standing[0] if standing else None, base.revision if base else None)

    return asyncio.run(ask())


def the_gateway_says(fates: tuple[Fate, ...]) -> Said:
    read = [gateway.revision_of({**one.model_dump(), "_id": one.id}) for one in revisions(fates)]
    standing, base = gateway.in_force(read), gateway.base_of_partial(read)
    return Said(standing.revision if standing else None, base.revision if base else None)


def notification_says(fates: tuple[Fate, ...]) -> tuple[int | None, bool]:
    """It has no use for the base; whether there is one is whether the return is in."""
    known = {}
    for number, fate in enumerate(fates, 1):
        step: returns.Step = "withdrawn" if fate == "withdrawal" else fate
        outcome = fate if fate in ("accepted", "rejected", "needs_explanation") else None
        judged = -1 if outcome is None else 0
        recorded = -1 if fate == "withdrawal" else 0
        known[number] = returns.Revision(recorded, judged, outcome, {step: NOW})
    one = returns.Return("TH", "2013-H1", NOW, known)
    return one.in_force, one.is_in


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case.fates) or "nothing")
def test_all_three_say_what_the_table_says(case: Case) -> None:
    expected = Said(case.in_force, case.base)
    assert ingest_says(case.fates) == expected
    assert the_gateway_says(case.fates) == expected
    assert notification_says(case.fates) == (case.in_force, case.base is not None)


def test_all_three_agree_on_every_line_of_up_to_four_revisions() -> None:
    for fates in every_line(4):
        said = ingest_says(fates)
        assert the_gateway_says(fates) == said, fates
        assert notification_says(fates) == (said.in_force, said.base is not None), fates
