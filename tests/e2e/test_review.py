"""The centre verifies a return, or asks for a correction; the State answers with the next revision."""

import pytest

from cli.gateway import Problem
from tests.e2e.outside import Outside, returned

pytestmark = pytest.mark.slow


def test_the_centre_verifies_a_return(system: Outside) -> None:
    system.cycle("1998-H1", "KH")
    submission = system.accepted(returned("KH", "1998-H1", entries={"VN": 40}))
    reviewed = {"outcome": "verified", "reason": "Agrees with what is published"}
    system.as_("centre").post("/reports/KH/1998-H1/verification", reviewed)
    found = system.becomes(submission, "verified")
    assert found["timeline"][-1]["state"] == "verified"
    system.until_figure(40, "total", indicator="illegal_entries", period="1998-H1")


def test_a_correction_is_asked_for_and_the_return_stays_in_force_until_it_comes(system: Outside) -> None:
    system.cycle("1998-H2", "KH")
    first = system.accepted(returned("KH", "1998-H2", entries={"VN": 40}))
    pointer = "/answers/illegal_entries.by_citizenship/rows/0/value"
    asked = {"outcome": "correction_requested", "reason": "A digit seems to be missing", "pointers": [pointer]}
    system.as_("centre").post("/reports/KH/1998-H2/verification", asked)
    system.becomes(first, "correction_requested")
    assert system.as_("focal-point:KH").get("/reports/KH/1998-H2")["review"]["pointers"] == [pointer]
    system.until_figure(40, "total", indicator="illegal_entries", period="1998-H2")

    system.accepted(returned("KH", "1998-H2", entries={"VN": 400}))
    system.becomes(first, "superseded")
    system.until_figure(400, "total", indicator="illegal_entries", period="1998-H2")


@pytest.mark.parametrize("who", ["focal-point:KH", "focal-point:TH", "analyst:KH", "operator"])
def test_nobody_else_reviews(system: Outside, who: str) -> None:
    with pytest.raises(Problem) as refused:
        system.as_(who).post("/reports/KH/1998-H1/verification", {"outcome": "verified", "reason": ""})
    assert refused.value.status in (403, 404)


def test_only_the_owner_withdraws(system: Outside) -> None:
    for who in ("centre", "focal-point:TH", "analyst:KH", "operator"):
        with pytest.raises(Problem) as refused:
            system.as_(who).post("/reports/KH/1998-H1/withdraw", {"reason": "Not mine to take back"})
        assert refused.value.status in (403, 404)
