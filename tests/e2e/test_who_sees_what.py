"""Reciprocity: another State's figures of a cycle open with one's own return, and some never do."""

import uuid

import pytest

from cli.gateway import Problem
from tests.e2e.outside import Json, Outside, returned, wait

pytestmark = pytest.mark.slow
FEES: Json = {
    "fees": [{"from": "AF", "to": "PK", "fee_min": 100, "fee_typical": 200, "fee_max": 300, "currency": "USD"}]
}
ENTRIES = {"indicator": "illegal_entries", "period": "2009-H1"}


def test_another_states_figures_open_with_ones_own_return(system: Outside) -> None:
    system.cycle("2009-H1", "PK", "LK")
    theirs = returned("PK", "2009-H1", entries={"AF": 70}, methods_and_fees__by_from_to=FEES)
    system.accepted({**theirs, "sharing": {"methods_and_fees.by_from_to": "centre_only"}})
    system.until_figure(70, "citizenship", **ENTRIES, member="AF")

    assert system.figure("citizenship", "focal-point:PK", **ENTRIES, member="AF") == 70
    assert system.rows("citizenship", "focal-point:LK", **ENTRIES) == []
    closed = system.as_("focal-point:LK").get("/aggregates/citizenship", ENTRIES)
    assert {"reporter": "LK", "cycle": "2009-H1"} in closed["opens_with"]

    system.accepted(returned("LK", "2009-H1", entries={"AF": 5}))
    system.until_figure(75, "citizenship", "focal-point:LK", **ENTRIES, member="AF")
    assert system.rows("citizenship", "analyst:LK", **ENTRIES, member="AF")[0]["reporters"] == ["LK", "PK"]

    fees = {"indicator": "fee_typical_usd", "period": "2009-H1"}
    wait("the centre to see the fees", lambda: system.rows("corridor", **fees) or None)
    assert system.rows("corridor", "focal-point:PK", **fees) != []
    assert system.rows("corridor", "focal-point:LK", **fees) == []
    theirs = system.as_("focal-point:LK").get("/reports/PK/2009-H1")
    assert "illegal_entries.total" in theirs["report"]["answers"]
    assert "methods_and_fees.by_from_to" not in theirs["report"]["answers"]

    system.as_("focal-point:LK").post("/reports/LK/2009-H1/withdraw", {"reason": "The door closes again"})
    wait("the door to close", lambda: not system.rows("citizenship", "focal-point:LK", **ENTRIES))


def test_what_one_may_not_see_answers_as_what_does_not_exist(system: Outside) -> None:
    system.cycle("2009-H2", "PK", "LK")
    submission = system.accepted(returned("PK", "2009-H2", entries={"AF": 70}))
    for there, nowhere in (
        (f"/submissions/{submission}", f"/submissions/{uuid.uuid4()}"),
        ("/reports/PK/2009-H2", "/reports/PK/2008-H2"),
    ):
        answers = [system.http.get(path, headers=system.bearer("focal-point:LK")) for path in (there, nowhere)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content.replace(submission.encode(), b"") == answers[1].content.replace(
            nowhere.rpartition("/")[2].encode(), b""
        )


def test_an_operator_sees_the_machinery_and_no_figures(system: Outside) -> None:
    system.cycle("2011-H1", "PK")
    submission = system.accepted(returned("PK", "2011-H1", entries={"AF": 12345}))
    operator = system.as_("operator")
    assert operator.status(submission)["state"] == "accepted"
    assert "12345" not in str(operator.status(submission))
    assert operator.get("/cycles/2011-H1/completeness")["received"] == 1
    for path in ("/aggregates/citizenship?period=2011-H1", "/reports/PK/2011-H1"):
        with pytest.raises(Problem) as refused:
            operator.get(path)
        assert refused.value.status in (403, 404)


@pytest.mark.parametrize("who", ["centre", "focal-point:LK", "analyst:PK", "operator", "agency:PK:PK-IMM"])
def test_no_role_writes_for_another(system: Outside, who: str) -> None:
    report = returned("PK", "2011-H1", entries={"AF": 1})
    answer = system.http.post("/submissions", json=report, headers=system.bearer(who))
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_without_a_token_there_is_nothing(system: Outside) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eA=="}):
        answer = system.http.get("/cycles", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"].startswith("application/problem+json")
