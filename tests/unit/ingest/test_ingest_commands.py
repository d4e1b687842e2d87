"""Commands on a return: explain, review, withdraw, release."""

from typing import Any

import pytest

from contracts import events as e
from tests.in_threads import in_threads
from tests.unit.ingest.world import CENTRE, IMM, NATIONAL, TH, World, command, judgement, report

KH = e.Sender(role="focal-point", participant="KH")
WHY = [{"pointer": "/answers/illegal_entries.total", "comment": "a new sensor"}]


@pytest.fixture
def world() -> World:
    return World()


def explain(submission: str, sender: e.Sender = TH, **more: Any) -> e.ExplanationsGiven:
    return command(e.ExplanationsGiven, sender, submission_id=submission, **{"explanations": WHY, **more})


async def done(world: World, one: e.Command) -> tuple[str, list[str]]:
    """Give a command; its state and the codes of its findings."""
    await world.do(one)
    status = world.status(one.command_id)
    return status.state, [finding.code for finding in status.findings]


async def test_an_explained_submission_is_judged_again_and_accepted(world: World) -> None:
    name = await world.submit(report(2_000_000))
    await world.judge()
    assert world.status(name).state == "needs_explanation"
    assert await done(world, explain(name)) == ("accepted", [])
    _, again = world.outbox.of(e.ReportRecorded)
    assert (again.revision, again.judgement, [one.comment for one in again.explanations]) == (1, 1, ["a new sensor"])
    assert world.status(name).state == "recorded"
    await world.judge()
    assert [step.state for step in world.status(name).timeline] == [
        "received",
        "recorded",
        "needs_explanation",
        "recorded",
        "accepted",
    ]


async def test_the_same_explanation_twice_changes_nothing(world: World) -> None:
    name = await world.submit(report(2_000_000))
    await world.judge()
    await world.do(explain(name))
    before = world.summary()
    await world.do(explain(name))
    assert world.summary() == before


async def test_the_first_judgement_again_after_an_explanation_changes_nothing(world: World) -> None:
    name = await world.submit(report(2_000_000))
    await world.judge()
    await world.do(explain(name))
    before = world.summary()
    await world.deliver(judgement(world.outbox.of(e.ReportRecorded)[0]))
    assert world.summary() == before


async def test_an_explanation_that_is_read_again_before_its_return_is_judged_again_counts(world: World) -> None:
    """As after a restore, where both are read at once: what validation said of them before stands for good."""
    name = await world.submit(report(2_000_000))
    assert await done(world, explain(name)) == ("accepted", [])
    first, again = world.outbox.of(e.ReportRecorded)
    assert (first.judgement, again.judgement, [one.comment for one in again.explanations]) == (0, 1, ["a new sensor"])
    for one in (first, again):
        await world.deliver(judgement(one))
    assert world.states() == {1: "accepted"}


async def test_a_blank_explanation_takes_back_none_that_is_being_judged(world: World) -> None:
    """Of the return that the first one explains validation may have told its figures already: they stay counted."""
    name = await world.submit(report(2_000_000))
    await world.judge()
    await world.do(explain(name))
    await world.do(explain(name, explanations=[{**WHY[0], "comment": " "}]))
    await world.judge()
    assert world.states() == {1: "accepted"}
    assert [one.comment for one in world.outbox.of(e.ReportRecorded)[-1].explanations] == ["a new sensor"]


async def test_what_does_not_wait_takes_no_explanation(world: World) -> None:
    name = await world.submit(report())
    await world.judge()
    assert await done(world, explain(name)) == ("rejected", ["command.nothing_to_do"])
    assert await done(world, explain("unheard-of")) == ("rejected", ["command.nothing_to_do"])


async def test_nobody_explains_for_another(world: World) -> None:
    name = await world.submit(report(2_000_000))
    await world.judge()
    assert await done(world, explain(name, KH)) == ("rejected", ["sender.not_reporter"])
    assert await done(world, explain(name, KH, participant="KH")) == ("rejected", ["command.nothing_to_do"])
    imm = e.Sender(role="agency", participant="TH", agency=IMM)
    assert await done(world, explain(name, imm)) == ("rejected", ["command.nothing_to_do"])
    assert world.states() == {1: "needs_explanation"}


async def test_an_explanation_with_personal_data_is_rejected_and_not_kept(world: World) -> None:
    name = await world.submit(report(2_000_000))
    await world.judge()
    personal = [{"pointer": "", "comment": "ask jane.doe@example.org"}]
    one, threads = explain(name, explanations=personal), in_threads()
    assert await done(world, one) == ("rejected", ["personal_data.found"])
    assert threads == ["received"]  # 1 MB is looked through for a second
    assert "jane" not in world.status(one.command_id).model_dump_json()
    assert "jane" not in world.store.revisions["TH|2013-H1#1"].model_dump_json()


