"""An agency's machine sends its part with a key of its own, until the key is revoked."""

from typing import Any

import httpx
import pytest

from tests.e2e.outside import Outside, returned

pytestmark = pytest.mark.slow
KEYS = "/participants/VN/agencies/VN-IMM/keys"
CYCLE = "2003-H2"


def submit(system: Outside, key: str, part: dict[str, Any]) -> httpx.Response:
    return system.http.post("/submissions", json=part, headers={"Authorization": f"Bearer {key}"})


def test_an_agency_sends_with_its_key_until_it_is_revoked_and_no_log_holds_a_key(system: Outside) -> None:
    system.cycle(CYCLE, "VN")
    system.as_("centre").put("/participants/VN/agencies/VN-IMM", {"name": "Immigration Department"})
    desk = system.bearer("focal-point:VN")
    old, new = (system.http.post(KEYS, headers=desk).json() for _ in range(2))
    part = {**returned("VN", CYCLE, entries={"KH": 5}), "agency": "VN-IMM"}

    sent = submit(system, old["key"], part)
    assert sent.status_code == 202, sent.text
    found = system.judged(sent.json()["id"])
    assert (found["state"], found["agency"]) == ("accepted", "VN-IMM")
    # Another key of the same agency is the same sender: what it sends again is the same submission.
    assert submit(system, new["key"], part).json()["id"] == sent.json()["id"]
    assert submit(system, old["key"], {**part, "agency": None}).status_code == 403
    assert submit(system, old["key"], {**part, "reporter": "TH", "agency": "TH-IMM"}).status_code == 403

    assert system.http.delete(f"{KEYS}/{old['id']}", headers=desk).status_code == 200
    refused = submit(system, old["key"], part)
    assert refused.status_code == 401
    assert "was revoked" in refused.json()["detail"]
    assert submit(system, new["key"], part).status_code == 202
    states = {one["id"]: one["state"] for one in system.http.get(KEYS, headers=desk).json()["items"]}
    assert states == {old["id"]: "revoked", new["id"]: "good"}

    system.http.delete(KEYS.removesuffix("/keys"), headers=desk)
    assert submit(system, new["key"], part).status_code == 401
    secrets = [one["key"].rpartition("_")[2][:64] for one in (old, new)]
    logs = {name: system.stack.log(name).read_text("utf-8") for name in system.stack.components}
    assert old["id"] in logs["gateway"], "who made and revoked which key is written down"
    assert [name for name, text in logs.items() if any(one in text for one in secrets)] == []
