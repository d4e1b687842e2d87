"""Bad input: a clear problem or a dead letter with its reason, nothing stored, and the next good report goes on."""

import json

import pytest

from contracts.wire import MAX_REPORT_BYTES, value_hash
from tests.e2e.outside import Json, Outside, returned, wait

pytestmark = pytest.mark.slow
DEEP = b"[" * 10_000 + b"]" * 10_000


def good(cycle: str = "2001-H1") -> dict[str, Json]:
    return returned("MY", cycle, entries={"ID": 33})


def altered(**changes: Json) -> bytes:
    return json.dumps({**good(), **changes}).encode()


BODIES = {
    "malformed": (b'{"template": "ort/1", ', 400),
    "nothing": (b"", 422),
    "not text": (b"\xff\xfe\x00{}", 400),
    "not a number": (b'{"template": NaN}', 400),
    "deep": (DEEP, 400),
    "deep within": (b'{"answers": ' + DEEP + b"}", 400),
    "a list": (b"[]", 422),
    "a text": (b'"report"', 422),
    "wrong types": (altered(answers={"illegal_entries.total": {"value": "many"}}), 422),
    "true as a figure": (altered(answers={"illegal_entries.total": {"value": True}}), 422),
    "unknown field": (altered(colour="blue"), 422),
    "unknown field within": (altered(answers={"illegal_entries.total": {"value": 1, "colour": "blue"}}), 422),
    "no cycle of that form": (altered(cycle="2001-H9"), 422),
    "a field name that is none": (altered(answers={"$where": {"value": 1}}), 422),
    "personal data": (
        altered(answers={"interaction.description": {"text": "Ask anybody@agency.example, he knows"}}),
        422,
    ),
    "over the limit": (altered(answers={"interaction.description": {"text": "x" * (MAX_REPORT_BYTES + 1)}}), 413),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_a_clear_problem(system: Outside, name: str) -> None:
    body, status = BODIES[name]
    headers = {**system.bearer("focal-point:MY"), "Content-Type": "application/json"}
    answer = system.http.post("/submissions", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    if status == 422:
        assert all(error["code"] and error["message"] for error in problem["errors"])
        assert problem["errors"]
    assert "anybody@" not in answer.text


def test_another_body_type_is_refused(system: Outside) -> None:
    headers = {**system.bearer("focal-point:MY"), "Content-Type": "text/xml"}
    assert system.http.post("/submissions", content=b"<report/>", headers=headers).status_code == 415


def test_nothing_of_it_was_stored_and_a_good_report_goes_through(system: Outside) -> None:
    system.cycle("2001-H1", "MY")
    assert system.as_("centre").get("/submissions", {"reporter": "MY", "cycle": "2001-H1"})["items"] == []
    system.accepted(good())
    system.until_figure(33, "citizenship", indicator="illegal_entries", period="2001-H1", member="ID", reporter="MY")


FOREIGN = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"1"),
    ("ce_source", b"elsewhere"),
    ("ce_type", b"org.example.other.v1"),
]
OURS = [*FOREIGN[:3], ("ce_type", b"vrs.submission.received.v1")]
MESSAGES: dict[str, tuple[str, bytes | None, list[tuple[str, bytes]], str]] = {
    "garbage for ingest": ("vrs.submissions", b"\x00\x01\x02 garbage", [], "not_a_cloudevent"),
    "nothing for ingest": ("vrs.submissions", None, [], "not_a_cloudevent"),
    "a foreign event for ingest": ("vrs.submissions", b"{}", FOREIGN, "event_unknown"),
    "our event without its data": ("vrs.submissions", b"{}", OURS, "shape"),
    "our event, deep": ("vrs.submissions", DEEP, OURS, "not_json"),
    "our event, with bad headers": ("vrs.submissions", b"{}", [*OURS[1:], ("ce_subject", b"\xff")], "headers"),
    "garbage for validation": ("vrs.reports.recorded", b"garbage", [], "not_a_cloudevent"),
    "a foreign event for validation": ("vrs.reports.recorded", b"{}", FOREIGN, "event_unknown"),
    "garbage for all that read judgements": ("vrs.reports.judged", b"\xff\xff", [], "not_a_cloudevent"),
    "deep json for all that read judgements": (
        "vrs.reports.judged",
        DEEP,
        [*OURS[:3], ("ce_type", b"vrs.report.accepted.v1")],
        "not_json",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_bad_message_is_set_aside_with_its_reason(system: Outside, name: str) -> None:
    topic, value, headers, reason = MESSAGES[name]
    partition, offset = system.publish(topic, value, headers, key=b"MY")

    def letters() -> list[dict[str, Json]] | None:
        found = [
            one
            for one in system.dead_letters()
            if (one["topic"], one["partition"], one["offset"]) == (topic, partition, offset)
        ]
        return found or None

    found = wait(f"the dead letter of {topic}:{partition}:{offset}", letters)
    assert {one["reason"] for one in found} == {reason}
    assert {one["hash"] for one in found} == {value_hash(value)}
    assert all("garbage" not in one["detail"] for one in found)


def test_after_all_of_it_the_next_report_of_the_same_state_is_processed(system: Outside) -> None:
    system.cycle("2001-H2", "MY")
    system.accepted(good("2001-H2"))
    system.until_figure(33, "citizenship", indicator="illegal_entries", period="2001-H2", member="ID", reporter="MY")


def test_garbage_on_an_agencys_topic_hurts_nobody(system: Outside) -> None:
    system.cycle("2002-H1", "MY")
    system.participant("MY", release="flow_through")
    system.as_("centre").put("/participants/MY/agencies/MY-IMM", {"name": "Agency MY-IMM"})
    system.publish("vrs.in.MY-IMM", b"garbage", [], key=b"MY")
    system.publish("vrs.in.MY-IMM", b"{}", FOREIGN, key=b"MY")
    report = {**good("2002-H1"), "agency": "MY-IMM"}
    system.publish_report("MY-IMM", report, "my-1")
    assert system.answer("MY-IMM", "my-1")["state"] == "accepted"
    listed = system.vrs("deadletters", "list", "--topic", "vrs.in.MY-IMM")
    assert "not_a_cloudevent" in listed
    assert "event_unknown" in listed


@pytest.mark.parametrize(
    "path",
    [
        "/submissions/not-an-id",
        "/submissions/%00",
        "/submissions?cursor=%7B%7D",
        "/submissions?state=happy",
        "/reports/..%2F..%2Fetc/2013-H1",
        "/reports/TH/2013-H9",
        "/aggregates/unheard_of",
        "/aggregates/citizenship?period=2013-H9",
        "/aggregates/citizenship?period=1900..2999",
        "/aggregates/citizenship?indicator=none&period=2013-H1",
        "/aggregates/citizenship?member=Atlantis",
        "/aggregates/citizenship?rolling=99999999",
        "/cycles/x/completeness",
        "/participants/%7B%22%24ne%22%3A1%7D",
        "/nowhere",
    ],
)
def test_a_bad_question_is_a_problem_and_never_a_fault(system: Outside, path: str) -> None:
    answer = system.http.get(path, headers=system.bearer("centre"))
    assert answer.status_code in (400, 404, 422), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
