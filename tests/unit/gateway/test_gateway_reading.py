"""Reading submissions, reports and aggregates: own ones always, others' through an open door, the rest not at all."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.gateway.in_force import InForce
from tests.unit.gateway.conftest import World

TH, MY = "focal-point:TH", "focal-point:MY"
IDS = {name: f"00000000-0000-5000-8000-0000000000{number:02}" for number, name in enumerate("abcdef")}


def submission(world: World, name: str, **fields: Any) -> dict[str, Any]:
    at = world.gateway.now() + timedelta(minutes=ord(name))
    return {
        "_id": IDS[name],
        "kind": "report",
        "participant": "TH",
        "cycle": "2013-H1",
        "agency": None,
        "state": "accepted",
        "revision": 1,
        "findings": [
            {"code": "parts.above_total", "severity": "explain", "pointer": "/x", "message": "The parts sum to 11000."}
        ],
        "timeline": [{"state": "received", "at": at, "service": "gateway"}],
        "received_at": at,
        **fields,
    }


def revision(world: World, participant: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    agency = fields.get("agency")
    return {
        "series": f"{participant}|2013-H1" + (f"|{agency}" if agency else ""),
        "participant": participant,
        "cycle": "2013-H1",
        "agency": None,
        "revision": number,
        "judgement": 0,
        "submission_id": f"{participant}{number}",
        "kind": "report",
        "state": "accepted",
        "recorded_at": world.gateway.now(),
        "report": {"reporter": participant},
        "enriched": {
            "reporter": participant,
            "reporter_name": "A State",
            "answers": {
                "illegal_entries.total": {"value": 5, "name": "KH"},
                "methods_and_fees.by_from_to": {"fees": [{"from": "AF", "to": "ID"}]},
            },
            "sharing": {"methods_and_fees.by_from_to": "centre_only"},
            "countries": {"KH": {"name": "Cambodia"}, "AF": {"name": "Afghanistan"}},
        },
        "figures": [["illegal_entries", "total", "total", 5], ["fee_min_usd", "corridor", "AF>ID", 4000]],
        "centre_only": [["fee_min_usd", "corridor"]],
        "findings": [{"code": "fee.says_nothing", "severity": "warning", "message": "AF to ID."}],
        **fields,
    }


async def test_a_status_has_its_findings_and_timeline(world: World) -> None:
    world.reads.add("submissions", submission(world, "a"))
    answer = (await world.get(TH, f"/submissions/{IDS['a']}")).json()
    assert answer["reporter"] == "TH"
    assert answer["findings"][0]["message"] == "The parts sum to 11000."
    assert answer["timeline"][0]["service"] == "gateway"


async def test_an_operator_sees_the_codes_of_findings_and_nothing_of_their_texts(world: World) -> None:
    world.reads.add("submissions", submission(world, "a"))
    answer = await world.get("operator", f"/submissions/{IDS['a']}")
    assert answer.json()["findings"][0]["code"] == "parts.above_total"
    assert "11000" not in answer.text
    assert "/x" not in answer.text


async def test_what_one_may_not_see_answers_byte_for_byte_as_what_does_not_exist(world: World) -> None:
    world.reads.add("submissions", submission(world, "a"), submission(world, "b", agency="TH-NAVY"))
    world.reads.add("reports", revision(world, "MY"), revision(world, "TH", agency="TH-NAVY"))
    hidden = [
        (MY, f"/submissions/{IDS['a']}"),
        ("analyst:MY", f"/submissions/{IDS['a']}"),
        ("agency:TH:TH-IMM", f"/submissions/{IDS['b']}"),
        (TH, "/reports/MY/2013-H1"),
        (TH, "/reports/MY/2013-H1/revisions"),
        (TH, "/reports/MY/2013-H1/revisions/1"),
        (TH, "/reports/MY/2013-H1?agency=MY-NAVY"),
        ("agency:TH:TH-IMM", "/reports/TH/2013-H1?agency=TH-NAVY"),
        (TH, "/participants/MY/focal-points"),
    ]
    nothing = [
        (TH, f"/submissions/{IDS['f']}"),
        (TH, "/submissions/no-id"),
        (TH, "/reports/ZZ/2013-H1"),
        (TH, "/reports/TH/1999"),
        (TH, "/reports/ZZ/x/revisions/1"),
        (TH, "/no-such-route"),
        ("centre", "/participants/ZZ/focal-points"),
    ]
    answers = [await world.get(who, path) for who, path in (*hidden, *nothing)]
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    assert len({tuple(sorted(one.headers.items())) for one in answers}) == 1
    assert "your own return" in answers[0].json()["detail"]


async def test_a_list_of_submissions_holds_ones_own_and_pages_without_gap_or_repeat(world: World) -> None:
    world.reads.add("submissions", *(submission(world, name) for name in "abcd"))
    world.reads.add("submissions", submission(world, "e", participant="MY"), submission(world, "f", kind="review"))
    seen: list[str] = []
    cursor = None
    while True:
        page = (await world.get(TH, "/submissions", limit=2, cursor=cursor)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [IDS[name] for name in "dcba"]
    assert (await world.get(TH, "/submissions", reporter="MY")).json() == {"items": [], "next": None}
    assert len((await world.get("centre", "/submissions")).json()["items"]) == 5
    assert len((await world.get("centre", "/submissions", kind="review")).json()["items"]) == 1
    assert (await world.get("agency:TH:TH-IMM", "/submissions")).json()["items"] == []
    assert (await world.get(TH, "/submissions", state="rejected")).json()["items"] == []


async def test_a_foreign_cursor_is_refused(world: World) -> None:
    for cursor in ("x", "W10", "WyJ4IiwieSJd"):
        assert (await world.get(TH, "/submissions", cursor=cursor)).status_code == 422, cursor


async def test_the_own_return_is_whole(world: World) -> None:
    world.reads.add("reports", revision(world, "TH", 1), revision(world, "TH", 2, state="rejected"))
    for who in (TH, "analyst:TH", "centre"):
        answer = (await world.get(who, "/reports/TH/2013-H1")).json()
        assert (answer["revision"], answer["in_force"]) == (1, True)
        assert "methods_and_fees.by_from_to" in answer["report"]["answers"]
        assert len(answer["figures"]) == 2
        assert len(answer["findings"]) == 1


async def test_anothers_return_opens_with_ones_own_and_keeps_what_is_for_the_centre(world: World) -> None:
    world.reads.add("reports", revision(world, "MY"))
    assert (await world.get(TH, "/reports/MY/2013-H1")).status_code == 404
    world.reads.add("reports", revision(world, "TH", state="needs_explanation"))
    assert (await world.get(TH, "/reports/MY/2013-H1")).status_code == 404
    world.reads.add("reports", revision(world, "TH", 2))
    for who in (TH, "analyst:TH", "agency:TH:TH-IMM"):
        answer = await world.get(who, "/reports/MY/2013-H1")
        assert answer.status_code == 200, who
        body = answer.json()
        assert list(body["report"]["answers"]) == ["illegal_entries.total"]
        assert body["figures"] == [["illegal_entries", "total", "total", 5]]
        assert body["report"]["countries"] == {"KH": {"name": "Cambodia"}}
        assert "fee" not in answer.text
        assert "AF" not in answer.text


async def test_a_withdrawn_return_closes_the_door_again(world: World) -> None:
    world.reads.add("reports", revision(world, "MY"), revision(world, "TH"))
    assert (await world.get(TH, "/reports/MY/2013-H1")).status_code == 200
    world.reads.add("reports", revision(world, "TH", 2, kind="withdrawal", state="withdrawn"))
    assert (await world.get(TH, "/reports/MY/2013-H1")).status_code == 404
    assert (await world.get(TH, "/reports/TH/2013-H1")).status_code == 404


async def test_an_operator_reads_no_report_and_no_figure(world: World) -> None:
    world.reads.add("reports", revision(world, "TH"))
    for path in ("/reports/TH/2013-H1", "/reports/TH/2013-H1/revisions", "/aggregates/citizenship", "/reports/ZZ/2012"):
        answer = await world.get("operator", path)
        assert answer.status_code == 403, path
        assert answer.json()["type"] == "urn:vrs-msrc:problem:forbidden"


async def test_revisions_are_listed_first_to_last_and_each_can_be_read(world: World) -> None:
    world.reads.add("reports", *(revision(world, "TH", number) for number in (2, 1, 10)))
    page = (await world.get(TH, "/reports/TH/2013-H1/revisions", limit=2)).json()
    assert [one["revision"] for one in page["items"]] == [1, 2]
    rest = (await world.get(TH, "/reports/TH/2013-H1/revisions", cursor=page["next"])).json()
    assert [(one["revision"], one["in_force"]) for one in rest["items"]] == [(10, True)]
    assert (await world.get(TH, "/reports/TH/2013-H1/revisions/2")).json()["in_force"] is False
    assert (await world.get(TH, "/reports/TH/2013-H1/revisions/3")).status_code == 404


def held(world: World, participant: str, cycle: str, value: int, member: str = "KH", **fields: Any) -> None:
    """A State's figure of illegal entries by citizenship, as aggregation keeps it."""
    world.reads.add(
        "contributions",
        {
            "_id": f"{participant}|{cycle}",
            "participant": participant,
            "cycle": cycle,
            "revision": 1,
            "answered": ["illegal_entries|citizenship"],
            "centre_only": [],
            "withdrawn": False,
            **fields,
        },
    )
    world.reads.add(
        "aggregates",
        {
            "_id": f"{cycle}|citizenship|{participant}",
            "period": cycle,
            "dimension": "citizenship",
            "participant": participant,
            "revision": 1,
            "cells": {"illegal_entries": {member: value}},
        },
    )


