"""A report on its way in: kept, numbered, frozen, published."""

from typing import Any

import pytest

from contracts import events as e
from contracts.identity import canonical_json
from runtime.outcome import Invalid
from services.ingest.documents import Revision
from tests.in_threads import in_threads
from tests.unit.ingest.world import (
    CENTRE,
    IMM,
    NATIONAL,
    NOW,
    TH,
    World,
    command,
    judgement,
    message,
    report,
    submission,
)


@pytest.fixture
def world() -> World:
    return World()


async def test_a_report_becomes_revision_one_and_is_published_to_be_judged(world: World) -> None:
    name = await world.submit(report())
    (recorded,) = world.outbox.of(e.ReportRecorded)
    assert (recorded.submission_id, recorded.series, recorded.revision, recorded.judgement) == (name, NATIONAL, 1, 0)
    assert recorded.context.participant_name == "Thailand"
    assert recorded.context.cycle is not None
    assert recorded.context.received_at == NOW.replace(microsecond=123_000)
    status = world.status(name)
    assert (status.state, status.revision, status.participant, status.cycle) == ("recorded", 1, "TH", "2013-H1")
    assert [(step.state, step.service) for step in status.timeline] == [("received", "gateway"), ("recorded", "ingest")]
    assert status.body == canonical_json(report())
    (topic, key, event), *rest = world.outbox.told
    assert (topic, key, event.subject, rest) == ("vrs.reports.recorded", "TH", name, [])


