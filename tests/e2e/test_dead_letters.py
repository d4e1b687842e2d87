"""A message that was set aside is sent again once its cause is gone."""

import re

import pytest

from tests.e2e.outside import Outside, returned, wait

pytestmark = pytest.mark.slow


def test_a_part_that_came_too_early_is_replayed(system: Outside) -> None:
    system.cycle("2008-H1", "VN")
    system.participant("VN", release="flow_through")
    centre = system.as_("centre")
    centre.put("/participants/VN/agencies/VN-IMM", {"name": "Agency VN-IMM"})
    system.http.delete("/participants/VN/agencies/VN-IMM", headers=system.bearer("centre")).raise_for_status()

    report = {**returned("VN", "2008-H1", entries={"KH": 21}), "agency": "VN-IMM"}
    system.publish_report("VN-IMM", report, "vn-1")
    wait(
        "the dead letter of VN-IMM",
        lambda: [one for one in system.dead_letters() if one["topic"] == "vrs.in.VN-IMM"] or None,
    )
    listed = system.vrs("deadletters", "list", "--reason", "agency.unknown", "--since", "1h")
    assert "vrs.in.VN-IMM" in listed

    centre.put("/participants/VN/agencies/VN-IMM", {"name": "Agency VN-IMM"})
    assert "would be sent" in system.vrs("deadletters", "replay", "--topic", "vrs.in.VN-IMM", "--dry-run")
    replayed = system.vrs("deadletters", "replay", "--topic", "vrs.in.VN-IMM")
    assert len(re.findall("sent as offset", replayed)) == 1
    assert system.answer("VN-IMM", "vn-1")["state"] == "accepted"
    system.until_figure(21, "total", indicator="illegal_entries", period="2008-H1")

    # Once more changes nothing.
    system.vrs("deadletters", "replay", "--topic", "vrs.in.VN-IMM")
    revisions = centre.get("/reports/VN/2008-H1/revisions", {"agency": "VN-IMM"})["items"]
    assert [one["revision"] for one in revisions] == [1]
