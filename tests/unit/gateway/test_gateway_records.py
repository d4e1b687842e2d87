"""Cycles, participants, focal points and agencies: who writes them, and that the writer reads them back."""

from typing import Any

import pytest

from contracts.events import CycleChanged, ExtensionGranted, FocalPointChanged
from tests.unit.gateway.conftest import World

TH = "focal-point:TH"
HALF = {
    "id": "2013-H2",
    "opens": "2014-01-01",
    "due": "2014-01-31",
    "grace_days": 14,
    "closes": "2014-03-31",
    "expected": ["TH"],
}
UNIT = {"unit": "Border Unit", "email": "border@th.example"}


async def test_a_cycle_that_is_opened_can_be_read_at_once(world: World) -> None:
    answer = await world.post("centre", "/cycles", HALF)
    assert (answer.status_code, answer.headers["location"]) == (201, "/api/v1/cycles/2013-H2")
    assert (await world.get(TH, "/cycles/2013-H2")).json() == answer.json()
    assert [one["id"] for one in (await world.get("operator", "/cycles")).json()["items"]] == ["2013-H1", "2013-H2"]
    [sent] = world.outbox.published
    assert (sent.topic, sent.key, type(sent.data)) == ("vrs.cycles", "2013-H2", CycleChanged)


async def test_the_same_cycle_again_is_the_same_and_another_of_its_name_is_a_conflict(world: World) -> None:
    for _ in range(2):
        assert (await world.post("centre", "/cycles", HALF)).status_code == 201
    assert (await world.post("centre", "/cycles", {**HALF, "due": "2014-02-01"})).status_code == 409


async def test_a_change_leaves_what_it_does_not_name(world: World) -> None:
    answer = await world.call("centre", "PATCH", "/cycles/2013-H1", json={"due": "2013-08-10"})
    assert answer.status_code == 200
    assert (answer.json()["due"], answer.json()["closes"]) == ("2013-08-10", "2013-09-30")
    assert (await world.get(TH, "/cycles/2013-H1")).json()["due"] == "2013-08-10"


async def test_a_cycle_that_was_opened_by_mistake_is_removed_with_its_extensions(world: World) -> None:
    await world.post("centre", "/cycles", HALF)
    more = {"participant": "TH", "due": "2014-02-15", "reason": "elections"}
    assert (await world.post("centre", "/cycles/2013-H2/extensions", more)).status_code == 201
    world.reads.add("reports", {"_id": "TH|2013-H1#1", "cycle": "2013-H1"})
    removed = await world.call("centre", "DELETE", "/cycles/2013-H2")
    assert (removed.status_code, removed.json()) == (200, {"id": "2013-H2"})
    assert [one["id"] for one in (await world.get(TH, "/cycles")).json()["items"]] == ["2013-H1"]
    assert not [key for key in world.view.directory.records if key.startswith("2013-H2")]
    assert (await world.call("centre", "DELETE", "/cycles/2013-H2")).status_code == 404
    assert (await world.post("centre", "/cycles", HALF)).status_code == 201
    assert world.view.directory.extension("2013-H2", "TH") is None


@pytest.mark.parametrize(
    ("collection", "word"), [("reports", "returns"), ("submissions", "submissions"), ("drafts", "drafts of returns")]
)
async def test_a_cycle_that_anything_refers_to_is_not_removed_and_says_why(
    world: World, collection: str, word: str
) -> None:
    world.reads.add(collection, {"_id": "one", "cycle": "2013-H1"})
    refused = await world.call("centre", "DELETE", "/cycles/2013-H1")
    assert (refused.status_code, f"({word})" in refused.json()["detail"]) == (409, True)
    assert (await world.get(TH, "/cycles/2013-H1")).status_code == 200


async def test_nobody_but_the_centre_removes_a_cycle(world: World) -> None:
    for who in (TH, "agency:TH:TH-IMM", "analyst:TH", "operator"):
        assert (await world.call(who, "DELETE", "/cycles/2013-H1")).status_code == 403, who
    world.outbox.away = True
    assert (await world.call("centre", "DELETE", "/cycles/2013-H1")).status_code == 503
    assert world.view.directory.cycle("2013-H1") is not None


async def test_a_cycle_that_would_be_none_is_422(world: World) -> None:
    bad: list[dict[str, Any]] = [
        {**HALF, "due": "2013-12-31"},
        {**HALF, "id": "2013-H3"},
        {**HALF, "expected": ["TH", "TH"]},
        {**HALF, "expected": ["th"]},
        {**HALF, "grace_days": 100},
        {**HALF, "more": 1},
        {"id": "2013-H2"},
    ]
    for body in bad:
        answer = await world.post("centre", "/cycles", body)
        assert answer.status_code == 422, body
        assert answer.json()["errors"], body
    for change in ({"closes": "2013-07-02"}, {"id": "2014"}, {"due": "soon"}):
        answer = await world.call("centre", "PATCH", "/cycles/2013-H1", json=change)
        assert answer.status_code == 422, change
    assert (await world.call("centre", "PATCH", "/cycles/1999", json={})).status_code == 404
    assert not world.outbox.published