async def test_a_submission_that_comes_again_has_its_revision_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revision may be of half a megabyte, and some senders send everything again every night."""
    await world.submit(report())
    read: list[str] = []
    revision_of = world.store.revision_of

    async def counted(submission_id: str) -> Revision | None:
        read.append(submission_id)
        return await revision_of(submission_id)

    monkeypatch.setattr(world.store, "revision_of", counted)
    assert read == [await world.submit(report())]
    assert world.states() == {1: "recorded"}


async def test_the_same_submission_twice_is_one_revision(world: World) -> None:
    await world.submit(report())
    before = world.summary()
    await world.submit(report())
    assert world.summary() == before
    assert len(world.outbox.told) == 1


async def test_revisions_are_numbered_without_a_gap(world: World) -> None:
    for value in (1, 2, 3):
        await world.submit(report(value))
    assert [one.revision for one in world.outbox.of(e.ReportRecorded)] == [1, 2, 3]


async def test_a_partial_report_is_laid_upon_what_was_sent_before(world: World) -> None:
    await world.submit(report(answers={"illegal_entries.total": {"value": 5}, "refused_entries.total": {"value": 6}}))
    await world.submit(report(7, scope="partial"))
    _, second = world.outbox.of(e.ReportRecorded)
    assert {name: answer.value for name, answer in second.report.answers.items()} == {
        "illegal_entries.total": 7,
        "refused_entries.total": 6,
    }


async def test_a_rejected_revision_is_no_base(world: World) -> None:
    await world.submit(report(answers={"illegal_entries.total": {"value": -5}, "refused_entries.total": {"value": 6}}))
    await world.judge()
    await world.submit(report(7, scope="partial"))
    assert list(world.outbox.of(e.ReportRecorded)[-1].report.answers) == ["illegal_entries.total"]


async def test_what_was_explained_stays_explained_in_the_report_laid_upon_it(world: World) -> None:
    name = await world.submit(report(2_000_000))
    await world.judge()
    explanation = {"pointer": "/answers/illegal_entries.total", "comment": "a new sensor"}
    await world.do(command(e.ExplanationsGiven, submission_id=name, explanations=[explanation]))
    await world.judge()
    await world.submit(report(scope="partial", answers={"refused_entries.total": {"value": 6}}))
    assert world.outbox.of(e.ReportRecorded)[-1].report.answers["illegal_entries.total"].comment == "a new sensor"


async def test_the_context_holds_the_figures_in_force_of_the_period_before(world: World) -> None:
    await world.submit(report(100, cycle="2012-H2"))
    await world.judge()
    await world.submit(report(7))
    previous = world.outbox.of(e.ReportRecorded)[-1].context.previous
    assert previous is not None
    assert previous.cycle == "2012-H2"
    assert [tuple(one) for one in previous.figures] == [("illegal_entries", "total", "total", 100)]


async def test_an_agencys_part_is_compared_with_its_own_parts_only(world: World) -> None:
    await world.submit(report(100, cycle="2012-H2"))
    await world.judge()
    await world.submit(report(7, agency=IMM), e.Sender(role="agency", participant="TH", agency=IMM))
    recorded = world.outbox.of(e.ReportRecorded)[-1]
    assert (recorded.series, recorded.agency, recorded.revision) == ("TH|2013-H1|TH-IMM", IMM, 1)
    assert recorded.context.previous is None
    assert recorded.context.agency_known


BAD: list[tuple[dict[str, Any], e.Sender, str, str]] = [
    (report(reporter="KH"), TH, "sender.not_reporter", "/reporter"),
    (report(), CENTRE, "sender.not_reporter", "/reporter"),
    (report(agency="KH-NAVY"), TH, "sender.not_agency", "/agency"),
    (report(agency="TH-NAVY"), e.Sender(role="agency", participant="TH", agency=IMM), "sender.not_agency", "/agency"),
    (report(unheard_of=1), TH, "shape.invalid", "/unheard_of"),
    (
        report(answers={"a": {"rows": [{"citizenship": "MM", "value": "many"}]}}),
        TH,
        "shape.invalid",
        "/answers/a/rows/0/value",
    ),
    ({"template": "ort/1", "reporter": "TH", "answers": {}}, TH, "shape.invalid", "/cycle"),
    (report(cycle="2013-H9"), TH, "shape.invalid", "/cycle"),
    (report(answers={"a": {"comment": "call jane.doe@example.org"}}), TH, "personal_data.found", "/answers/a/comment"),
    (
        report(answers={"a": {"text": "x" * 20_000}} | {f"q{i}": {"text": "x" * 20_000} for i in range(60)}),
        TH,
        "shape.invalid",
        "",
    ),
]


@pytest.mark.parametrize(("body", "sender", "code", "pointer"), BAD)
async def test_a_bad_report_is_rejected_with_its_finding_and_no_revision(
    world: World, body: dict[str, Any], sender: e.Sender, code: str, pointer: str
) -> None:
    name = await world.submit(body, sender)
    status = world.status(name)
    assert (status.state, status.revision) == ("rejected", None)
    assert [(one.code, one.pointer) for one in status.findings] == [(code, pointer)]
    assert [step.state for step in status.timeline] == ["received", "rejected"]
    assert status.participant == sender.participant
    assert world.outbox.told == []
    assert world.store.revisions == {}
    assert (status.body is None) == (code == "personal_data.found" or pointer == "")


async def test_personal_data_is_neither_kept_nor_quoted(world: World) -> None:
    name = await world.submit(report(answers={"a": {"rows": [{"jane.doe@example.org": "MM", "value": 1}]}}))
    assert world.status(name).state == "rejected"
    assert "jane" not in world.status(name).model_dump_json()


async def test_a_second_body_under_a_used_key_is_rejected_as_a_submission_of_its_own(world: World) -> None:
    first = await world.submit(report(1), key="k")
    second = await world.submit(report(2), key="k")
    await world.submit(report(2), key="k")
    await world.submit(report(1), key="k")
    assert world.status(first).state == "recorded"
    assert world.status(second).state == "rejected"
    assert [one.code for one in world.status(second).findings] == ["idempotency.conflict"]
    assert world.status(second).claim is None
    assert world.states() == {1: "recorded"}


async def test_two_senders_may_use_the_same_key(world: World) -> None:
    await world.submit(report(1), key="k")
    agency = e.Sender(role="agency", participant="TH", agency=IMM)
    other = await world.submit(report(2), agency, key="k")
    assert world.status(other).state == "recorded"
    assert world.status(other).agency == IMM


async def test_partial_reports_that_grow_too_large_together_are_rejected(world: World) -> None:
    def half(letter: str) -> dict[str, Any]:
        return {f"{letter}{i}": {"text": "x" * 19_000} for i in range(40)}

    await world.submit(report(answers=half("a")))
    name = await world.submit(report(scope="partial", answers=half("b")))
    assert (world.status(name).state, world.status(name).findings[0].code) == ("rejected", "shape.invalid")
    assert world.states() == {1: "recorded"}


async def test_a_judgement_sets_the_status_and_what_is_in_force(world: World) -> None:
    first = await world.submit(report(1))
    second = await world.submit(report(-2))
    third = await world.submit(report(3))
    await world.judge()
    assert [world.status(one).state for one in (first, second, third)] == ["superseded", "rejected", "accepted"]
    assert [one.code for one in world.status(second).findings] == ["number.negative"]
    assert [(step.state, step.service) for step in world.status(third).timeline][-1] == ("accepted", "validation")
    held = world.store.revisions["TH|2013-H1#3"]
    assert held.enriched == report(3)
    assert held.figures == [["illegal_entries", "total", "total", 3]]
    assert held.answered == [["illegal_entries", "total"]]


async def test_a_late_judgement_of_an_older_revision_is_superseded_at_once(world: World) -> None:
    first = await world.submit(report(1))
    second = await world.submit(report(2))
    one, two = world.outbox.of(e.ReportRecorded)
    for recorded in (two, one, two, one):
        await world.deliver(judgement(recorded))
    assert [world.status(name).state for name in (first, second)] == ["superseded", "accepted"]
    assert "accepted" not in [step.state for step in world.status(first).timeline]


async def test_a_judgement_of_what_is_not_recorded_here_changes_nothing(world: World) -> None:
    await world.submit(report(1))
    (one,) = world.outbox.of(e.ReportRecorded)
    for other in ({"submission_id": "another"}, {"revision": 9}, {"series": "KH|2013-H1"}, {"judgement": 5}):
        await world.deliver(judgement(one.model_copy(update=other)))
    assert world.states() == {1: "recorded"}


GARBAGE = [
    (b"{", "not_json"),
    (b'{"submission_id": 1}', "shape"),
    (b"[" * 10_000 + b"]" * 10_000, "not_json"),
    (b'{"a": ' + b"9" * 5_000 + b"}", "not_json"),
    (b'{"a": "\\ud800"}', "not_json"),
    (b"\xff\xfe", "not_json"),
    (b"", "not_json"),
]


@pytest.mark.parametrize(("value", "reason"), GARBAGE)
async def test_garbage_is_set_aside_with_its_reason(world: World, value: bytes, reason: str) -> None:
    good = message(submission(report()))
    outcome = await world.deliver(good.__class__(good.topic, 0, 0, b"TH", value, good.headers))
    assert isinstance(outcome, Invalid)
    assert outcome.reason == reason


async def test_a_report_is_looked_through_while_other_partitions_are_worked_on(world: World) -> None:
    threads = in_threads()
    await world.deliver(message(submission(report())))
    assert threads == ["read"]


async def test_a_foreign_event_is_set_aside(world: World) -> None:
    outcome = await world.deliver(
        message(
            e.ReportRejected(
                submission_id="s", series="TH|2013-H1", participant="TH", cycle="2013-H1", revision=1, findings=[]
            )
        )
    )
    assert isinstance(outcome, Invalid)
    assert outcome.reason == "event_not_expected"
    assert world.store.submissions == {}
