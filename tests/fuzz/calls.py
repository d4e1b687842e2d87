"""What a call of each operation needs to meet something: names for its path, a body that would be taken, a query."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.e2e.outside import returned, thailand
from tests.fuzz.world import AGENCIES, CYCLES, MORE_AGENCIES, POINTS, STATES, World, contact, day

Json = Any
NEW_CYCLES = ("1990", "1990-H1", "1991-H2", "1991-Q1", *CYCLES)
DIMENSIONS = ("total", "citizenship", "route", "corridor", "mode", "last_exit", "entry_point", "gender_age")


def path_parameters(world: World, who: str, label: str, random: Random, *, good: bool) -> dict[str, str]:
    """A value for each parameter of a path, more often of the speaker's own State than of others.

    ``good``: each names what is there, and what the speaker may see.
    """
    own = own_of(who, random, good=good)
    code = own if good or random.random() < 0.8 else random.choice((*STATES, "ZZ"))
    agency = "TH-IMM" if good else random.choice([one for one in MORE_AGENCIES if one.startswith(code)] or ["TH-IMM"])
    point = "border" if good else random.choice(POINTS)
    cycles: tuple[str, ...] = CYCLES[:2] if good or random.random() < 0.8 else NEW_CYCLES
    if label.startswith("DELETE") and "/keys/" not in label:
        # What all stand on stays.
        cycles = NEW_CYCLES[: -len(CYCLES)]
        agency, point = random.choice(MORE_AGENCIES[2:] if code != "TH" else ("TH-POL",)), random.choice(POINTS[1:])
    name, version = ("ort", "1") if good else random.choice((("ort", "1"), ("ort", "9"), ("ORT", "1")))
    submissions = world.to_explain if "explanations" in label and random.random() < 0.7 else world.submissions
    # Those that the world began with hold one of every role's own.
    submission = world.first[who] if good and who in world.first else random.choice(submissions or world.submissions)
    return {
        "code": code,
        "reporter": code,
        "cycle": random.choice(cycles),
        "number": "1" if good else str(random.choice((1, 1, 2, 3, 10**9))),
        "dimension": random.choice(DIMENSIONS),
        "point": point,
        "agency": agency,
        "key": world.key if good or random.random() < 0.5 else random.choice(("0" * 12, "vrsk_x", "x" * 300, "%")),
        "submission": submission,
        "name": name,
        "version": version,
    }


def own_of(who: str, random: Random, *, good: bool = False) -> str:
    """The participant that a role speaks for; some one for the centre and for operators."""
    return who.split(":")[1] if ":" in who else "TH" if good else random.choice(STATES)


def query(who: str, label: str, random: Random, *, good: bool) -> dict[str, Json]:
    """A query that would be taken."""
    if good:
        return {"agency": "TH-IMM"} if "/reports/" in label and label.startswith("GET") and "agency" in who else {}
    if "aggregates" in label:
        wanted: dict[str, Json] = {
            "indicator": random.choice(("illegal_entries", "smuggled_migrants", "refused_entries")),
            "period": random.choice(("2012", "2013-H1", "2013", "2012..2013", "2013-Q1", "1990..2010")),
            "member": random.choice(("KH", "Lao PDR", "AF>PK>MY>ID", "sea", "Atlantis")),
            "reporter": random.choice(STATES),
            "rolling": random.choice((0, 1, 4, 40)),
        }
    elif label.startswith("GET") and ("submissions" in label or "notifications" in label):
        wanted = {
            "reporter": random.choice(STATES),
            "cycle": random.choice(CYCLES),
            "state": random.choice(("accepted", "rejected", "withdrawn")),
            "kind": random.choice(("report", "joined", "review")),
            "limit": random.choice((1, 2, 200)),
        }
        if "notifications" in label:
            wanted = {"cycle": wanted["cycle"], "kind": "cycle_opened", "limit": wanted["limit"]}
    elif "/reports/" in label and label.startswith("GET"):
        wanted = {"agency": random.choice(AGENCIES)}
    elif label == "POST /api/v1/submissions":
        wanted = {"dry_run": random.choice(("true", "false"))}
    else:
        return {}
    return {name: value for name, value in wanted.items() if random.random() < 0.3}


def body(who: str, label: str, random: Random) -> Json:
    """A body that would be taken; None where the operation has none."""
    own = own_of(who, random)
    match label.removeprefix("POST ").removeprefix("PUT ").removeprefix("PATCH ").removeprefix("/api/v1"):
        case "/submissions":
            return report(who, own, random)
        case "/submissions/{submission}/explanations":
            return [{"pointer": "/answers/illegal_entries.total/value", "comment": "A new sensor was put up"}]
        case "/reports/{reporter}/{cycle}/verification":
            outcome = random.choice(("verified", "correction_requested"))
            return {"outcome": outcome, "reason": "The totals differ", "pointers": ["/answers/illegal_entries.total"]}
        case "/reports/{reporter}/{cycle}/withdraw":
            return {"reason": "A recount is under way"}
        case "/cycles":
            cycle = {"id": random.choice(NEW_CYCLES), "opens": day(-30), "due": day(60), "closes": day(360)}
            return {**cycle, "grace_days": 7, "expected": list(STATES), "reminder_days": [30, 7]}
        case "/cycles/{cycle}":
            return random.choice(({"due": day(50)}, {"closes": day(365)}, {"expected": list(STATES)}, {}))
        case "/cycles/{cycle}/extensions":
            return {"participant": own, "due": day(90), "reason": "Figures come by ship"}
        case "/participants/{code}":
            name = {"name": f"Participant {own}", "kind": "state", "time_zone": "Asia/Bangkok"}
            return {**({} if ":" in who else name), "release": random.choice(("flow_through", "focal_point"))}
        case "/participants/{code}/focal-points/{point}":
            return contact(own)
        case "/participants/{code}/agencies/{agency}":
            return {"name": "Agency of the border", "email": f"agency@{own.lower()}.example"}
    return None


def report(who: str, own: str, random: Random) -> Json:
    """A report that the speaker may send."""
    cycle = random.choice(CYCLES)
    made = thailand(cycle, own) if random.random() < 0.5 else returned(own, cycle, entries={"KH": random.randrange(99)})
    return {**made, "agency": who.split(":")[2]} if who.startswith("agency") else made