async def test_only_the_centre_writes_cycles(world: World) -> None:
    for who in (TH, "agency:TH:TH-IMM", "analyst:TH", "operator"):
        assert (await world.post(who, "/cycles", HALF)).status_code == 403, who
        assert (await world.call(who, "PATCH", "/cycles/2013-H1", json={})).status_code == 403, who
        more = {"participant": "TH", "due": "2013-08-10", "reason": "flood"}
        assert (await world.post(who, "/cycles/2013-H1/extensions", more)).status_code == 403, who


async def test_an_extension_moves_the_due_moment_of_its_participant(world: World) -> None:
    more = {"participant": "TH", "due": "2013-08-10", "reason": "flood"}
    assert (await world.post("centre", "/cycles/2013-H1/extensions", more)).status_code == 201
    [sent] = world.outbox.published
    assert (sent.key, type(sent.data)) == ("2013-H1/extensions/TH", ExtensionGranted)
    items = (await world.get(TH, "/cycles/2013-H1/completeness")).json()["items"]
    assert {one["participant"]: one["due_at"][:10] for one in items} == {
        "TH": "2013-08-10",
        "MY": "2013-07-31",
        "PIDC": "2013-07-31",
    }


async def test_an_extension_is_for_an_expected_participant_and_a_later_day(world: World) -> None:
    wrong_days, wrong_reasons = ("2013-07-31", "9027-02-24", "0001-01-01"), ("", "jane.doe@example.org")
    changes = (
        [{"due": day} for day in wrong_days] + [{"reason": why} for why in wrong_reasons] + [{"participant": "AU"}]
    )
    for change in changes:
        more = {"participant": "TH", "due": "2013-08-10", "reason": "flood", **change}
        assert (await world.post("centre", "/cycles/2013-H1/extensions", more)).status_code == 422, change


async def test_completeness_has_no_figures_and_is_open_to_all(world: World) -> None:
    for who in ("centre", TH, "agency:MY:MY-NAVY", "analyst:PIDC", "operator"):
        answer = await world.get(who, "/cycles/2013-H1/completeness")
        assert (answer.status_code, answer.json()["expected"], answer.json()["percent"]) == (200, 3, 0), who
    assert (await world.get(TH, "/cycles/1999/completeness")).status_code == 404


async def test_the_centre_makes_and_changes_participants(world: World) -> None:
    body = {"name": "Fiji", "kind": "state", "time_zone": "Pacific/Fiji", "release": "focal_point"}
    for _ in range(2):
        answer = await world.put("centre", "/participants/FJ", body)
        assert (answer.status_code, answer.json()) == (200, {"code": "FJ", **body})
    changed = await world.put("centre", "/participants/FJ", {"release": "flow_through"})
    assert changed.json() == {"code": "FJ", **body, "release": "flow_through"}
    assert (await world.get("operator", "/participants/FJ")).json() == changed.json()
    assert (await world.put("centre", "/participants/XX", {"kind": "state"})).status_code == 422
    assert (await world.put("centre", "/participants/FJ", {"time_zone": "Mars/North"})).status_code == 422
    assert (await world.put("centre", "/participants/fj", body)).status_code == 422


async def test_a_focal_point_changes_release_and_nothing_else(world: World) -> None:
    there = (await world.get(TH, "/participants/TH")).json()
    body = {name: value for name, value in there.items() if name != "code"}
    assert (await world.put(TH, "/participants/TH", {**body, "release": "flow_through"})).status_code == 200
    assert (await world.get(TH, "/participants/TH")).json()["release"] == "flow_through"
    assert (await world.put(TH, "/participants/TH", {**body, "name": "Siam"})).status_code == 403
    assert (await world.put(TH, "/participants/MY", {"release": "flow_through"})).status_code == 403
    assert (await world.put("agency:TH:TH-IMM", "/participants/TH", {"release": "flow_through"})).status_code == 403
    assert (await world.put("focal-point:ZZ", "/participants/ZZ", body)).status_code == 403


async def test_a_focal_point_is_kept_by_the_centre_and_its_own_state(world: World) -> None:
    path = "/participants/TH/focal-points/unit-1"
    for who in ("centre", TH):
        assert (await world.put(who, path, UNIT)).status_code == 200, who
    for who in ("focal-point:MY", "analyst:TH", "agency:TH:TH-IMM", "operator"):
        assert (await world.put(who, path, UNIT)).status_code == 403, who
    assert (await world.get("analyst:TH", path)).json()["email"] == "border@th.example"
    for who, status in (("focal-point:MY", 404), ("operator", 403), ("centre", 200)):
        assert (await world.get(who, path)).status_code == status, who
    assert len((await world.get(TH, "/participants/TH/focal-points")).json()["items"]) == 1


