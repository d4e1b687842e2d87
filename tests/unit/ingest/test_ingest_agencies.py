"""Agencies: what they publish straight to Kafka, their answers, their parts in the national return."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from contracts import events as e
from contracts.identity import body_hash, submission_id
from contracts.records import Agency
from runtime.outcome import Invalid
from tests.in_threads import in_threads
from tests.unit.ingest.world import IMM, NAVY, NOW, TH, World, command, direct, judgement, report

CITIZENSHIP = "illegal_entries.by_citizenship"
PART = "TH|2013-H1|TH-IMM"


@pytest.fixture
def world() -> World:
    return World()


def rows(**values: int) -> dict[str, Any]:
    return {"answers": {CITIZENSHIP: {"rows": [{"citizenship": c, "value": v} for c, v in values.items()]}}}


def joined(world: World) -> list[dict[str, Any]]:
    """What each joined return says by citizenship."""
    national = [one for one in world.outbox.of(e.ReportRecorded) if one.agency is None]
    return [
        {row.members["citizenship"]: row.value for row in one.report.answers[CITIZENSHIP].rows or ()}
        for one in national
    ]


async def test_the_topic_is_the_identity(world: World) -> None:
    await world.deliver(direct(report()))
    (recorded,) = world.outbox.of(e.ReportRecorded)
    assert (recorded.series, recorded.agency, recorded.report.agency) == (PART, IMM, IMM)
    assert recorded.sender == e.Sender(role="agency", participant="TH", agency=IMM)
    status = world.status(recorded.submission_id)
    assert [step.service for step in status.timeline] == ["ingest", "ingest"]
    assert status.sender == "agency:TH:TH-IMM"


async def test_a_report_stands_bare_or_under_its_name(world: World) -> None:
    bare = direct(report())
    wrapped = replace(bare, value=b'{"report": ' + (bare.value or b"")[len(b'{"report":') :])
    await world.deliver(bare)
    await world.deliver(wrapped)
    assert len(world.outbox.of(e.ReportRecorded)) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (report(agency=NAVY), "sender.not_agency"),
        (report(reporter="KH"), "sender.not_reporter"),
        (report(unheard_of=1), "shape.invalid"),
        (report(answers={"a": {"text": "passport AB1234567, jane.doe@example.org"}}), "personal_data.found"),
    ],
)
async def test_what_an_agency_may_not_say_is_rejected_and_answered(
    world: World, body: dict[str, Any], code: str
) -> None:
    await world.deliver(direct(body))
    await world.deliver(direct(body))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert (answer.event_id, answer.state) == ("1", "rejected")
    assert code in [one.code for one in answer.findings]
    assert {(topic, key) for topic, key, _ in world.outbox.told} == {("vrs.out.TH-IMM", "TH")}
    assert world.status(answer.submission_id).state == "rejected"


async def test_the_same_event_id_with_another_body_is_a_conflict(world: World) -> None:
    await world.deliver(direct(report(1)))
    await world.deliver(direct(report(2)))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert [one.code for one in answer.findings] == ["idempotency.conflict"]


async def test_no_attribute_of_an_event_is_kept_in_the_claim(world: World) -> None:
    await world.deliver(direct(report(), name="jane.doe@example.org"))
    (kept,) = world.store.submissions.values()
    assert kept.claim is not None
    assert "jane" not in kept.claim
    assert len(kept.claim) < 100


PERSONAL = ["jane.doe@example.org", "Jane Doe", "AB1234567", "tel:+66812345678", "0012345678", "x" * 500 + "@x.org"]


@pytest.mark.parametrize("name", PERSONAL)
async def test_an_id_that_may_name_a_person_is_kept_and_answered_by_its_hash_alone(world: World, name: str) -> None:
    hashed = "sha256:" + sha256(name.encode()).hexdigest()
    await world.deliver(direct(report(), name=name))
    await world.deliver(direct(report(), name=name))
    (kept,) = world.store.submissions.values()
    assert kept.event_id == hashed
    assert name not in kept.model_dump_json()
    assert kept.revision == 1, "a report is not refused for its event's id"
    await world.deliver(judgement(world.outbox.of(e.ReportRecorded)[0]))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert (answer.event_id, answer.state) == (hashed, "accepted")
    assert name not in answer.model_dump_json()


@pytest.mark.parametrize("name", PERSONAL)
async def test_the_answer_to_unreadable_bytes_names_nobody(world: World, name: str) -> None:
    await world.deliver(replace(direct(report(), name=name), value=b"{"))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert answer.event_id == "sha256:" + sha256(name.encode()).hexdigest()
    assert name not in answer.model_dump_json()


# The last one is a UUID with digits that would be a telephone number in a text.
@pytest.mark.parametrize(
    "name", ["1", "2013-H1-export-2", "ID-MAR/000123", "20130630-0001", "44be3a58-0046-4598-84a9-02319ece0ddb"]
)
async def test_an_id_as_systems_make_them_is_answered_as_it_is(world: World, name: str) -> None:
    await world.deliver(direct(report(unheard_of=1), name=name))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert answer.event_id == name


async def test_the_same_submission_has_the_id_it_has_always_had_whatever_its_event_is_called(world: World) -> None:
    """Of the sender, the event's source and id as they were sent, and the body: what was taken once is known again."""
    body = report()
    await world.deliver(direct(body, name="jane.doe@example.org"))
    key = "ce:" + body_hash(["agency", "jane.doe@example.org"])
    assert list(world.store.submissions) == [submission_id("agency:TH:TH-IMM", key, body_hash(body))]


