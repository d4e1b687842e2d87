"""What each participant sends in the demonstration: the screens' own figures, and one of every fate. Pure."""

from dataclasses import dataclass
from typing import Any

from cli.demo.cycles import EXTENDED, FIRST, LATE, MISSING, REJECTED, SECOND, Calendar
from cli.demo.participants import PILOT, PROFILES
from cli.demo.returns import SYNTHETIC, report, route, synthetic

JOINED = "ID"
"""Whose current return comes from two agencies."""
EXPLAINED = "KH"
REASON = "Of the smuggled migrants most were found on the way out and counted by another authority (demonstration)."


@dataclass(frozen=True)
class Sent:
    """A report, who sends it, and what should become of it."""

    speaker: str
    report: dict[str, Any]
    ends: str = "accepted"

    @property
    def key(self) -> str:
        """The Idempotency-Key: a second run sends the same again and so nothing new."""
        agency = self.report.get("agency")
        return "/".join(("demo", self.report["cycle"], agency or self.report["reporter"]))


def sent(calendar: Calendar) -> list[Sent]:
    """Everything that goes over HTTP, the returns of early cycles first."""
    past = [(code, FIRST) for code in sorted(one.code for one in PILOT)] + [(code, SECOND) for code in sorted(PROFILES)]
    current = sorted(set(PROFILES) - {MISSING, EXTENDED, REJECTED, JOINED, EXPLAINED})
    returns = [_own(code, cycle) for code, cycle in past]
    returns += [_own(code, calendar.half) for code in current]
    returns += [
        Sent(f"focal-point:{LATE}", _late(calendar.quarter)),
        Sent(f"focal-point:{REJECTED}", _rejected(calendar.half), "rejected"),
        Sent(f"focal-point:{EXPLAINED}", _to_be_explained(calendar.half), "needs_explanation"),
        Sent(f"agency:{JOINED}:ID-IMM", immigration_part(calendar.half)),
    ]
    return returns


def explanations() -> list[dict[str, str]]:
    return [{"pointer": "/answers/smuggled_migrants.total", "comment": REASON}]


def _own(code: str, cycle: str) -> Sent:
    special = {("TH", SECOND): _thailand, ("CA", SECOND): _canada, ("ID", SECOND): _indonesia}.get((code, cycle))
    return Sent(f"focal-point:{code}", special() if special else synthetic(PROFILES[code], cycle))


def _thailand() -> dict[str, Any]:
    """The figures of screen 1.1.2, and the route editor's route from Afghanistan."""
    whole = synthetic(PROFILES["TH"], SECOND)
    whole["answers"] |= {
        "illegal_entries.total": {"value": 12000},
        "illegal_entries.by_citizenship": {
            "rows": [
                {"citizenship": "MM", "value": 500},
                {"citizenship": "KH", "value": 10000},
                {"citizenship": "Lao PDR", "value": 500, "comment": "estimate", "caveat": "e"},
            ]
        },
        "illegal_entries.by_entry_point": {"rows": [{"entry_point": "Aranyaprathet", "value": 9000}]},
        "illegal_entries.by_gender_age": {"status": "not_collected"},
        "illegal_entries.by_mode_and_last_exit": {"rows": [{"mode": "land", "last_exit": "KH", "value": 9800}]},
        "routes.by_countries": {"routes": [_from_afghanistan(340)]},
    }
    return whole


def _canada() -> dict[str, Any]:
    """The figure of screen 2.4.3.2: smuggled migrants who entered by sea, from Thailand."""
    whole = synthetic(PROFILES["CA"], SECOND)
    whole["answers"] |= {
        "smuggled_migrants.total": {"value": 260},
        "smuggled_migrants.by_citizenship": {"rows": [{"citizenship": "LK", "value": 150}]},
        "smuggled_migrants.by_mode_and_last_exit": {
            "rows": [
                {"mode": "sea", "last_exit": "TH", "value": 120},
                {"mode": "air", "last_exit": "HK", "value": 90},
            ]
        },
    }
    return whole


def _indonesia() -> dict[str, Any]:
    whole = synthetic(PROFILES["ID"], SECOND)
    whole["answers"]["routes.by_countries"] = {"routes": [_from_afghanistan(210)]}
    return whole


def _from_afghanistan(persons: int) -> dict[str, Any]:
    return {**route("AF", ("AF", "PK", "MY", "ID"), persons), "comment": None}


def _late(cycle: str) -> dict[str, Any]:
    """A quarter whose half-year may be there already: comments explain where its smallest figures do not fit that."""
    whole = synthetic(PROFILES[LATE], cycle)
    for answer in whole["answers"].values():
        if "rows" in answer or "value" in answer:
            answer["comment"] = SYNTHETIC
    return whole


def _rejected(cycle: str) -> dict[str, Any]:
    """What goes wrong in practice: a misspelt country, a minus sign, and one country in two spellings."""
    answers = {
        "illegal_entries.total": {"value": 450},
        "illegal_entries.by_citizenship": {
            "rows": [
                {"citizenship": "Vietnm", "value": 210},
                {"citizenship": "PK", "value": -5},
                {"citizenship": "Lao PDR", "value": 20},
                {"citizenship": "LA", "value": 20},
            ]
        },
        "about_the_data.comments": {"text": SYNTHETIC},
    }
    return report(REJECTED, cycle, answers)


def _to_be_explained(cycle: str) -> dict[str, Any]:
    """More smuggled migrants than persons detected: possible, and worth a sentence."""
    answers = {
        "illegal_entries.total": {"value": 200},
        "illegal_entries.by_citizenship": {
            "rows": [{"citizenship": "VN", "value": 120}, {"citizenship": "CN", "value": 60}]
        },
        "smuggled_migrants.total": {"value": 240},
        "about_the_data.comments": {"text": SYNTHETIC},
    }
    return report(EXPLAINED, cycle, answers)


def immigration_part(cycle: str) -> dict[str, Any]:
    """What Indonesia's first agency sends over HTTP: entries and routes."""
    whole = synthetic(PROFILES[JOINED], cycle)
    of_the_other = ("smuggled_migrants.", "migrant_smugglers.", "convicted_smugglers.")
    answers = {name: answer for name, answer in whole["answers"].items() if not name.startswith(of_the_other)}
    return {**report(JOINED, cycle, answers), "agency": "ID-IMM"}


def marine_part(cycle: str) -> dict[str, Any]:
    """What its second agency publishes straight to Kafka: smuggled migrants found at sea, and suspects."""
    answers = {
        "smuggled_migrants.total": {"value": 180},
        "smuggled_migrants.by_mode_and_last_exit": {"rows": [{"mode": "sea", "last_exit": "MY", "value": 150}]},
        "migrant_smugglers.total": {"value": 12},
        "migrant_smugglers.by_gender": {"rows": [{"gender": "male", "value": 11}, {"gender": "female", "value": 1}]},
    }
    return {**report(JOINED, cycle, answers), "agency": "ID-MAR"}
