"""What somebody who means ill may send: it costs little, shows nothing, and is never our fault."""

import base64
import json
import time
from typing import Any

import pytest
from prometheus_client import REGISTRY

from contracts.findings import Finding
from contracts.identity import series_id
from screening import screen
from services.gateway.api.contacts import MOST_AGENCIES, MOST_FOCAL_POINTS
from services.gateway.api.reports import line_of
from services.gateway.intake import personal_data, read_report
from services.gateway.paging import UnreadableCursor, read_cursor
from services.gateway.recognising import Incoming
from services.gateway.shape import MOST
from tests.unit.gateway.conftest import World
from tests.unit.gateway.test_gateway_reading import MY, TH, held, revision

LONG = "k" * 200_000
REVIEW = {"outcome": "verified", "reason": "ok"}


def cursor(*key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def told(faults: list[Finding]) -> int:
    return sum(len(one.model_dump_json()) for one in faults)


def test_a_long_key_is_not_repeated_for_every_fault_under_it(report: dict[str, Any]) -> None:
    began = time.process_time()
    rows = [{LONG: number} for number in range(3)]
    report["answers"]["illegal_entries.by_citizenship"] = {"rows": [*rows, *({"x": 1} for _ in range(20_000))]}
    report["answers"][LONG] = {"rows": [{"x": one} for one in range(300)]}
    read, faults = read_report(Incoming(report))
    assert read is None
    assert 0 < len(faults) <= MOST
    assert told(faults) < 100_000
    assert time.process_time() - began < 5


def test_personal_data_under_a_long_key_is_told_once_and_above_it() -> None:
    began = time.process_time()
    [found] = personal_data({"answers": {LONG: [f"person{number}@example.org" for number in range(400)]}})
    assert found.pointer == "/answers"
    assert time.process_time() - began < 5


def test_no_more_places_of_personal_data_are_told_than_other_faults() -> None:
    assert len(personal_data([f"person{number}@example.org" for number in range(400)])) == MOST


async def test_another_state_learns_neither_the_id_nor_how_a_return_came_to_stand(world: World) -> None:
    history: dict[str, Any] = {
        "judgement": 3,
        "kind": "joined",
        "review": {"outcome": "correction_requested", "reason": "x"},
    }
    world.reads.add("reports", revision(world, "TH"))
    world.reads.add("reports", revision(world, "MY", state="correction_requested", **history))
    seen = (await world.get(TH, "/reports/MY/2013-H1")).json()
    hidden = ("submission_id", "state", "judgement", "kind", "review")
    assert [seen[name] for name in hidden] == [None, "accepted", 0, "report", None]
    for who in (MY, "centre"):
        owned = (await world.get(who, "/reports/MY/2013-H1")).json()
        assert [owned[name] for name in hidden] == ["MY1", "correction_requested", 3, "joined", history["review"]], who


async def test_a_bar_in_a_path_never_names_another_line(world: World) -> None:
    world.reads.add("reports", revision(world, "TH"), revision(world, "TH", agency="TH-NAVY"))
    unknown = await world.get("centre", "/reports/TH/1999")
    for method, path, body in (
        ("GET", "/reports/TH/2013-H1%7CTH-NAVY", None),
        ("GET", "/reports/TH%7C2013-H1/TH-NAVY", None),
        ("GET", "/reports/TH/2013-H1%7CTH-NAVY/revisions", None),
        ("GET", "/reports/TH/2013-H1%7CTH-NAVY/revisions/1", None),
        ("POST", "/reports/TH/2013-H1%7CTH-NAVY/verification", REVIEW),
        ("POST", "/reports/TH/2013-H1%7CTH-NAVY/withdraw", {"reason": "wrong"}),
        ("POST", "/reports/TH/2013-H1%7CTH-NAVY/release", None),
        ("GET", "/cycles/2013-H1%7CTH-NAVY/completeness", None),
        ("PATCH", "/cycles/2013-H1%7CTH-NAVY", {}),
    ):
        who = TH if path.endswith(("withdraw", "release")) else "centre"
        answer = await world.call(who, method, path, json=body)
        assert (answer.status_code, answer.json()) == (404, unknown.json()), path
    assert world.outbox.published == []


async def test_a_line_is_found_by_its_parts_and_not_by_the_name_that_they_make(world: World) -> None:
    world.reads.add("reports", revision(world, "TH", agency="TH-NAVY"))
    assert series_id("TH", "2013-H1|TH-NAVY") == series_id("TH", "2013-H1", "TH-NAVY")
    assert await line_of(world.gateway, "TH", "2013-H1|TH-NAVY", None) == []
    assert len(await line_of(world.gateway, "TH", "2013-H1", "TH-NAVY")) == 1


async def test_invented_methods_and_paths_make_no_labels(world: World) -> None:
    for number in range(3):
        await world.call(TH, f"INVENT{number}", "/cycles")
        await world.get(TH, f"/invented/{number}")
        await world.get(TH, f"/cycles/19{number:02}")
    labels = [one.labels for metric in REGISTRY.collect() for one in metric.samples
              if one.name == "vrs_http_request_seconds_count"]  # fmt: skip
    said = {value for one in labels for value in one.values()}
    assert "other" in said
    assert not [one for one in said if "INVENT" in one or "invented" in one or "/19" in one]


async def test_a_participant_has_so_many_focal_points_and_agencies_and_ended_ones_count(world: World) -> None:
    for most, path, body in (
        (MOST_FOCAL_POINTS, "/participants/TH/focal-points/U{}", {"unit": "Border unit", "email": "unit@th.example"}),
        (MOST_AGENCIES, "/participants/TH/agencies/TH-U{:02}", {"name": "Border unit"}),
    ):
        for number in range(most):
            assert (await world.put(TH, path.format(number), body)).status_code == 200
        assert (await world.call(TH, "DELETE", path.format(0))).status_code == 200
        made = len(world.topics.made)
        assert (await world.put(TH, path.format(most), body)).status_code == 409
        assert len(world.topics.made) == made
        assert (await world.put(TH, path.format(0), body)).status_code == 200
        assert (await world.put("centre", path.format(most).replace("TH", "MY"), body)).status_code == 200


@pytest.mark.parametrize(
    ("state", "shown"),
    [("rejected", None), ("needs_explanation", "received"), ("recorded", "received"), ("accepted", "accepted"),
     ("correction_requested", "accepted"), ("verified", "accepted")],
)  # fmt: skip
async def test_how_another_states_return_fares_is_its_own_business(world: World, state: str, shown: str | None) -> None:
    world.reads.add("reports", revision(world, "MY", state=state))

    async def state_for(who: str) -> str | None:
        items = (await world.get(who, "/cycles/2013-H1/completeness")).json()["items"]
        [found] = [one["state"] for one in items if one["participant"] == "MY"]
        return found  # type: ignore[no-any-return]

    assert [await state_for(who) for who in (TH, MY, "centre", "operator")] == [shown, state, state, state]


async def test_another_states_withdrawal_is_not_told(world: World) -> None:
    world.reads.add("reports", revision(world, "MY", state="withdrawn"))
    world.reads.add("reports", revision(world, "MY", 2, state="withdrawn", kind="withdrawal"))
    items = (await world.get(TH, "/cycles/2013-H1/completeness")).json()["items"]
    assert [one["state"] for one in items] == [None, None, None]


async def test_figures_of_a_revision_that_comes_between_the_two_reads_are_not_shown(world: World) -> None:
    held(world, "TH", "2013-H1", 1, member="MM")
    held(world, "MY", "2013-H1", 7)

    async def seen(**query: str) -> dict[str, int]:
        rows = (await world.get(TH, "/aggregates/citizenship", **query)).json()["rows"]
        return {row["member"]: row["value"] for row in rows}

    assert await seen() == {"KH": 7, "MM": 1}
    # Aggregation has written the figures of revision 2, and not yet that its table is closed.
    [theirs] = [one for one in world.reads.collections["aggregates"] if one["participant"] == "MY"]
    theirs |= {"revision": 2, "cells": {"illegal_entries": {"KH": 8}}}
    assert await seen(member="KH") == {}
    assert await seen() == {"KH": 7, "MM": 1}, "what was read under the return that still stands"
    [standing] = [one for one in world.reads.collections["contributions"] if one["participant"] == "MY"]
    standing |= {"revision": 2, "centre_only": ["illegal_entries|citizenship"]}
    assert await seen() == {"MM": 1}


async def test_an_operators_cursor_holds_nothing_that_the_page_does_not_show(world: World) -> None:
    world.reads.add(
        "notices",
        *({"_id": f"2013-H1|TH|unit-{number}|due", "channels": [{"kind": "mail", "state": f"s{number}"}]}
          for number in range(5)),
    )  # fmt: skip
    shown: list[str] = []
    following: str | None = None
    while True:
        page = (await world.get("operator", "/notifications", limit=2, cursor=following)).json()
        shown += [channel["state"] for one in page["items"] for channel in one["channels"]]
        following = page["next"]
        if following is None:
            break
        assert read_cursor(following, 1) == (str(len(shown)),)
    assert shown == [f"s{number}" for number in range(5)]
    for bad in ("-1", "x", "9" * 30, "\u0663"):
        assert (await world.get("operator", "/notifications", cursor=cursor(bad))).status_code == 422, bad


async def test_an_idempotency_key_is_no_place_for_a_person(world: World, report: dict[str, Any]) -> None:
    for path, body in (("/submissions", report), ("/reports/TH/2013-H1/withdraw", {"reason": "wrong"})):
        answer = await world.post(TH, path, body, Idempotency_Key="somchai@example.org")
        assert answer.status_code == 422
        assert "personal data" in answer.text
        assert "somchai" not in answer.text
    assert world.outbox.published == []
    # A UUID with digits that look like a telephone number is a key like any other.
    key = "53033190-7660-45b1-99e1-7b552e94525c"
    assert screen(key)
    assert (await world.post(TH, "/submissions", report, Idempotency_Key=key)).status_code == 202


async def test_cursors_that_no_clock_or_database_can_read_are_422(world: World) -> None:
    for path in ("/submissions", "/notifications"):
        for key in (
            ("0001-01-01T00:00:00+14:00", "a"),
            ("9999-12-31T23:59:59-14:00", "a"),
            ("2013-01-01T00:00:00+00:00", "\ud800"),
        ):
            assert (await world.get(TH, path, cursor=cursor(*key))).status_code == 422, (path, key)
    for path in ("/cycles", "/participants/TH/agencies"):
        assert (await world.get(TH, path, cursor=cursor("\ud800"))).status_code == 422
    with pytest.raises(UnreadableCursor):
        read_cursor(cursor("\ud800"), 1)
