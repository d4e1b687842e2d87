"""Sending returns to the gateway: what is taken, what is refused, and what never gets in."""

import json
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from contracts.finding_kinds import FINDINGS
from contracts.identity import body_hash, claim, series_id, submission_id
from contracts.wire import MAX_REPORT_BYTES
from runtime.health import serving
from tests.unit.gateway.conftest import World

TH = "focal-point:TH"
IMM = "agency:TH:TH-IMM"


async def test_a_report_is_published_and_answered_with_its_status_url(world: World, report: dict[str, Any]) -> None:
    answer = await world.post(TH, "/submissions", report, Idempotency_Key="k1")
    one = submission_id(TH, "k1", body_hash(report))
    assert answer.status_code == 202
    assert answer.json() == {"id": one, "status_url": f"/api/v1/submissions/{one}"}
    assert answer.headers["location"] == f"/api/v1/submissions/{one}"
    [sent] = world.outbox.published
    assert (sent.topic, sent.key, sent.subject) == ("vrs.submissions", "TH", one)
    assert sent.data.report == report
    assert sent.data.body_hash == body_hash(report)
    assert sent.data.sender.name == TH


async def test_the_same_key_and_body_give_the_same_answer(world: World, report: dict[str, Any]) -> None:
    first = await world.post(TH, "/submissions", report, Idempotency_Key="k1")
    second = await world.post(TH, "/submissions", dict(reversed(report.items())), Idempotency_Key="k1")
    assert first.json() == second.json()
    assert len({one.event_id for one in world.outbox.published}) == 1


async def test_a_key_that_is_recorded_for_another_body_is_a_conflict(world: World, report: dict[str, Any]) -> None:
    world.reads.add("submissions", {"_id": "x", "claim": claim(TH, "k1"), "body_hash": "another"})
    answer = await world.post(TH, "/submissions", report, Idempotency_Key="k1")
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["idempotency.conflict"]
    assert not world.outbox.published


async def test_a_key_that_is_empty_too_long_or_unprintable_is_refused(world: World, report: dict[str, Any]) -> None:
    for key in ("", "x" * 201, "a\tb"):
        answer = await world.post(TH, "/submissions", report, Idempotency_Key=key)
        assert answer.status_code == 422, key
    assert not world.outbox.published


async def test_kafka_away_is_503_with_the_time_to_try_again(world: World, report: dict[str, Any]) -> None:
    world.outbox.away = True
    answer = await world.post(TH, "/submissions", report)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_states_report_is_refused_for_every_role(world: World, report: dict[str, Any]) -> None:
    for who, code in (
        ("focal-point:MY", "sender.not_reporter"),
        ("agency:MY:MY-NAVY", "sender.not_reporter"),
        (IMM, "sender.not_agency"),
    ):
        answer = await world.post(who, "/submissions", report)
        assert answer.status_code == 403, who
        assert [one["code"] for one in answer.json()["errors"]] == [code]
    for who in ("centre", "analyst:TH", "operator"):
        assert (await world.post(who, "/submissions", report)).status_code == 403, who
    assert not world.outbox.published


async def test_an_agency_sends_its_own_part_only(world: World, report: dict[str, Any]) -> None:
    assert (await world.post(IMM, "/submissions", {**report, "agency": "TH-IMM"})).status_code == 202
    assert (await world.post(IMM, "/submissions", {**report, "agency": "TH-NAVY"})).status_code == 403
    assert (await world.post(IMM, "/submissions", report)).status_code == 403


