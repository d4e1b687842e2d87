"""The journey of the issue: Thailand's return for 2013-H1 goes in, its figures come out, change, and go again."""

import json
import time
from pathlib import Path

import pytest

from tests.e2e.outside import Outside, thailand, wait

ROUTE = "AF>PK>MY>ID"
CORRIDORS = ("AF>PK", "PK>MY", "MY>ID")
KH = {"indicator": "illegal_entries", "period": "2013-H1", "member": "KH"}
pytestmark = pytest.mark.slow


def test_a_return_comes_in_is_corrected_and_withdrawn(system: Outside) -> None:
    system.cycle("2013-H1", "TH", "KH")
    focal_point = system.as_("focal-point:TH")

    begun = time.monotonic()
    answer = system.http.post("/submissions", json=thailand(), headers=system.bearer("focal-point:TH"))
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == answer.json()["status_url"] == f"/api/v1/submissions/{answer.json()['id']}"
    first = focal_point.wait(answer.json()["id"])
    assert time.monotonic() - begun < 10  # well under a second where nothing else runs
    assert first["state"] == "accepted"
    assert [step["state"] for step in first["timeline"]] == ["received", "recorded", "accepted"]
    assert first["revision"] == 1

    system.until_figure(10000, "citizenship", "focal-point:TH", **KH)
    row = system.rows("citizenship", "focal-point:TH", **KH)[0]
    assert (row["name"], row["reporters"], row["complete"]) == ("Cambodia", ["TH"], True)
    system.until_figure(340, "route", indicator="routes", period="2013-H1", member=ROUTE)
    for corridor in CORRIDORS:
        system.until_figure(340, "corridor", indicator="routes", period="2013-H1", member=corridor)
    system.until_figure(12000, "total", indicator="illegal_entries", period="2013-H1")
    system.until_figure(120, "mode_and_last_exit", indicator="smuggled_migrants", period="2013-H1", member="sea|MY")

    corrected = thailand()
    corrected["answers"]["illegal_entries.by_citizenship"]["rows"][1]["value"] = 9000
    del corrected["answers"]["illegal_entries.by_citizenship"]["rows"][0]
    second = system.accepted(corrected)
    system.until_figure(9000, "citizenship", **KH)
    system.until_figure(None, "citizenship", indicator="illegal_entries", period="2013-H1", member="MM")
    assert system.becomes(first["id"], "superseded")["revision"] == 1
    assert focal_point.status(second)["revision"] == 2

    focal_point.post("/reports/TH/2013-H1/withdraw", {"reason": "Counted by another definition"})
    system.becomes(second, "withdrawn")
    system.until_figure(None, "citizenship", **KH)
    wait("every figure of Thailand to be gone", lambda: not system.rows("total", period="2013-H1", reporter="TH"))
    system.until_figure(None, "route", indicator="routes", period="2013-H1", member=ROUTE)
    for corridor in CORRIDORS:
        system.until_figure(None, "corridor", indicator="routes", period="2013-H1", member=corridor)

    # Without a key the same body is the same submission, which is withdrawn: a new word needs a new key.
    again = system.send(thailand(), key="2013-H1, after the withdrawal")
    assert system.judged(again)["revision"] == 4
    system.until_figure(10000, "citizenship", **KH)


def test_the_same_return_sent_twice_is_one_revision(system: Outside) -> None:
    system.cycle("1997-H2", "TH")
    report = thailand("1997-H2")
    ids = {system.send(report, key="only-once") for _ in range(3)}
    assert len(ids) == 1
    assert system.judged(ids.pop())["revision"] == 1
    assert len(system.as_("focal-point:TH").get("/reports/TH/1997-H2/revisions")["items"]) == 1


def test_a_used_key_with_another_body_is_refused(system: Outside) -> None:
    system.cycle("1996-Q1", "TH")
    system.judged(system.send(thailand("1996-Q1"), key="k-1"))
    other = thailand("1996-Q1")
    other["answers"]["illegal_entries.total"]["value"] = 13000
    headers = {**system.bearer("focal-point:TH"), "Idempotency-Key": "k-1"}
    answer = system.http.post("/submissions", json=other, headers=headers)
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["idempotency.conflict"]


def test_a_dry_run_judges_and_stores_nothing(system: Outside) -> None:
    system.cycle("1995-Q2", "TH")
    answer = system.as_("focal-point:TH").post("/submissions?dry_run=true", thailand("1995-Q2"))
    assert answer["outcome"] == "accepted"
    assert [finding["code"] for finding in answer["findings"]] == ["total.missing"]
    assert system.as_("centre").get("/submissions", {"reporter": "TH", "cycle": "1995-Q2"})["items"] == []


def test_the_return_in_force_is_given_with_names_and_regions(system: Outside) -> None:
    system.cycle("1994-Q3", "TH")
    system.accepted(thailand("1994-Q3"))
    found = system.as_("focal-point:TH").get("/reports/TH/1994-Q3")
    rows = found["report"]["answers"]["illegal_entries.by_citizenship"]["rows"]
    assert [(row["citizenship"], row["name"], row["region"]) for row in rows] == [
        ("MM", "Myanmar", "South-eastern Asia"),
        ("KH", "Cambodia", "South-eastern Asia"),
        ("LA", "Lao PDR", "South-eastern Asia"),
    ]
    assert ROUTE in str(found["report"]["answers"]["routes.by_countries"])


def test_the_logs_of_all_five_services_name_the_submission(system: Outside) -> None:
    system.cycle("1997-Q1", "TH")
    submission = system.accepted(thailand("1997-Q1"))
    for service in ("gateway", "ingest", "validation", "aggregation", "notification"):
        file = system.stack.log(service)

        def named(file: Path = file) -> bool:
            lines = [json.loads(line) for line in file.read_text().splitlines() if submission in line]
            return any(line.get("submission_id") == submission for line in lines)

        wait(f"the log of {service} to name the submission", named)


def test_the_command_line_sends_the_same_return(system: Outside, tmp_path: Path) -> None:
    system.cycle("1993-Q4", "TH")
    file = tmp_path / "report.json"
    file.write_text(json.dumps(thailand("1993-Q4")))
    assert "accepted" in system.vrs("validate", str(file))
    assert "accepted" in system.vrs("submit", str(file), "--key", "by-hand", "--wait")
