"""For each finding code a small return that earns it, and the same one without the fault."""

from typing import NamedTuple

from contracts.events import ReportRecorded
from tests.unit.validation.returns import (
    AGENCY,
    CITIZENSHIP,
    FEES,
    GENDER_AGE,
    LAST_EXIT,
    POINT,
    ROUTES,
    TOTAL,
    Json,
    earlier,
    fee,
    recorded,
    route,
    routes,
    row,
    rows,
)


class FindingCase(NamedTuple):
    earns: ReportRecorded
    does_not: ReportRecorded
    pointer: str


FINE = recorded({TOTAL: {"value": 5}})
KH = {"citizenship": "KH"}
BOAT = {"methods": ["small_boat"]}
SHARES = routes(route("AF", "ID", share=60), route("AF", "PK", "ID", share=60))
COMPLETE = {GENDER_AGE: rows("gender_age", women=40, men=50)}


def overlap(**values: int) -> list[dict[str, object]]:
    given = {agency.replace("_", "-"): value for agency, value in values.items()}
    return [{"question": CITIZENSHIP, "pointer": f"/answers/{CITIZENSHIP}/rows/0", "values": given}]


STANDING = {
    "sender.not_reporter": FindingCase(
        recorded({TOTAL: {"value": 5}}, sender={"role": "focal-point", "participant": "KH"}), FINE, "/reporter"
    ),
    "sender.not_agency": FindingCase(
        recorded({TOTAL: {"value": 5}}, sender=AGENCY, report={"agency": "TH-NAVY"}),
        recorded({TOTAL: {"value": 5}}, sender=AGENCY, report={"agency": "TH-IMM"}),
        "/agency",
    ),
    "agency.unknown": FindingCase(
        recorded({TOTAL: {"value": 5}}, report={"agency": "TH-XXX"}, agency_known=False),
        recorded({TOTAL: {"value": 5}}, report={"agency": "TH-IMM"}),
        "/agency",
    ),
    "reporter.unknown": FindingCase(recorded({TOTAL: {"value": 5}}, participant_name=None), FINE, "/reporter"),
    "cycle.unknown": FindingCase(recorded({TOTAL: {"value": 5}}, cycle=None), FINE, "/cycle"),
    "cycle.not_open": FindingCase(
        recorded({TOTAL: {"value": 5}}, received_at="2013-06-30T23:59:59Z"),
        recorded({TOTAL: {"value": 5}}, received_at="2013-07-01T00:00:00Z"),
        "/cycle",
    ),
    "cycle.closed": FindingCase(
        recorded({TOTAL: {"value": 5}}, received_at="2013-09-01T00:00:00Z"),
        recorded({TOTAL: {"value": 5}}, received_at="2013-08-31T23:59:59Z"),
        "/cycle",
    ),
    "report.late": FindingCase(
        recorded({TOTAL: {"value": 5}}, received_at="2013-08-01T00:00:00Z"),
        recorded({TOTAL: {"value": 5}}, received_at="2013-07-31T23:59:59Z"),
        "/cycle",
    ),
    "personal_data.found": FindingCase(
        recorded({TOTAL: {"value": 5, "comment": "ask someone@example.org"}}),
        recorded({TOTAL: {"value": 5, "comment": "ask the coordination unit"}}),
        f"/answers/{TOTAL}/comment",
    ),
}

