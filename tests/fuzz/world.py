"""A small world with data on a running stack, so that calls meet what is there: made over the interface alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.outside import Outside, returned, thailand

Json = Any
ROLES = ("centre", "focal-point:TH", "agency:TH:TH-IMM", "analyst:TH", "operator")
STATES = ("TH", "MY", "KH", "AU")
AGENCIES = ("TH-IMM", "TH-NAVY")
MORE_AGENCIES = (*AGENCIES, "TH-POL", "MY-IMM", "KH-X1", "AU-ABF")
POINTS = ("border", "police", "unit-1")
CYCLES = ("2012", "2013-H1", "2013-Q4")
TO_EXPLAIN = 10**9
"""So many illegal entries that validation asks for a reason."""


@dataclass
class World:
    """What is there: the names that calls may use, and bodies that would be taken."""

    outside: Outside
    submissions: list[str] = field(default_factory=list)
    to_explain: list[str] = field(default_factory=list)
    key: str = ""
    """The name of a key of TH-IMM."""
    first: dict[str, str] = field(default_factory=dict)
    """By speaker: a submission that it may see."""


def make(outside: Outside) -> World:
    """Participants, cycles, agencies, and returns in each state that a return can be in. A second time: the same."""
    world = World(outside)
    make_participants(outside)
    world.key = outside.as_("centre").post("/participants/TH/agencies/TH-IMM/keys", {})["id"]
    for name in CYCLES:
        outside.cycle(name, *STATES)
    sent = [
        thailand(),
        *(returned(code, "2013-H1", entries={"KH": 5, "VN": 7}) for code in STATES[1:]),
        *(returned(code, "2012", entries={"LA": 9}) for code in STATES),
        returned("TH", "2013-H1", entries={"KH": 6}) | {"agency": "TH-IMM"},
        returned("MY", "2012", entries={"Atlantis": 1}),
    ]
    for report in sent:
        who = f"agency:TH:{report['agency']}" if report.get("agency") else None
        world.submissions.append(outside.send(report, who))
    for one in world.submissions:
        outside.judged(one)
    for who in ROLES:
        world.first[who] = next(iter(outside.as_(who).items("/submissions")))["id"]
    world.to_explain = [
        one["id"] for one in outside.as_("centre").items("/submissions") if one["state"] == "needs_explanation"
    ]
    return world


def make_participants(outside: Outside) -> None:
    """With their focal points and agencies, also those that a run has ended: who belongs to one is refused."""
    for code in STATES:
        outside.participant(code, release="flow_through" if code == "TH" else "focal_point")
        for point in POINTS:
            outside.as_("centre").put(f"/participants/{code}/focal-points/{point}", contact(code))
    for agency in MORE_AGENCIES:
        outside.as_("centre").put(f"/participants/{agency[:2]}/agencies/{agency}", {"name": f"Agency {agency}"})


def contact(code: str) -> Json:
    return {"unit": f"Border unit {code}", "email": f"border@{code.lower()}.example"}


def day(ahead: int) -> str:
    return f"{datetime.now(UTC).date() + timedelta(days=ahead)}"