async def test_a_number_beyond_all_numbers_is_set_aside(world: World) -> None:
    good = direct(report())
    outcome = await world.deliver(replace(good, value=(good.value or b"").replace(b"12000", b"1e999")))
    assert isinstance(outcome, Invalid)
    assert outcome.reason == "not_json"


@pytest.mark.parametrize("wrong", [1, "jane.doe@example.org"])
async def test_a_long_key_is_not_repeated_in_the_findings(world: World, wrong: object) -> None:
    await world.deliver(direct(report(answers={"k" * 100_000: {"rows": [wrong] * 1_000}})))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert answer.state == "rejected"
    assert len(answer.model_dump_json()) < 100_000


async def test_many_keys_one_in_another_do_not_make_findings_large(world: World) -> None:
    deep: dict[str, Any] = {f"{n:0200}": "jane.doe@example.org" for n in range(200)}
    for _ in range(50):
        deep = {"k" * 200: deep}
    await world.deliver(direct(report(answers=deep)))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert {one.code for one in answer.findings} == {"personal_data.found"}
    assert all(len(one.pointer) <= 1_000 for one in answer.findings)


async def test_an_agency_that_is_not_known_is_set_aside(world: World) -> None:
    outcome = await world.deliver(direct(report(), "TH-XXX"))
    assert isinstance(outcome, Invalid)
    assert outcome.reason == "agency.unknown"
    world.directory.put(Agency(participant="TH", id=IMM, name="ended", active=False))
    assert isinstance(await world.deliver(direct(report())), Invalid)
    assert world.store.submissions == {}


async def test_unreadable_bytes_are_set_aside_and_answered_where_they_say_which_they_are(world: World) -> None:
    good = direct(report(), name="my-7")
    outcome = await world.deliver(replace(good, value=b"{"))
    assert isinstance(outcome, Invalid)
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert (answer.event_id, answer.state, [one.code for one in answer.findings]) == (
        "my-7",
        "rejected",
        ["event.unreadable"],
    )
    assert isinstance(await world.deliver(replace(good, headers=[])), Invalid)
    assert len(world.outbox.told) == 1


@pytest.mark.parametrize(("value", "state"), [(5, "accepted"), (-5, "rejected"), (2_000_000, "needs_explanation")])
async def test_every_outcome_is_answered(world: World, value: int, state: str) -> None:
    await world.deliver(direct(report(value)))
    await world.judge()
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert (answer.state, answer.revision, answer.event_id) == (state, 1, "1")
    assert bool(answer.findings) == (state != "accepted")
    before = world.outbox.ids()
    await world.judge()
    assert world.outbox.ids() == before


async def test_a_report_by_http_is_not_answered_on_kafka(world: World) -> None:
    await world.submit(report(), e.Sender(role="agency", participant="TH", agency=IMM))
    await world.judge()
    assert world.outbox.of(e.SubmissionAnswered) == []


async def test_parts_wait_for_the_focal_point_where_the_state_wants_it(world: World) -> None:
    await world.deliver(direct(report(**rows(MM=500))))
    await world.deliver(direct(report(**rows(KH=7)), NAVY))
    await world.judge()
    assert world.states() == {}
    release = command(e.ReleaseRequested)
    await world.do(release)
    assert world.status(release.command_id).state == "accepted"
    assert joined(world) == [{"MM": 500, "KH": 7}]
    await world.judge()
    assert world.states() == {1: "accepted"}


async def test_a_release_twice_is_one_revision(world: World) -> None:
    await world.deliver(direct(report(**rows(MM=500))))
    await world.judge()
    for key in ("a", "b"):
        await world.do(command(e.ReleaseRequested, key=key))
    assert len(joined(world)) == 1


async def test_without_a_part_in_force_there_is_nothing_to_release(world: World) -> None:
    release = command(e.ReleaseRequested)
    await world.do(release)
    assert [one.code for one in world.status(release.command_id).findings] == ["command.nothing_to_do"]


async def test_accepted_parts_flow_through_where_the_state_wants_it() -> None:
    world = World("flow_through")
    await world.submit(report(**rows(LA=1)))
    await world.deliver(direct(report(**rows(MM=500))))
    await world.judge()
    await world.deliver(direct(report(**rows(KH=7)), NAVY))
    await world.judge()
    assert joined(world) == [{"LA": 1}, {"LA": 1, "MM": 500}, {"LA": 1, "MM": 500, "KH": 7}]
    assert world.states() == {1: "superseded", 2: "superseded", 3: "accepted"}
    national = world.outbox.of(e.ReportRecorded)[-1]
    assert (national.sender, national.context.received_at) == (TH, national.context.received_at)
    kept = world.status(national.submission_id)
    assert (kept.kind, kept.state, kept.agency) == ("joined", "accepted", None)
    assert [step.state for step in kept.timeline] == ["received", "recorded", "accepted"]