async def test_an_aggregate_has_the_shape_of_the_interface(world: World) -> None:
    held(world, "TH", "2013-H1", 10_000)
    answer = await world.get(
        TH, "/aggregates/citizenship", indicator="illegal_entries", period="2013-H1", member="Cambodia"
    )
    assert answer.json() == {
        "rows": [
            {
                "member": "KH",
                "name": "Cambodia",
                "period": "2013-H1",
                "indicator": "illegal_entries",
                "value": 10_000,
                "reporters": ["TH"],
                "complete": True,
            }
        ],
        "coverage": {"reported": 1, "expected": 3},
        "opens_with": [],
        "as_of": "2013-07-20T12:00:00Z",
    }


async def test_rolling_adds_half_years_to_each_row(world: World) -> None:
    held(world, "TH", "2013-H1", 10)
    [row] = (await world.get(TH, "/aggregates/citizenship", rolling=2)).json()["rows"]
    assert row["rolling"] == [
        {"period": "2012-H2", "value": None, "complete": False},
        {"period": "2013-H1", "value": 10, "complete": True},
    ]


async def test_others_figures_need_ones_own_return_and_the_answer_says_which(world: World) -> None:
    held(world, "MY", "2013-H1", 7)
    closed = (await world.get(TH, "/aggregates/citizenship", period="2013-H1")).json()
    assert closed["rows"] == []
    assert closed["opens_with"] == [{"reporter": "TH", "cycle": "2013-H1"}]
    assert closed["coverage"] == {"reported": 1, "expected": 3}
    held(world, "TH", "2013-H1", 1, member="MM")
    opened = (await world.get(TH, "/aggregates/citizenship", period="2013-H1")).json()
    assert {row["member"]: row["reporters"] for row in opened["rows"]} == {"KH": ["MY"], "MM": ["TH"]}
    assert opened["opens_with"] == []