ANSWERS = {
    "template.unknown": FindingCase(recorded({TOTAL: {"value": 5}}, report={"template": "ort/9"}), FINE, "/template"),
    "question.unknown": FindingCase(
        recorded({"illegal_entries.by_moon": {"value": 5}}), FINE, "/answers/illegal_entries.by_moon"
    ),
    "answer.wrong_kind": FindingCase(
        recorded({TOTAL: rows("citizenship", KH=5)}),
        recorded({CITIZENSHIP: rows("citizenship", KH=5)}),
        f"/answers/{TOTAL}/rows",
    ),
    "answer.empty": FindingCase(
        recorded({CITIZENSHIP: {"rows": []}}),
        recorded({CITIZENSHIP: {"nothing_to_report": True}}),
        f"/answers/{CITIZENSHIP}",
    ),
    "answer.contradictory": FindingCase(
        recorded({CITIZENSHIP: {**rows("citizenship", KH=5), "nothing_to_report": True}}),
        recorded({CITIZENSHIP: rows("citizenship", KH=5)}),
        f"/answers/{CITIZENSHIP}",
    ),
    "value.missing": FindingCase(
        recorded({CITIZENSHIP: row(**KH)}),
        recorded({CITIZENSHIP: row(**KH, status="not_available")}),
        f"/answers/{CITIZENSHIP}/rows/0",
    ),
    "value.and_status": FindingCase(
        recorded({TOTAL: {"value": 5, "status": "not_available"}}),
        recorded({TOTAL: {"status": "not_available"}}),
        f"/answers/{TOTAL}",
    ),
    "status.unknown": FindingCase(
        recorded({TOTAL: {"status": "unknown"}}), recorded({TOTAL: {"status": "withheld"}}), f"/answers/{TOTAL}/status"
    ),
    "sharing.unknown_question": FindingCase(
        recorded({TOTAL: {"value": 5}}, report={"sharing": {"fees": "all"}}),
        recorded({TOTAL: {"value": 5}}, report={"sharing": {FEES: "all"}}),
        "/sharing/fees",
    ),
    "sharing.unknown_value": FindingCase(
        recorded({TOTAL: {"value": 5}}, report={"sharing": {FEES: "public"}}),
        recorded({TOTAL: {"value": 5}}, report={"sharing": {FEES: "centre_only"}}),
        f"/sharing/{FEES}",
    ),
}

MEMBERS = {
    "dimension.missing": FindingCase(
        recorded({CITIZENSHIP: row(value=5)}),
        recorded({CITIZENSHIP: row(**KH, value=5)}),
        f"/answers/{CITIZENSHIP}/rows/0",
    ),
    "dimension.unknown": FindingCase(
        recorded({CITIZENSHIP: row(**KH, gender="male", value=5)}),
        recorded({CITIZENSHIP: row(**KH, value=5)}),
        f"/answers/{CITIZENSHIP}/rows/0/gender",
    ),
    "code.unknown": FindingCase(
        recorded({GENDER_AGE: rows("gender_age", adults=5)}),
        recorded({GENDER_AGE: rows("gender_age", women=5)}),
        f"/answers/{GENDER_AGE}/rows/0/gender_age",
    ),
    "country.unknown": FindingCase(
        recorded({CITIZENSHIP: rows("citizenship", Camboda=5)}),
        recorded({CITIZENSHIP: rows("citizenship", Cambodia=5)}),
        f"/answers/{CITIZENSHIP}/rows/0/citizenship",
    ),
    "country.ambiguous": FindingCase(
        recorded({CITIZENSHIP: rows("citizenship", Korea=5)}),
        recorded({CITIZENSHIP: rows("citizenship", KOR=5)}),
        f"/answers/{CITIZENSHIP}/rows/0/citizenship",
    ),
    "country.special_not_allowed": FindingCase(
        recorded({LAST_EXIT: rows("last_exit", stateless=5)}),
        recorded({LAST_EXIT: rows("last_exit", unknown=5)}),
        f"/answers/{LAST_EXIT}/rows/0/last_exit",
    ),
    "place.unusable": FindingCase(
        recorded({POINT: row(entry_point="  ", value=5)}),
        recorded({POINT: row(entry_point="Padang Besar", value=5)}),
        f"/answers/{POINT}/rows/0/entry_point",
    ),
    "row.duplicate": FindingCase(
        recorded({CITIZENSHIP: rows("citizenship", **{"Lao PDR": 5, "LA": 6})}),
        recorded({CITIZENSHIP: rows("citizenship", **{"Lao PDR": 5, "KH": 6})}),
        f"/answers/{CITIZENSHIP}/rows/1",
    ),
    "country.own": FindingCase(
        recorded({LAST_EXIT: rows("last_exit", TH=5)}),
        recorded({LAST_EXIT: rows("last_exit", MY=5)}),
        f"/answers/{LAST_EXIT}/rows/0/last_exit",
    ),
    "place.new": FindingCase(
        recorded({POINT: row(entry_point="Padang Besat", value=5)}, places=["TH:Padang Besar"]),
        recorded({POINT: row(entry_point="padang  besar", value=5)}, places=["TH:Padang Besar"]),
        f"/answers/{POINT}/rows/0/entry_point",
    ),
}