async def test_parts_are_joined_beside_the_loop_as_large_ones_take_seconds() -> None:
    world = World("flow_through")
    await world.deliver(direct(report(**rows(MM=500))))
    threads = in_threads()
    await world.judge()
    assert joined(world) == [{"MM": 500}]
    assert "joined" in threads


async def test_overlaps_go_into_the_context() -> None:
    world = World("flow_through")
    await world.deliver(direct(report(**rows(MM=500))))
    await world.deliver(direct(report(**rows(MM=480)), NAVY))
    await world.judge()
    national = [one for one in world.outbox.of(e.ReportRecorded) if one.agency is None][-1]
    assert [one.values for one in national.context.overlaps] == [{IMM: 500, NAVY: 480}]
    assert joined(world)[-1] == {"MM": 500}


async def test_a_judgement_again_under_another_setting_joins_nothing(world: World) -> None:
    await world.deliver(direct(report(**rows(MM=500))))
    await world.judge()
    participant = world.directory.participant("TH")
    assert participant is not None
    world.directory.put(participant.model_copy(update={"release": "flow_through"}))
    await world.judge()
    assert world.states() == {}


async def test_a_part_never_brings_back_what_the_state_withdrew_with_it() -> None:
    world = World("flow_through")
    await world.deliver(direct(report(**rows(MM=500))))
    await world.judge()
    await world.do(command(e.WithdrawalRequested, reason="recount"))
    await world.deliver(direct(report(**rows(KH=7)), NAVY))
    await world.judge()
    assert joined(world) == [{"MM": 500}, {"KH": 7}]
    await world.do(command(e.ReleaseRequested))
    assert joined(world)[-1] == {"MM": 500, "KH": 7}


async def test_what_the_focal_point_corrected_stands_whatever_older_part_is_joined_again() -> None:
    world = World("flow_through")
    await world.deliver(direct(report(**rows(MM=500))))
    await world.judge()
    await world.submit(report(**rows(MM=450)))
    await world.deliver(direct(report(**rows(KH=7)), NAVY))
    await world.judge()
    assert joined(world) == [{"MM": 500}, {"MM": 450}, {"MM": 450, "KH": 7}]
    national = [one for one in world.outbox.of(e.ReportRecorded) if one.agency is None][-1]
    assert national.context.overlaps == []


async def test_a_part_that_came_after_the_focal_points_figure_and_differs_is_an_overlap() -> None:
    world = World("flow_through")
    await world.submit(report(**rows(MM=450)))
    await world.deliver(direct(report(**rows(MM=500))))
    await world.judge()
    national = [one for one in world.outbox.of(e.ReportRecorded) if one.agency is None][-1]
    assert [one.values for one in national.context.overlaps] == [{"TH": 450, IMM: 500}]
    assert joined(world)[-1] == {"MM": 450}


async def test_a_partial_return_of_the_focal_point_makes_no_agencys_figure_the_states_own() -> None:
    world = World("flow_through")
    await world.deliver(direct(report(**rows(MM=500)), name="1"))
    await world.judge()
    await world.submit(report(scope="partial", answers={"interaction.description": {"text": "by sea"}}))
    await world.judge()
    await world.deliver(direct(report(**rows(MM=480)), name="2"))
    await world.judge()
    assert joined(world)[-1] == {"MM": 480}
    national = [one for one in world.outbox.of(e.ReportRecorded) if one.agency is None][-1]
    assert national.context.overlaps == []
    assert national.report.answers["interaction.description"].text == "by sea"


async def test_a_late_judgement_of_an_older_part_joins_the_newest() -> None:
    world = World("flow_through")
    await world.deliver(direct(report(**rows(MM=1)), name="1"))
    await world.deliver(direct(report(**rows(MM=2)), name="2"))
    one, two = world.outbox.of(e.ReportRecorded)
    for recorded in (two, one):
        await world.deliver(judgement(recorded))
    assert joined(world) == [{"MM": 2}]
    assert world.states(PART) == {1: "superseded", 2: "accepted"}


async def test_what_an_agency_explained_needs_no_explanation_in_the_joined_return() -> None:
    world = World("flow_through")
    await world.deliver(direct(report(2_000_000)))
    await world.judge()
    (part,) = world.outbox.of(e.ReportRecorded)
    why = [{"pointer": "/answers/illegal_entries.total", "comment": "a new sensor"}]
    await world.do(command(e.ExplanationsGiven, submission_id=part.submission_id, explanations=why))
    await world.judge()
    national = world.outbox.of(e.ReportRecorded)[-1]
    assert national.agency is None
    assert national.report.answers["illegal_entries.total"].comment == "a new sensor"
    assert [one.state for one in world.outbox.of(e.SubmissionAnswered)] == ["needs_explanation", "accepted"]
    assert NOW.date() == world.status(part.submission_id).received_at.date()
