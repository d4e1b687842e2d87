"""The promise: a kill at any effect, a repeat, a late arrival, a second worker or a full replay changes nothing."""

import asyncio
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import events as e
from contracts.topics import SUBMISSIONS
from runtime.message import Message
from services.ingest.rules import line
from tests.unit.ingest.world import (
    CENTRE,
    NATIONAL,
    NAVY,
    Fault,
    Killed,
    World,
    command,
    direct,
    judgement,
    message,
    report,
    submission,
)

WHY = [{"pointer": "/answers/illegal_entries.total", "comment": "a new sensor"}]
WAITING = submission(report(2_000_000))
STORY: tuple[e.Payload | Message | None, ...] = (  # None: everything recorded so far is judged
    submission(report(1), key="k"),
    submission(report(2), key="k"),
    submission(report(reporter="KH")),
    None,
    WAITING,
    None,
    command(e.ExplanationsGiven, submission_id=WAITING.submission_id, explanations=WHY),
    None,
    command(e.ReviewRequested, CENTRE, revision=2, outcome="correction_requested", reason="why"),
    submission(report(-3)),
    submission(report(3, scope="partial")),
    None,
    direct(report(10)),
    direct(report(11), NAVY),
    direct(report(unheard_of=1), NAVY, "bad"),
    None,
    command(e.WithdrawalRequested, reason="recount"),
    command(e.WithdrawalRequested, reason="again"),
    command(e.ReleaseRequested),
    None,
)


async def survive(world: World, one: Message) -> None:
    """Deliver until done: a process that was killed is started again and reads the message again."""
    while True:
        try:
            await world.deliver(one)
        except Killed:
            continue
        return


async def live(world: World, story: Sequence[e.Payload | Message | None] = STORY) -> list[Message]:
    """The whole story; every message that was read on the way, in order."""
    read: list[Message] = []
    for chapter in story:
        if chapter is not None:
            read.append(chapter if isinstance(chapter, Message) else message(chapter))
            await survive(world, read[-1])
            continue
        judged = 0
        while judged < len(recorded := world.outbox.of(e.ReportRecorded)):
            for one in recorded[judged:]:
                read.append(judgement(one))
                await survive(world, read[-1])
            judged = len(recorded)
    return read


async def undisturbed() -> tuple[World, list[Message]]:
    world = World("flow_through")
    return world, await live(world)


@pytest.mark.slow
async def test_a_kill_before_or_after_any_effect_changes_nothing() -> None:
    expected, _ = await undisturbed()
    assert expected.fault.effects > 60
    for at in range(1, expected.fault.effects + 1):
        for after in (False, True):
            world = World("flow_through", Fault(at, after))
            await live(world)
            assert world.summary() == expected.summary(), f"killed {'after' if after else 'before'} effect {at}"


async def test_a_full_replay_changes_nothing_and_tells_nothing_new() -> None:
    world, read = await undisturbed()
    before = world.summary()
    for one in read:
        await world.deliver(one)
    assert world.summary() == before


async def test_a_replay_of_each_topic_by_itself_changes_nothing() -> None:
    world, read = await undisturbed()
    before = world.summary()
    for topic in sorted({one.topic for one in read}):
        for one in read:
            if one.topic == topic:
                await world.deliver(one)
    assert world.summary() == before


async def test_two_workers_on_every_message_at_once_change_nothing() -> None:
    expected, _ = await undisturbed()
    world = World("flow_through", Fault(mix=Random(1)))
    for chapter in STORY:
        if chapter is not None:
            one = chapter if isinstance(chapter, Message) else message(chapter)
            await asyncio.gather(*(world.deliver(one) for _ in range(3)))
            continue
        judged = 0
        while judged < len(recorded := world.outbox.of(e.ReportRecorded)):
            for found in recorded[judged:]:
                await asyncio.gather(*(world.deliver(judgement(found)) for _ in range(3)))
            judged = len(recorded)
    assert world.summary() == expected.summary()


def settled(world: World, series: str = NATIONAL) -> None:
    """Every state, and every status, is what follows from all that is known of the series."""
    revisions = [one for one in world.store.revisions.values() if one.series == series]
    assert sorted(one.revision for one in revisions) == list(range(1, len(revisions) + 1))
    states = line.states(revisions)
    assert {one.revision: one.state for one in revisions} == states
    assert {one.revision: world.status(one.submission_id).state for one in revisions} == states


SENT = st.lists(st.sampled_from(["accept", "reject", "explain", "withdraw"]), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(sent=SENT, data=st.data())
async def test_judgements_in_any_order_and_repetition_end_in_the_same_states(
    sent: list[str], data: st.DataObject
) -> None:
    world = World()
    for number, one in enumerate(sent, 1):
        if one == "withdraw":
            await world.do(command(e.WithdrawalRequested, key=str(number), reason="recount"))
        else:
            value = {"accept": number, "reject": -number, "explain": 10**6 + number}[one]
            await world.submit(report(value))
    events = [judgement(one) for one in world.outbox.of(e.ReportRecorded)]
    order = data.draw(st.permutations([*events, *events]))
    for judged in order:
        await world.deliver(judged)
    settled(world)
    in_order = World()
    in_order.store.submissions, in_order.store.revisions = dict(world.store.submissions), dict(world.store.revisions)
    for judged in events:
        await in_order.deliver(judged)
    assert in_order.states() == world.states()


@pytest.mark.parametrize("seed", range(60))
async def test_workers_on_different_messages_of_one_series_leave_no_gap(seed: int) -> None:
    mix = Random(seed)
    world = World("flow_through", Fault(mix=mix))
    values = mix.sample(range(-3, 50), 4)
    messages = [message(submission(report(value))) for value in values]
    messages += [direct(report(value + 1), name=str(value)) for value in values[:2]]
    messages += [message(command(e.WithdrawalRequested, reason="recount")), message(command(e.ReleaseRequested))]
    await asyncio.gather(*(world.deliver(one) for one in mix.sample(messages, len(messages))))
    judged = 0
    while judged < len(recorded := world.outbox.of(e.ReportRecorded)):
        # Each once: a repeat would mend what a race has broken.
        new, judged = recorded[judged:], len(recorded)
        await asyncio.gather(*(world.deliver(judgement(one)) for one in mix.sample(new, len(new))))
    for series in {one.series for one in world.store.revisions.values()}:
        settled(world, series)


@pytest.mark.parametrize("late", [False, True])
async def test_judgements_around_a_withdrawal_end_alike(late: bool) -> None:
    world = World()
    await world.submit(report(1))
    await world.submit(report(2))
    first, second = (judgement(one) for one in world.outbox.of(e.ReportRecorded))
    withdrawal = message(command(e.WithdrawalRequested, reason="recount"), SUBMISSIONS)
    for one in (first, withdrawal, second) if late else (first, second, withdrawal):
        await world.deliver(one)
    assert world.states() == {1: "superseded", 2: "withdrawn", 3: "withdrawn"}
    settled(world)
