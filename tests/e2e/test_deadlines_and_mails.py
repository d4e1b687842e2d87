"""Deadlines, extensions, completion, and the mails about them: once each, without a figure."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.outside import Json, Outside, returned, wait

pytestmark = pytest.mark.slow
CYCLE = "2007-H1"
PH, AU = "focal-point@ph.example", "focal-point@au.example"


def notices(system: Outside, who: str, cycle: str) -> dict[str, dict[str, Json]]:
    """The inbox about a cycle, by kind."""
    found = list(system.as_(who).items("/notifications", {"cycle": cycle}))
    assert len({one["kind"] for one in found}) == len(found), "a kind came twice"
    return {one["kind"]: one for one in found}


def mailed(system: Outside, who: str, kind: str, cycle: str) -> dict[str, Json]:
    """The notice, once its mail is sent."""

    def look() -> dict[str, Json] | None:
        notice = notices(system, who, cycle).get(kind)
        states = {one["kind"]: one["state"] for one in notice["channels"]} if notice else {}
        return notice if states.get("email") == "sent" else None

    return wait(f"the mail {kind} to {who} about {cycle}", look)


def test_the_notices_of_a_cycle_from_opening_to_completion(system: Outside) -> None:
    centre = system.as_("centre")
    today = datetime.now(UTC).date()
    for code in ("PH", "AU"):
        unit = {"unit": f"Focal point unit of {code}", "email": f"focal-point@{code.lower()}.example"}
        centre.put(f"/participants/{code}/focal-points/unit-1", unit)
    system.cycle(CYCLE, "PH", "AU", due=today + timedelta(days=3))
    mailed(system, "focal-point:PH", "reminder_3", CYCLE)

    # More time: told once, and the due moment is the later one.
    granted = {"participant": "AU", "due": f"{today + timedelta(days=20)}", "reason": "One authority is late"}
    centre.post(f"/cycles/{CYCLE}/extensions", granted)
    mailed(system, "focal-point:AU", "extension_granted", CYCLE)

    rejected = system.judged(system.send(returned("PH", CYCLE, entries={"Nowhereland": 98765})))
    assert rejected["state"] == "rejected"
    mailed(system, "focal-point:PH", "report_rejected", CYCLE)

    for code in ("PH", "AU"):
        system.accepted(returned(code, CYCLE, entries={"VN": 98765}))
        mailed(system, f"focal-point:{code}", "report_received", CYCLE)
        mailed(system, f"focal-point:{code}", "report_accepted", CYCLE)
    for who in ("focal-point:PH", "focal-point:AU", "centre"):
        mailed(system, who, "cycle_complete", CYCLE)

    asked = {"outcome": "correction_requested", "reason": "A digit seems to be missing", "pointers": []}
    centre.post(f"/reports/PH/{CYCLE}/verification", asked)
    mailed(system, "focal-point:PH", "correction_requested", CYCLE)

    for address in (PH, AU):
        mails = system.mails(address)
        assert all("98765" not in mail["text"] and "98,765" not in mail["text"] for mail in mails)
        assert len({mail["message_id"] for mail in mails}) == len(mails)
    complete = centre.get(f"/cycles/{CYCLE}/completeness")
    assert (complete["expected"], complete["received"], complete["percent"]) == (2, 2, 100)


def test_one_who_is_late_hears_of_it_until_the_return_is_in(system: Outside) -> None:
    centre = system.as_("centre")
    today = datetime.now(UTC).date()
    for code in ("NZ", "LK"):
        unit = {"unit": f"Focal point unit of {code}", "email": f"focal-point@{code.lower()}.example"}
        centre.put(f"/participants/{code}/focal-points/unit-1", unit)
    system.cycle("2007-H2", "NZ", "LK", due=today - timedelta(days=2))
    mailed(system, "focal-point:NZ", "overdue_1", "2007-H2")
    mailed(system, "focal-point:LK", "overdue_1", "2007-H2")
    found = system.judged(system.send(returned("NZ", "2007-H2", entries={"VN": 1})))
    assert found["state"] == "accepted"
    assert "report.late" in {one["code"] for one in found["findings"]}
    standing = {one["participant"]: one for one in centre.get("/cycles/2007-H2/completeness")["items"]}
    assert (standing["NZ"]["late"], standing["NZ"]["overdue"]) == (True, False)
    assert (standing["LK"]["late"], standing["LK"]["overdue"]) == (False, True)
    assert set(notices(system, "focal-point:NZ", "2007-H2")) & {"overdue_7", "overdue_14"} == set()


def test_nobody_is_told_of_another_states_return(system: Outside) -> None:
    mine = {one["participant"] for one in system.as_("focal-point:PH").items("/notifications")}
    assert mine <= {"PH", None}
