"""A figure that asks for a word gets it: in the report, or afterwards."""

import pytest

from cli.gateway import Problem
from tests.e2e.outside import Json, Outside, returned

pytestmark = pytest.mark.slow


def above_the_total(cycle: str, **more: Json) -> dict[str, Json]:
    rows = {"rows": [{"citizenship": "KH", "value": 120}], **more}
    return returned("TH", cycle, illegal_entries__total={"value": 100}, illegal_entries__by_citizenship=rows)


def test_a_return_waits_for_an_explanation_and_is_accepted_with_it(system: Outside) -> None:
    system.cycle("2018-H1", "TH")
    submission = system.send(above_the_total("2018-H1"))
    found = system.judged(submission)
    assert found["state"] == "needs_explanation"
    assert [(one["code"], one["severity"]) for one in found["findings"]] == [("sum.parts_above_total", "explain")]
    assert system.rows("total", period="2018-H1") == []

    focal_point = system.as_("focal-point:TH")
    pointer = found["findings"][0]["pointer"]
    explained = [{"pointer": pointer, "comment": "The total leaves one province out"}]
    focal_point.post(f"/submissions/{submission}/explanations", explained)
    found = system.becomes(submission, "accepted")
    assert found["revision"] == 1
    states = [step["state"] for step in found["timeline"]]
    assert states[:3] == ["received", "recorded", "needs_explanation"]
    assert states[-1] == "accepted"
    system.until_figure(120, "citizenship", indicator="illegal_entries", period="2018-H1", member="KH")


def test_a_comment_in_the_report_explains_at_once(system: Outside) -> None:
    system.cycle("2018-H2", "TH")
    submission = system.accepted(above_the_total("2018-H2", comment="The total leaves one province out"))
    found = system.as_("focal-point:TH").status(submission)
    assert [one["code"] for one in found["findings"]] == ["sum.parts_above_total"]


def test_what_needs_no_explanation_cannot_be_explained(system: Outside) -> None:
    system.cycle("2019-H1", "TH")
    submission = system.accepted(returned("TH", "2019-H1", entries={"KH": 1}))
    with pytest.raises(Problem) as refused:
        system.as_("focal-point:TH").post(
            f"/submissions/{submission}/explanations", [{"pointer": "/answers", "comment": "None was asked for"}]
        )
    assert refused.value.status == 409


def test_a_rejected_return_leaves_the_one_in_force(system: Outside) -> None:
    system.cycle("2019-H2", "TH")
    system.accepted(returned("TH", "2019-H2", entries={"KH": 11}))
    system.until_figure(11, "citizenship", indicator="illegal_entries", period="2019-H2", member="KH")
    found = system.judged(system.send(returned("TH", "2019-H2", entries={"Camboda": 12})))
    assert found["state"] == "rejected"
    assert [(one["code"], one["suggestion"]) for one in found["findings"] if one["severity"] == "blocker"] == [
        ("country.unknown", "Cambodia (KH)")
    ]
    assert system.figure("citizenship", indicator="illegal_entries", period="2019-H2", member="KH") == 11
    assert system.as_("focal-point:TH").get("/reports/TH/2019-H2")["revision"] == 1


def test_a_partial_return_replaces_the_questions_it_holds(system: Outside) -> None:
    system.cycle("2020-H1", "TH")
    system.accepted(returned("TH", "2020-H1", entries={"KH": 11}, smuggled_migrants__total={"value": 3}))
    system.accepted({**returned("TH", "2020-H1", smuggled_migrants__total={"value": 4}), "scope": "partial"})
    system.until_figure(4, "total", indicator="smuggled_migrants", period="2020-H1")
    system.until_figure(11, "citizenship", indicator="illegal_entries", period="2020-H1", member="KH")
