"""Two agencies of one State, one over HTTP and one straight over Kafka, and the national return made of their parts."""

from typing import Any

import pytest

from tests.e2e.outside import Json, Outside, returned, wait

pytestmark = pytest.mark.slow
IMM, NAVY = "agency:ID:ID-IMM", "agency:ID:ID-NAVY"


def agencies(system: Outside, release: str) -> None:
    system.participant("ID", release=release)
    for code in ("ID-IMM", "ID-NAVY"):
        system.as_("centre").put(f"/participants/ID/agencies/{code}", {"name": f"Agency {code}"})


def part(agency: str, cycle: str, **answers: Json) -> dict[str, Json]:
    return {**returned("ID", cycle, **answers), "agency": agency}


def national(system: Outside, cycle: str) -> dict[str, Any]:
    """The joined submission of the newest national revision."""
    found = system.as_("focal-point:ID").get("/submissions", {"reporter": "ID", "cycle": cycle})["items"]
    return next((one for one in found if one["agency"] is None), {})


def test_parts_flow_through_into_one_return(system: Outside) -> None:
    system.cycle("2015-H1", "ID")
    agencies(system, "flow_through")
    system.accepted(part("ID-IMM", "2015-H1", entries={"AF": 300, "MM": 100}), IMM)
    system.publish_report("ID-NAVY", part("ID-NAVY", "2015-H1", smuggled_migrants__total={"value": 90}), "navy-2015-1")
    assert system.answer("ID-NAVY", "navy-2015-1")["state"] == "accepted"
    system.until_figure(90, "total", indicator="smuggled_migrants", period="2015-H1", reporter="ID")
    system.until_figure(300, "citizenship", indicator="illegal_entries", period="2015-H1", member="AF", reporter="ID")

    def joined() -> bool:
        answers = system.as_("focal-point:ID").get("/reports/ID/2015-H1")["report"]["answers"]
        return {"illegal_entries.total", "smuggled_migrants.total"} <= set(answers)

    # Ingest takes in the judgement beside aggregation, maybe after it.
    wait("the joined return to be in force", joined)


def test_the_same_figure_from_two_agencies_counts_once_and_is_said(system: Outside) -> None:
    system.cycle("2015-H2", "ID")
    agencies(system, "flow_through")
    for agency, who in (("ID-IMM", IMM), ("ID-NAVY", NAVY)):
        system.accepted(part(agency, "2015-H2", illegal_entries__total={"value": 80}), who)
    found = wait(
        "the overlap to be found",
        lambda: one if "overlap.agrees" in codes(one := national(system, "2015-H2")) else None,
    )
    system.becomes(found["id"], "accepted")
    system.until_figure(80, "total", indicator="illegal_entries", period="2015-H2", reporter="ID")


def test_figures_that_differ_wait_for_the_focal_point(system: Outside) -> None:
    system.cycle("2016-H1", "ID")
    agencies(system, "flow_through")
    system.accepted(part("ID-IMM", "2016-H1", illegal_entries__total={"value": 80}), IMM)
    system.until_figure(80, "total", indicator="illegal_entries", period="2016-H1", reporter="ID")
    system.accepted(part("ID-NAVY", "2016-H1", illegal_entries__total={"value": 100}), NAVY)
    found = wait(
        "the overlap to be found",
        lambda: one if "overlap.differs" in codes(one := national(system, "2016-H1")) else None,
    )
    assert found["state"] == "needs_explanation"
    # What was accepted before stays in force meanwhile.
    assert system.figure("total", indicator="illegal_entries", period="2016-H1", reporter="ID") == 80
    explained = [{"pointer": "/answers/illegal_entries.total", "comment": "The navy counts at sea as well"}]
    system.as_("focal-point:ID").post(f"/submissions/{found['id']}/explanations", explained)
    system.becomes(found["id"], "accepted")
    system.until_figure(100, "total", indicator="illegal_entries", period="2016-H1", reporter="ID")


def test_parts_wait_until_the_focal_point_releases_them(system: Outside) -> None:
    system.cycle("2016-H2", "ID")
    agencies(system, "focal_point")
    system.accepted(part("ID-IMM", "2016-H2", entries={"AF": 50}), IMM)
    system.accepted(part("ID-NAVY", "2016-H2", smuggled_migrants__total={"value": 20}), NAVY)
    assert national(system, "2016-H2") == {}
    assert system.rows("total", period="2016-H2", reporter="ID") == []
    system.as_("focal-point:ID").post("/reports/ID/2016-H2/release", None)
    system.until_figure(50, "total", indicator="illegal_entries", period="2016-H2", reporter="ID")
    system.until_figure(20, "total", indicator="smuggled_migrants", period="2016-H2", reporter="ID")


def test_an_agency_speaks_for_itself_alone(system: Outside) -> None:
    system.cycle("2017-H1", "ID")
    agencies(system, "flow_through")
    for number, report in enumerate(
        (
            part("ID-IMM", "2017-H1", entries={"AF": 1}),
            {**returned("TH", "2017-H1", entries={"AF": 1}), "agency": "TH-IMM"},
        )
    ):
        event_id = f"navy-as-another-{number}"
        system.publish_report("ID-NAVY", report, event_id)
        answer = system.answer("ID-NAVY", event_id)
        assert answer["state"] == "rejected"
        assert {"sender.not_agency", "sender.not_reporter"} & {one["code"] for one in answer["findings"]}
    assert system.as_("centre").get("/submissions", {"reporter": "TH", "cycle": "2017-H1"})["items"] == []
    assert system.rows("total", period="2017-H1") == []


def test_the_same_event_published_twice_is_one_revision(system: Outside) -> None:
    system.cycle("2017-H2", "ID")
    agencies(system, "flow_through")
    report = part("ID-NAVY", "2017-H2", smuggled_migrants__total={"value": 7})
    for _ in range(3):
        system.publish_report("ID-NAVY", report, "navy-2017-H2-1")
    system.answer("ID-NAVY", "navy-2017-H2-1")
    system.until_figure(7, "total", indicator="smuggled_migrants", period="2017-H2", reporter="ID")
    system.publish_report(
        "ID-NAVY", part("ID-NAVY", "2017-H2", smuggled_migrants__total={"value": 8}), "navy-2017-H2-2"
    )
    system.answer("ID-NAVY", "navy-2017-H2-2")
    system.until_figure(8, "total", indicator="smuggled_migrants", period="2017-H2", reporter="ID")
    revisions = system.as_("focal-point:ID").get("/reports/ID/2017-H2/revisions", {"agency": "ID-NAVY"})["items"]
    assert [one["revision"] for one in revisions] == [1, 2]


def codes(submission: dict[str, Any]) -> set[str]:
    return {one["code"] for one in submission.get("findings", ())}