NUMBERS = {
    "number.negative": FindingCase(recorded({TOTAL: {"value": -5}}), FINE, f"/answers/{TOTAL}/value"),
    "number.fractional": FindingCase(
        recorded({TOTAL: {"value": 12.5}}), recorded({TOTAL: {"value": 12.0}}), f"/answers/{TOTAL}/value"
    ),
    "number.absurd": FindingCase(
        recorded({TOTAL: {"value": 100_000_001}}), recorded({TOTAL: {"value": 100_000_000}}), f"/answers/{TOTAL}/value"
    ),
}

LEG = f"/answers/{ROUTES}/routes/0/legs"
FIRST_ROUTE, FIRST_FEE = f"/answers/{ROUTES}/routes/0", f"/answers/{FEES}/fees/0"


def typed(*types: str) -> dict[str, Json]:
    legs = [{"country": c, "type": t} for c, t in zip(("AF", "PK", "ID"), types, strict=True)]
    return routes({"citizenship": "AF", "legs": legs})


ROUTES_AND_FEES = {
    "route.too_short": FindingCase(recorded(routes(route("AF"))), recorded(routes(route("AF", "ID"))), FIRST_ROUTE),
    "route.origin": FindingCase(
        recorded(typed("origin", "origin", "transit")), recorded(typed("origin", "transit", "transit")), f"{LEG}/1/type"
    ),
    "route.destination": FindingCase(
        recorded(typed("origin", "destination", "transit")),
        recorded(typed("origin", "transit", "destination")),
        f"{LEG}/1/type",
    ),
    "route.repeated_country": FindingCase(
        recorded(routes(route("AF", "MY", "Malaysia"))),
        recorded(routes(route("AF", "MY", "ID", "MY"))),
        f"{LEG}/2/country",
    ),
    "route.share": FindingCase(
        recorded(routes(route("AF", "ID", share=140))),
        recorded(routes(route("AF", "ID", share=100))),
        f"{FIRST_ROUTE}/share",
    ),
    "route.duplicate": FindingCase(
        recorded(routes(route("AF", "ID"), route("AFG", "IDN"))),
        recorded(routes(route("AF", "ID"), route("AF", "PK", "ID"))),
        f"/answers/{ROUTES}/routes/1",
    ),
    "route.shares_above_100": FindingCase(
        recorded(SHARES), recorded(routes(route("AF", "ID", share=60))), f"/answers/{ROUTES}/routes/1"
    ),
    "route.origin_not_citizenship": FindingCase(
        recorded(routes(route("PK", "ID"))), recorded(routes(route("AF", "ID"))), FIRST_ROUTE
    ),
    "fee.currency_missing": FindingCase(
        recorded(fee(fee_typical=6000)), recorded(fee(fee_typical=6000, currency="USD")), FIRST_FEE
    ),
    "fee.currency_unknown": FindingCase(
        recorded(fee(fee_typical=6000, currency="dollars")),
        recorded(fee(fee_typical=6000, currency="USD")),
        f"{FIRST_FEE}/currency",
    ),
    "fee.order": FindingCase(
        recorded(fee(fee_min=900, fee_max=500, currency="USD")),
        recorded(fee(fee_min=500, fee_max=500, currency="USD")),
        FIRST_FEE,
    ),
    "fee.same_country": FindingCase(recorded(fee(end="Afghanistan")), recorded(fee()), FIRST_FEE),
    "fee.says_nothing": FindingCase(recorded(fee(methods=[])), recorded(fee()), FIRST_FEE),
}