async def test_ending_a_focal_point_twice_is_ending_it_once(world: World) -> None:
    path = "/participants/TH/focal-points/unit-1"
    assert (await world.call(TH, "DELETE", path)).status_code == 404
    await world.put(TH, path, UNIT)
    for _ in range(2):
        assert (await world.call(TH, "DELETE", path)).json() == {"id": "unit-1", "active": False}
    assert (await world.get(TH, path)).status_code == 404
    data = world.outbox.published[-1].data
    assert isinstance(data, FocalPointChanged)
    assert not data.record.active
    assert (await world.put(TH, path, UNIT)).status_code == 200
    assert (await world.get(TH, path)).json()["active"] is True


async def test_an_agency_has_its_topics_before_anybody_hears_of_it(world: World) -> None:
    answer = await world.put(TH, "/participants/TH/agencies/TH-IMM", {"name": "Immigration"})
    assert answer.status_code == 200
    assert world.topics.made == [("TH-IMM", 0)]
    assert len(world.outbox.published) == 1
    assert (await world.get(TH, "/participants/TH/agencies/TH-IMM")).json()["name"] == "Immigration"
    assert (await world.get(TH, "/participants/MY/agencies/TH-IMM")).status_code == 404
    assert (await world.call("centre", "DELETE", "/participants/TH/agencies/TH-IMM")).status_code == 200
    assert (await world.get(TH, "/participants/TH/agencies")).json()["items"] == []


async def test_an_agency_belongs_to_its_participant_and_a_unit_is_no_person(world: World) -> None:
    assert (await world.put("centre", "/participants/TH/agencies/MY-IMM", {"name": "x"})).status_code == 422
    assert (await world.put("centre", "/participants/TH/agencies/bad", {"name": "x"})).status_code == 422
    assert (await world.put("centre", "/participants/ZZ/agencies/ZZ-IMM", {"name": "x"})).status_code == 404
    bad = {"unit": "jane.doe@example.org", "email": "border@th.example"}
    assert (await world.put(TH, "/participants/TH/focal-points/u", bad)).status_code == 422
    assert (await world.put(TH, "/participants/TH/focal-points/u", {**UNIT, "email": "x"})).status_code == 422
    assert not world.topics.made


async def test_lists_page_by_cursor(world: World) -> None:
    first = (await world.get(TH, "/participants", limit=2)).json()
    rest = (await world.get(TH, "/participants", limit=2, cursor=first["next"])).json()
    assert [one["code"] for one in first["items"] + rest["items"]] == ["MY", "PIDC", "TH"]
    assert rest["next"] is None


async def test_a_record_that_is_not_known_to_be_on_kafka_is_503(world: World) -> None:
    world.outbox.away = True
    assert (await world.post("centre", "/cycles", HALF)).status_code == 503
    world.outbox.away, world.view.away = False, True
    for path in ("/cycles", "/participants", "/cycles/2013-H1/completeness"):
        assert (await world.get(TH, path)).status_code == 503, path


def notice(world: World, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "_id": f"2013-H1|TH|unit-1|{name}",
        "cycle": "2013-H1",
        "participant": "TH",
        "focal_point": "unit-1",
        "kind": name,
        "audience": "participant",
        "at": world.gateway.now(),
        "channels": [{"kind": "email", "state": "sent", "attempts": 1, "last_error": "550 border@th.example"}],
        **fields,
    }


async def test_an_inbox_is_ones_own_and_the_operator_sees_channels_alone(world: World) -> None:
    world.reads.add(
        "notices",
        notice(world, "due_today"),
        notice(world, "reminder_7"),
        notice(world, "nomination_due", audience="centre", focal_point="centre"),
        notice(world, "overdue_1", participant="MY", _id="2013-H1|MY|unit-1|overdue_1"),
    )
    own = (await world.get(TH, "/notifications")).json()["items"]
    assert {one["kind"] for one in own} == {"due_today", "reminder_7"}
    assert own[0]["channels"] == [{"kind": "email", "state": "sent"}]
    assert [one["kind"] for one in (await world.get("centre", "/notifications")).json()["items"]] == ["nomination_due"]
    assert len((await world.get(TH, "/notifications", kind="due_today")).json()["items"]) == 1
    assert (await world.get(TH, "/notifications", cycle="2012")).json()["items"] == []
    first = (await world.get(TH, "/notifications", limit=1)).json()
    second = (await world.get(TH, "/notifications", limit=1, cursor=first["next"])).json()
    assert {one["kind"] for one in first["items"] + second["items"]} == {"due_today", "reminder_7"}
    operator = await world.get("operator", "/notifications", limit=3)
    assert len(operator.json()["items"]) == 3
    assert operator.json()["next"] is not None
    assert "unit-1" not in operator.text
    assert (await world.get("analyst:TH", "/notifications")).status_code == 403