async def test_malformed_and_deep_json_is_400(world: World) -> None:
    for body in (b"{", b"[" * 10_000, b'{"a": NaN}', b"\xff\xfe", b'{"a": "\\ud800"}'):
        answer = await world.call(
            TH, "POST", "/submissions", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 400, body[:20]
        assert answer.json()["type"] == "urn:vrs-msrc:problem:malformed"


async def test_deep_json_within_a_good_envelope_is_refused(world: World) -> None:
    deep = b'{"template": "ort/1", "answers": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001
    answer = await world.call(TH, "POST", "/submissions", content=deep, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


async def test_a_body_over_the_limit_is_413_whether_it_says_so_or_not(world: World) -> None:
    async def chunks() -> Any:
        for _ in range(MAX_REPORT_BYTES // 65536 + 1):
            yield b" " * 65536

    headers = {"Content-Type": "application/json"}
    declared = await world.call(TH, "POST", "/submissions", content=b" " * (MAX_REPORT_BYTES + 1), headers=headers)
    counted = await world.call(TH, "POST", "/submissions", content=chunks(), headers=headers)
    assert (declared.status_code, counted.status_code) == (413, 413)


@pytest.mark.parametrize("times", [1, 4])
async def test_who_sends_too_much_hears_so_also_while_sending(world: World, times: int) -> None:
    """A connection closed in the middle of a body is reset, and with it goes the answer: one of ten was lost so."""
    transport = world.client._transport
    assert isinstance(transport, httpx.ASGITransport)
    headers = {"Authorization": f"Bearer {world.token(TH)}", "Content-Type": "application/json"}
    body = b" " * (times * MAX_REPORT_BYTES + 1)
    async with serving(cast(FastAPI, transport.app), "127.0.0.1", 0) as port:
        for _ in range(30):
            async with httpx.AsyncClient(timeout=20) as client:
                answer = await client.post(f"http://127.0.0.1:{port}/api/v1/submissions", content=body, headers=headers)
            assert answer.status_code == 413


async def test_only_plain_json_is_read(world: World) -> None:
    for headers in (
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ):
        answer = await world.call(TH, "POST", "/submissions", content=b"{}", headers=headers)
        assert answer.status_code == 415, headers


async def test_every_fault_of_shape_has_its_place_and_no_value(world: World) -> None:
    body = {
        "template": "ort/1",
        "reporter": "TH",
        "cycle": "2013-H9",
        "answers": {
            "illegal_entries.total": {"value": "SECRET"},
            "illegal_entries.by_citizenship": {"rows": [{"citizenship": "MM", "value": True}], "bogus": 1},
        },
        "unknown/field": "SECRET",
    }
    answer = await world.post(TH, "/submissions", body)
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {
        "/cycle",
        "/answers/illegal_entries.total/value",
        "/answers/illegal_entries.by_citizenship/rows/0/value",
        "/answers/illegal_entries.by_citizenship/bogus",
        "/unknown~1field",
    }
    assert {one["code"] for one in answer.json()["errors"]} == {"shape.invalid"}
    assert "SECRET" not in answer.text
    assert "2013-H9" not in answer.text
    assert not world.outbox.published


async def test_a_body_that_is_no_object_is_422(world: World) -> None:
    bodies: list[Any] = [None, [], "text", 1]
    for body in bodies:
        answer = await world.call(
            TH, "POST", "/submissions", content=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, body
    assert (await world.call(TH, "POST", "/submissions")).status_code == 422


async def test_personal_data_is_refused_wherever_it_stands_and_not_repeated(
    world: World, report: dict[str, Any]
) -> None:
    mail = "jane.doe@example.org"
    report["answers"]["interaction.description"] = {"text": f"Ask {mail}."}
    report["answers"]["illegal_entries.total"]["comment"] = "call +66 81 234 5678"
    answer = await world.post(TH, "/submissions", report)
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert {one["pointer"] for one in errors} == {
        "/answers/interaction.description/text",
        "/answers/illegal_entries.total/comment",
    }
    assert {one["code"] for one in errors} == {"personal_data.found"}
    assert mail not in answer.text
    assert "234" not in answer.text
    assert not world.outbox.published


async def test_personal_data_as_a_field_name_is_not_repeated_either(world: World, report: dict[str, Any]) -> None:
    answer = await world.post(TH, "/submissions", {**report, "jane.doe@example.org": 1})
    assert answer.status_code == 422
    assert "jane" not in answer.text


async def test_every_code_of_a_refused_report_is_in_the_registry(world: World, report: dict[str, Any]) -> None:
    bad = {**report, "x": 1, "sharing": {"a": "jane.doe@example.org"}}
    answers = [await world.post(TH, "/submissions", bad), await world.post("focal-point:MY", "/submissions", report)]
    codes = {one["code"] for answer in answers for one in answer.json()["errors"]}
    assert codes <= set(FINDINGS)
    assert len(codes) == 3


async def test_a_dry_run_is_judged_and_stores_nothing(world: World, report: dict[str, Any]) -> None:
    world.reads.add(
        "reports",
        {
            "series": "TH|2012-H2",
            "participant": "TH",
            "cycle": "2012-H2",
            "agency": None,
            "revision": 1,
            "submission_id": "s",
            "kind": "report",
            "state": "accepted",
            "recorded_at": world.gateway.now(),
            "figures": [["illegal_entries", "entry_point", "TH:Padang Besar", 3]],
        },
    )
    answer = await world.post(TH, "/submissions?dry_run=true", report)
    assert (answer.status_code, answer.json()) == (200, {"outcome": "accepted", "findings": []})
    [asked] = world.judge.asked
    assert (asked.series, asked.revision) == ("TH|2013-H1", 1)
    assert asked.context.places == ["TH:Padang Besar"]
    assert asked.context.participant_name == "Thailand"
    assert asked.context.cycle is not None
    assert not world.outbox.published


async def test_a_partial_dry_run_is_judged_on_top_of_the_highest_standing_revision(
    world: World, report: dict[str, Any]
) -> None:
    common = {"series": "TH|2013-H1", "participant": "TH", "cycle": "2013-H1", "agency": None, "kind": "report"}
    at = {"recorded_at": world.gateway.now()}
    world.reads.add(
        "reports",
        {**common, **at, "revision": 1, "submission_id": "a", "state": "accepted", "report": report},
        {**common, **at, "revision": 2, "submission_id": "b", "state": "rejected", "report": {}},
    )
    partial = {**report, "scope": "partial", "answers": {"refused_entries.total": {"value": 7}}}
    assert (await world.post(TH, "/submissions?dry_run=true", partial)).status_code == 200
    [asked] = world.judge.asked
    assert asked.revision == 3
    assert asked.report.answers["refused_entries.total"].value == 7
    assert asked.report.answers["illegal_entries.total"].value == 12000


async def test_a_dry_run_is_compared_with_what_ingest_would_compare_the_report_with(
    world: World, report: dict[str, Any]
) -> None:
    """The same sender's, and only the cycles around it: else the answer would not be the one that sending gets."""
    at = {"kind": "report", "state": "accepted", "recorded_at": world.gateway.now(), "participant": "TH", "revision": 1}
    for agency, cycle, place in ((None, "2012-H2", "A"), ("TH-IMM", "2012-H2", "B"), ("TH-IMM", "2011-H2", "C")):
        series = series_id("TH", cycle, agency)
        figures = [["illegal_entries", "entry_point", f"TH:{place}", 3]]
        one = {"series": series, "cycle": cycle, "agency": agency, "submission_id": series, "figures": figures}
        world.reads.add("reports", {**at, **one})
    part = {**report, "agency": "TH-IMM"}
    assert (await world.post("agency:TH:TH-IMM", "/submissions?dry_run=true", part)).status_code == 200
    assert (await world.post(TH, "/submissions?dry_run=true", report)).status_code == 200
    assert [asked.context.places for asked in world.judge.asked] == [["TH:B"], ["TH:A"]]


async def test_a_partial_dry_run_need_not_explain_again_what_was_explained(
    world: World, report: dict[str, Any]
) -> None:
    pointer = "/answers/illegal_entries.total"
    held = {"series": "TH|2013-H1", "participant": "TH", "cycle": "2013-H1", "agency": None, "kind": "report"}
    said = {"report": report, "explanations": [{"pointer": pointer, "comment": "The border was closed."}]}
    more = {"revision": 1, "submission_id": "a", "state": "accepted", "recorded_at": world.gateway.now()}
    world.reads.add("reports", {**held, **more, **said})
    partial = {**report, "scope": "partial", "answers": {"refused_entries.total": {"value": 7}}}
    assert (await world.post(TH, "/submissions?dry_run=true", partial)).status_code == 200
    [asked] = world.judge.asked
    assert asked.report.answers["illegal_entries.total"].comment == "The border was closed."


async def test_a_dry_run_without_validation_is_503(world: World, report: dict[str, Any]) -> None:
    world.judge.away = True
    assert (await world.post(TH, "/submissions?dry_run=true", report)).status_code == 503
