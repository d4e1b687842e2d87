"""Who and what the examples of events are about: Thailand, its focal point and agency, and what they send."""

from datetime import date
from typing import Any

from contracts.events import Explanation, Sender
from contracts.records import Agency, Cycle, Extension, FocalPoint, Participant

FOCAL_POINT = Sender(role="focal-point", participant="TH")
AGENCY = Sender(role="agency", participant="TH", agency="TH-IMM")
CENTRE = Sender(role="centre")

PARTICIPANT = Participant(code="TH", name="Thailand", time_zone="Asia/Bangkok", release="focal_point")
UNIT = FocalPoint(participant="TH", id="unit-1", unit="Focal point unit of Thailand", email="focal-point@th.example")
BUREAU = Agency(participant="TH", id="TH-IMM", name="Immigration authority of Thailand", email="imm@th.example")
CYCLE = Cycle(
    id="2013-H1",
    opens=date(2013, 7, 1),
    due=date(2013, 7, 31),
    grace_days=14,
    closes=date(2013, 12, 31),
    expected=["KH", "TH"],
)
EXTENSION = Extension(
    cycle="2013-H1", participant="KH", due=date(2013, 8, 31), reason="Figures of one province are late"
)

FIRST: dict[str, Any] = {
    "template": "ort/1",
    "reporter": "TH",
    "cycle": "2013-H1",
    "agency": None,
    "scope": "full",
    "answers": {
        "illegal_entries.total": {"value": 12000},
        "illegal_entries.by_citizenship": {
            "rows": [
                {"citizenship": "MM", "value": 500},
                {"citizenship": "KH", "value": 10000},
                {"citizenship": "Lao PDR", "value": 500, "comment": "estimate", "caveat": "e"},
            ]
        },
        "smuggled_migrants.by_mode_and_last_exit": {"rows": [{"mode": "sea", "last_exit": "MY", "value": 120}]},
        "refused_entries.total": {"status": "not_collected"},
        "illegal_exits.by_citizenship": {"nothing_to_report": True},
        "routes.by_countries": {
            "routes": [
                {
                    "citizenship": "AF",
                    "legs": [
                        {"country": "AF", "type": "origin"},
                        {"country": "PK", "type": "transit"},
                        {"country": "MY", "type": "transit"},
                        {"country": "ID", "type": "transit"},
                    ],
                    "persons": 340,
                    "comment": None,
                }
            ]
        },
        "methods_and_fees.by_from_to": {
            "fees": [
                {
                    "from": "AF",
                    "to": "ID",
                    "mode": "air",
                    "methods": ["fraudulent_documents"],
                    "fee_min": 4000,
                    "fee_typical": 6000,
                    "fee_max": 10000,
                    "currency": "USD",
                    "payment": ["instalments"],
                }
            ]
        },
        "interaction.description": {"text": "Small groups that know each other from the border trade."},
    },
    "sharing": {"methods_and_fees.by_from_to": "centre_only"},
}
# One row fewer, Cambodia corrected, and a total that was not: the parts are now above it.
SECOND: dict[str, Any] = {
    **FIRST,
    "answers": {
        **FIRST["answers"],
        "illegal_entries.total": {"value": 9400},
        "illegal_entries.by_citizenship": {
            "rows": [{"citizenship": "MM", "value": 500}, {"citizenship": "KH", "value": 9000}]
        },
    },
}
PART: dict[str, Any] = {
    "template": "ort/1",
    "reporter": "TH",
    "cycle": "2013-H1",
    "agency": "TH-IMM",
    "answers": {"refused_entries.by_citizenship": {"rows": [{"citizenship": "Camboda", "value": 40}]}},
}
EXPLANATIONS = [Explanation(pointer="/answers/illegal_entries.total", comment="The total leaves out one province.")]
