"""What is too large to be kept or told ends in a clear state, and never holds up what comes after it."""

from collections.abc import Callable

import pytest
from bson import encode as bson
from pymongo.errors import DocumentTooLarge, WriteError

from contracts import events as e
from contracts.topics import RECORDED, Topic
from contracts.wire import MAX_EVENT_BYTES, Event
from contracts.wire import encode as wire
from runtime.outcome import Invalid, NotNow
from runtime.publisher import TooLargeError
from services.ingest.documents import Revision, Submission
from services.ingest.store import Added, UnfitError, answering
from tests.unit.ingest.world import IMM, World, assert_done, command, direct, message, report, submission

PLACE = "/answers/illegal_entries.total"


async def explain(world: World, name: str, pointer: str, comment: str, places: int = 1) -> list[str]:
    """Explain one place, or several below it; the codes of the command's findings."""
    given = [{"pointer": f"{pointer}/{n}" if n else pointer, "comment": comment} for n in range(places)]
    one = command(e.ExplanationsGiven, submission_id=name, explanations=given)
    await world.do(one)
    return [finding.code for finding in world.status(one.command_id).findings]


async def waiting(world: World) -> str:
    name = await world.submit(report(2_000_000))
    await world.judge()
    return name


def again(world: World) -> None:
    """The newest judgement asks for an explanation once more."""
    (held,) = world.store.revisions.values()
    world.store.revisions[held.id] = held.model_copy(update={"outcome": "needs_explanation"})


async def test_of_several_explanations_of_a_place_the_last_is_kept() -> None:
    world = World()
    name = await waiting(world)
    for comment in ("first", "second"):
        assert await explain(world, name, PLACE, comment) == []
        again(world)
    (held,) = world.store.revisions.values()
    assert [one.comment for one in held.explanations] == ["second"]


async def test_explanations_that_do_not_fit_are_refused_and_the_submission_waits_on() -> None:
    world = World()
    name = await waiting(world)
    assert await explain(world, name, "/x", "a" * 2_000, 75) == []
    again(world)
    assert await explain(world, name, "/y", "b" * 2_000, 75) == ["command.explanations_too_long"]
    (held,) = world.store.revisions.values()
    assert {one.pointer[:2] for one in held.explanations} == {"/x"}
    assert await explain(world, name, "/x", "c" * 2_000, 75) == []
    assert all(len(wire(event)[0]) < MAX_EVENT_BYTES for _, _, event in world.outbox.told)


async def test_explanations_that_do_not_fit_are_called_too_long_also_before_those_before_them_are_judged() -> None:
    world = World()
    name = await waiting(world)
    assert await explain(world, name, "/x", "a" * 2_000, 75) == []
    assert await explain(world, name, "/y", "b" * 2_000, 75) == ["command.explanations_too_long"]


def no_room_for(world: World, refuses: Callable[[str, e.Payload], bool], monkeypatch: pytest.MonkeyPatch) -> None:
    publish = world.outbox.publish

    async def refusing(topic: Topic | str, key: str, event: Event[e.Payload]) -> tuple[int, int]:
        if refuses(topic if isinstance(topic, str) else topic.name, event.data):
            raise TooLargeError("5 MB")
        return await publish(topic, key, event)

    monkeypatch.setattr(world.outbox, "publish", refusing)


async def test_a_report_that_fits_into_no_message_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    no_room_for(world, lambda topic, _: topic == RECORDED.name, monkeypatch)
    name = await world.submit(report())
    (told,) = world.outbox.of(e.ReportRejected)
    assert_done(await world.deliver(message(told, "vrs.reports.judged")))
    assert world.status(name).state == "rejected"
    assert [one.code for one in world.status(name).findings] == ["report.too_large"]
    assert all(one.published for one in world.store.revisions.values())


async def test_an_answer_with_too_many_findings_says_how_many_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    large = "report.more_findings"
    no_room_for(
        world,
        lambda _, data: isinstance(data, e.SubmissionAnswered) and large not in [one.code for one in data.findings],
        monkeypatch,
    )
    assert_done(await world.deliver(direct(report(unheard_of=1))))
    (answer,) = world.outbox.of(e.SubmissionAnswered)
    assert (answer.state, [one.code for one in answer.findings]) == ("rejected", [large])


async def test_a_message_whose_effects_no_topic_takes_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    no_room_for(world, lambda topic, data: True, monkeypatch)
    outcome = await world.deliver(message(submission(report())))
    assert isinstance(outcome, Invalid)
    assert outcome.reason == "too_large"


async def test_a_revision_that_the_database_does_not_take_is_a_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    async def refusing(one: Revision) -> bool:
        raise UnfitError(one.id)

    monkeypatch.setattr(world.store, "add_revision", refusing)
    name = await world.submit(report())
    assert [one.code for one in world.status(name).findings] == ["shape.invalid"]
    assert world.status(name).state == "rejected"


async def test_a_submission_that_the_database_does_not_take_is_kept_without_its_body(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    add = world.store.add_submission

    async def refusing(one: Submission) -> Added:
        if one.body is not None:
            raise UnfitError(one.id)
        return await add(one)

    monkeypatch.setattr(world.store, "add_submission", refusing)
    name = await world.submit(report(agency=IMM), e.Sender(role="agency", participant="TH", agency=IMM))
    assert (world.status(name).state, world.status(name).body) == ("rejected", None)


@pytest.mark.parametrize("error", [DocumentTooLarge("17 MB"), WriteError("too large", 17419), OverflowError("2**80")])
async def test_what_the_database_never_takes_is_no_reason_to_wait(error: Exception) -> None:
    with pytest.raises(UnfitError):
        async with answering():
            raise error


async def test_what_bson_cannot_write_is_unfit_and_another_write_error_is_not_now() -> None:
    with pytest.raises(UnfitError):
        async with answering():
            bson({"a\x00b": 2**80})
    with pytest.raises(NotNow):
        async with answering():
            raise WriteError("not primary", 10107)