FITTING = {
    "sum.parts_above_total": FindingCase(
        recorded({TOTAL: {"value": 100}, CITIZENSHIP: rows("citizenship", KH=80, MM=40)}),
        recorded({TOTAL: {"value": 120}, CITIZENSHIP: rows("citizenship", KH=80, MM=40)}),
        f"/answers/{CITIZENSHIP}",
    ),
    "sum.complete_differs": FindingCase(
        recorded({TOTAL: {"value": 100}, **COMPLETE}),
        recorded({TOTAL: {"value": 90}, **COMPLETE}),
        f"/answers/{GENDER_AGE}",
    ),
    "sum.breakdowns_disagree": FindingCase(
        recorded({CITIZENSHIP: rows("citizenship", KH=89), **COMPLETE}),
        recorded({CITIZENSHIP: rows("citizenship", KH=90), **COMPLETE}),
        f"/answers/{CITIZENSHIP}",
    ),
    "total.missing": FindingCase(
        recorded({CITIZENSHIP: rows("citizenship", KH=5)}),
        recorded({CITIZENSHIP: rows("citizenship", KH=5), TOTAL: {"status": "not_collected"}}),
        f"/answers/{CITIZENSHIP}",
    ),
    "smuggled.above_detections": FindingCase(
        recorded({TOTAL: {"value": 100}, "smuggled_migrants.total": {"value": 500}}),
        recorded({TOTAL: {"value": 100}, "smuggled_migrants.total": {"value": 100}}),
        "/answers/smuggled_migrants.total",
    ),
    "convicted.above_suspects": FindingCase(
        recorded({"migrant_smugglers.total": {"value": 20}, "convicted_smugglers.total": {"value": 30}}),
        recorded({"migrant_smugglers.total": {"value": 30}, "convicted_smugglers.total": {"value": 30}}),
        "/answers/convicted_smugglers.total",
    ),
    "jump.previous_cycle": FindingCase(
        recorded({TOTAL: {"value": 12_000}}, previous=earlier("2012-H2", ("illegal_entries", "total", "total", 900))),
        recorded({TOTAL: {"value": 4_499}}, previous=earlier("2012-H2", ("illegal_entries", "total", "total", 900))),
        f"/answers/{TOTAL}",
    ),
    "period.parts_differ": FindingCase(
        recorded(
            {TOTAL: {"value": 150}},
            related=[earlier(f"2013-Q{q}", ("illegal_entries", "total", "total", 100)) for q in (1, 2)],
        ),
        recorded(
            {TOTAL: {"value": 200}},
            related=[earlier(f"2013-Q{q}", ("illegal_entries", "total", "total", 100)) for q in (1, 2)],
        ),
        f"/answers/{TOTAL}",
    ),
    "overlap.differs": FindingCase(
        recorded({CITIZENSHIP: rows("citizenship", KH=100)}, overlaps=overlap(TH_IMM=100, TH_NAVY=80)),
        recorded({CITIZENSHIP: rows("citizenship", KH=100)}, overlaps=overlap(TH_IMM=100, TH_NAVY=100)),
        f"/answers/{CITIZENSHIP}/rows/0",
    ),
    "overlap.agrees": FindingCase(
        recorded({CITIZENSHIP: rows("citizenship", KH=100)}, overlaps=overlap(TH_IMM=100, TH_NAVY=100)),
        recorded({CITIZENSHIP: rows("citizenship", KH=100)}),
        f"/answers/{CITIZENSHIP}/rows/0",
    ),
    "report.more_findings": FindingCase(
        recorded({CITIZENSHIP: {"rows": [{}] * 1001}}), recorded({CITIZENSHIP: {"rows": [{}] * 400}}), ""
    ),
}

CASES: dict[str, FindingCase] = {**STANDING, **ANSWERS, **MEMBERS, **NUMBERS, **ROUTES_AND_FEES, **FITTING}

GIVEN_ELSEWHERE = {
    "shape.invalid": "the gateway, ingest and the offline check, before there is a report to judge",
    "event.unreadable": "ingest, on what an agency published",
    "idempotency.conflict": "ingest, which knows the keys",
    "command.nothing_to_do": "ingest, which knows the revisions",
    "command.explanations_too_long": "ingest, which knows what was explained before",
    "report.too_large": "the worker, when the judged report fits into no message",
    "parameter.invalid": "the gateway, on what a request asks for",
}
"""Codes of the registry that are not found in a report by judging it, and who gives them."""