async def test_the_centre_verifies_the_revision_in_force(world: World) -> None:
    name = await world.submit(report())
    await world.judge()
    review = command(e.ReviewRequested, CENTRE, revision=1, outcome="verified")
    assert await done(world, review) == ("accepted", [])
    assert world.status(name).state == "verified"
    (told,) = world.outbox.of(e.ReportReviewed)
    assert (told.series, told.revision, told.outcome, told.submission_id) == (NATIONAL, 1, "verified", name)
    assert world.status(review.command_id).revision == 1


async def test_a_correction_is_requested_with_its_reason_and_the_return_stays_in_force(world: World) -> None:
    await world.submit(report())
    await world.judge()
    pointers = ["/answers/illegal_entries.total"]
    await world.do(
        command(e.ReviewRequested, CENTRE, revision=1, outcome="correction_requested", reason="why", pointers=pointers)
    )
    held = world.store.revisions["TH|2013-H1#1"]
    assert held.state == "correction_requested"
    assert held.review is not None
    assert (held.review.reason, held.review.pointers) == ("why", pointers)
    await world.submit(report(5))
    assert world.states() == {1: "correction_requested", 2: "recorded"}
    await world.judge()
    assert world.states() == {1: "superseded", 2: "accepted"}


async def test_only_the_centre_reviews_and_only_what_is_in_force(world: World) -> None:
    await world.submit(report())
    for_nothing = command(e.ReviewRequested, CENTRE, revision=1, outcome="verified")
    assert await done(world, for_nothing) == ("rejected", ["command.nothing_to_do"])
    await world.judge()
    assert await done(world, command(e.ReviewRequested, TH, revision=1, outcome="verified")) == (
        "rejected",
        ["sender.not_reporter"],
    )
    assert await done(world, command(e.ReviewRequested, CENTRE, revision=7, outcome="verified")) == (
        "rejected",
        ["command.nothing_to_do"],
    )


async def test_a_withdrawal_is_a_revision_and_withdraws_what_was_in_force_or_waiting(world: World) -> None:
    names = [await world.submit(report(value)) for value in (1, -2, 3, 2_000_000)]
    await world.judge()
    withdrawal = command(e.WithdrawalRequested, reason="recount")
    assert await done(world, withdrawal) == ("withdrawn", [])
    assert [world.status(name).state for name in names] == ["superseded", "rejected", "withdrawn", "withdrawn"]
    (told,) = world.outbox.of(e.ReportWithdrawn)
    assert (told.submission_id, told.revision, told.reason) == (withdrawal.command_id, 5, "recount")
    assert [(topic, key) for topic, key, event in world.outbox.told if event.data == told] == [
        ("vrs.reports.judged", "TH")
    ]
    assert world.states()[5] == "withdrawn"


async def test_where_nothing_is_in_force_or_waiting_there_is_nothing_to_withdraw(world: World) -> None:
    nothing = ("rejected", ["command.nothing_to_do"])
    assert await done(world, command(e.WithdrawalRequested, reason="never sent")) == nothing
    await world.submit(report(-1))
    await world.judge()
    assert await done(world, command(e.WithdrawalRequested, reason="rejected")) == nothing
    await world.submit(report(1))
    await world.do(command(e.WithdrawalRequested, reason="recount"))
    assert await done(world, command(e.WithdrawalRequested, reason="and again")) == nothing
    assert len(world.outbox.of(e.ReportWithdrawn)) == 1


async def test_a_judgement_after_the_withdrawal_brings_nothing_back(world: World) -> None:
    name = await world.submit(report(1))
    await world.do(command(e.WithdrawalRequested, reason="recount"))
    assert world.status(name).state == "recorded"
    await world.judge()
    assert world.status(name).state == "withdrawn"


async def test_a_return_after_the_withdrawal_counts_again(world: World) -> None:
    await world.submit(report(1))
    await world.do(command(e.WithdrawalRequested, reason="recount"))
    name = await world.submit(report(2, scope="partial"))
    await world.judge()
    assert world.status(name).state == "accepted"
    assert list(world.outbox.of(e.ReportRecorded)[-1].report.answers) == ["illegal_entries.total"]


async def test_nobody_withdraws_for_another(world: World) -> None:
    await world.submit(report(1))
    for sender in (KH, CENTRE, e.Sender(role="agency", participant="TH", agency=IMM)):
        refused = await done(world, command(e.WithdrawalRequested, sender, reason="x"))
        assert refused == ("rejected", ["sender.not_reporter"])
    assert world.states() == {1: "recorded"}