async def test_no_figure_is_shown_by_the_sharing_of_an_earlier_return(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(world, "TH", "2013-H1", 1, member="MM")
    held(world, "MY", "2013-H1", 7)
    remembered = await world.reads.in_force()
    now = world.reads.in_force
    reads: list[bool] = []

    async def in_force(*, anew: bool = False) -> InForce:
        reads.append(anew)
        return await now() if anew else remembered

    monkeypatch.setattr(world.reads, "in_force", in_force)
    # A correction that closes the table, read by nobody yet.
    world.reads.collections["contributions"][1] |= {"revision": 2, "centre_only": ["illegal_entries|citizenship"]}
    world.reads.collections["aggregates"][1] |= {"revision": 2, "cells": {"illegal_entries": {"KH": 8}}}
    [row] = (await world.get(TH, "/aggregates/citizenship")).json()["rows"]
    assert row["member"] == "MM"
    found = {
        row["member"]: row["value"] for row in (await world.get("centre", "/aggregates/citizenship")).json()["rows"]
    }
    assert found == {"MM": 1, "KH": 8}, "nor is a State missing because it has just corrected its return"
    assert reads == [False, True, False, True]


async def test_figures_are_read_once_whoever_may_see_them_until_a_return_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(world, "TH", "2013-H1", 1, member="MM")
    held(world, "MY", "2013-H1", 7)
    now, read = world.reads.in_force, world.reads.aggregates
    remembered, asked = await now(), list[str]()

    async def in_force(*, anew: bool = False) -> InForce:
        return await now() if anew else remembered

    def aggregates(dimension: str, *rest: Any) -> Any:
        asked.append(dimension)
        return read(dimension, *rest)

    monkeypatch.setattr(world.reads, "in_force", in_force)
    monkeypatch.setattr(world.reads, "aggregates", aggregates)
    first = (await world.get(TH, "/aggregates/citizenship")).json()["rows"]
    assert len(first) == 2
    assert (await world.get(TH, "/aggregates/citizenship")).json()["rows"] == first
    assert len(asked) == 1
    assert (await world.get("focal-point:AU", "/aggregates/citizenship")).json()["rows"] == []
    assert len((await world.get(TH, "/aggregates/citizenship", member="KH")).json()["rows"]) == 1
    assert (await world.get(TH, "/aggregates/citizenship", reporter="MY")).json()["rows"][0]["reporters"] == ["MY"]
    assert len((await world.get(TH, "/aggregates/citizenship", rolling=2)).json()["rows"][0]["rolling"]) == 2
    assert len(asked) == 2, "once all members, once the one"
    assert len((await world.get("centre", "/aggregates/citizenship", member="KH")).json()["rows"]) == 1
    assert len(asked) == 3, "the one member was not held: there are as many as anybody makes up"
    world.reads.collections["contributions"][1] |= {"revision": 2}
    remembered = await now()
    assert [row["member"] for row in (await world.get(TH, "/aggregates/citizenship")).json()["rows"]] == ["KH", "MM"]
    assert len(asked) == 4


async def test_the_reporter_filter_leaves_the_figures_of_one(world: World) -> None:
    held(world, "TH", "2013-H1", 1)
    held(world, "MY", "2013-H1", 7, member="KH")
    [row] = (await world.get("centre", "/aggregates/citizenship", reporter="MY")).json()["rows"]
    assert (row["value"], row["reporters"]) == (7, ["MY"])
    assert (await world.get(TH, "/aggregates/citizenship", reporter="ZZ")).json()["rows"] == []


async def test_without_a_period_it_is_the_latest_cycle_reported_for(world: World) -> None:
    empty = (await world.get(TH, "/aggregates/citizenship")).json()
    assert (empty["rows"], empty["coverage"]) == ([], {"reported": 0, "expected": 3})
    held(world, "TH", "2011", 1)
    held(world, "TH", "2012", 2)
    [row] = (await world.get(TH, "/aggregates/citizenship")).json()["rows"]
    assert (row["period"], row["value"]) == ("2012", 2)


async def test_an_unknown_dimension_is_404_and_names_those_there_are(world: World) -> None:
    answer = await world.get(TH, "/aggregates/moon")
    assert answer.status_code == 404
    for known in ("citizenship", "route", "corridor", "total", "mode_and_last_exit"):
        assert known in answer.json()["detail"]


async def test_what_cannot_be_asked_for_is_422_and_says_what_can(world: World) -> None:
    for query, hint in (
        ({"indicator": "moon"}, "illegal_entries"),
        ({"period": "2013-H9"}, "2013-H1"),
        ({"period": "2013..2012"}, "ends before"),
        ({"member": "Camboda"}, "KH"),
        ({"rolling": "41"}, "40"),
        ({"rolling": "x"}, "number"),
    ):
        answer = await world.get(TH, "/aggregates/citizenship", **query)
        assert answer.status_code == 422, query
        assert hint in json.dumps(answer.json()["errors"]), query


async def test_every_known_dimension_answers(world: World) -> None:
    detail = (await world.get(TH, "/aggregates/moon")).json()["detail"]
    known = detail.partition("There are: ")[2].rstrip(".").split(", ")
    assert len(known) > 15
    for one in known:
        assert (await world.get(TH, f"/aggregates/{one}")).status_code == 200, one
