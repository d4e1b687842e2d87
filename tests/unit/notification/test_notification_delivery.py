"""No mail twice: every interleaving of workers that claim, sleep, die and wake over one channel."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.notification.notices import (
    Channel,
    Patience,
    begun,
    claimed,
    failed,
    handing_off,
    not_needed,
    planned_again,
    sent,
    told,
    unknown,
)
from services.notification.rules import NoticePlan
from services.notification.store import MemoryStore
from services.notification.telling import telling
from tests.unit.notification.world import at

T = TypeVar("T")
T0 = at("2013-08-01T00:00")
PLAN = NoticePlan("2013-H1", "TH", "border", "reminder_7", at=T0)
PATIENCE = Patience(timedelta(seconds=60), answer=timedelta(seconds=30))
EMAIL = begun(PLAN, T0, PATIENCE).channel("email")


def done(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing, as those of a store in memory."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    raise AssertionError("it waited")


class Workers(RuleBasedStateMachine):
    """Four workers, each with a clock of its own. What a worker holds survives its sleep, not its death.

    What the notice asks for happens and is taken back; who looks knows of it, or has not heard of the last time yet.
    """

    def __init__(self) -> None:
        super().__init__()
        self.time = T0
        self.store = MemoryStore(lambda: self.time)
        done(self.store.insert([begun(PLAN, T0, PATIENCE)]))
        self.held: dict[int, Channel] = {}
        self.answered: dict[int, str] = {}
        self.taken = 0
        self.needed = True
        self.told: dict[str, Channel] = {}

    def channel(self) -> Channel:
        found = done(self.store.channel(PLAN.id, "email"))
        assert found is not None
        return found

    def swap(self, worker: int, new: Channel) -> bool:
        if done(self.store.swap(PLAN.id, self.held[worker], new)):
            self.held[worker] = new
            return True
        del self.held[worker]
        return False

    workers = st.integers(0, 3)
    skews = st.sampled_from([-90, 0, 0, 90]).map(lambda seconds: timedelta(seconds=seconds))

    @rule(seconds=st.sampled_from([0, 1, 5, 30, 61, 120, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.time += timedelta(seconds=seconds)

    @rule()
    def it_is_needed_no_more_or_again(self) -> None:
        self.needed = not self.needed

    @rule(worker=workers, skew=skews, up_to_date=st.booleans())
    def looks(self, worker: int, skew: timedelta, up_to_date: bool) -> None:
        if worker in self.held:
            return
        found, now = self.channel(), self.time + skew
        wants = found.wants(now)
        self.held[worker] = found
        match wants:
            case "attempt" if self.needed != up_to_date:
                if self.swap(worker, not_needed(found, now, PATIENCE, "the return is in")):
                    del self.held[worker]
            case "attempt":
                self.swap(worker, claimed(found, now, PATIENCE))
            case "give_up":
                if self.swap(worker, unknown(found, now, PATIENCE, "lost")):
                    del self.held[worker]
            case "tell":
                identity, data = telling(begun(PLAN, T0, PATIENCE), found)
                before = self.told.setdefault(identity, found)
                assert (before.state, before.at, before.attempts) == (found.state, found.at, found.attempts), data
                if self.swap(worker, told(found)):
                    del self.held[worker]
            case None:
                # The look of the tick at what is due; it may write only after a sleep.
                if planned_again(found, now) is None:
                    del self.held[worker]

    @precondition(lambda self: any(one.state == "not_needed" for one in self.held.values()))
    @rule(data=st.data(), skew=skews)
    def takes_up_again(self, data: st.DataObject, skew: timedelta) -> None:
        worker = data.draw(st.sampled_from([w for w, one in self.held.items() if one.state == "not_needed"]))
        again = planned_again(self.held[worker], self.time + skew)
        assert again is not None
        if self.swap(worker, again):
            del self.held[worker]

    @precondition(lambda self: any(one.state == "claimed" for one in self.held.values()))
    @rule(data=st.data(), skew=skews, answer=st.sampled_from(["taken", "refused", "silence after taking", "silence"]))
    def hands_over(self, data: st.DataObject, skew: timedelta, answer: str) -> None:
        worker = data.draw(st.sampled_from([w for w, one in self.held.items() if one.state == "claimed"]))
        if not self.swap(worker, handing_off(self.held[worker], self.time + skew, PATIENCE)):
            return
        self.taken += answer in ("taken", "silence after taking")
        self.answered[worker] = answer

    @precondition(lambda self: bool(self.answered))
    @rule(data=st.data(), skew=skews)
    def writes_down(self, data: st.DataObject, skew: timedelta) -> None:
        worker = data.draw(st.sampled_from(sorted(self.answered)))
        answer, now, mine = self.answered.pop(worker), self.time + skew, self.held[worker]
        match answer:
            case "taken":
                if not self.swap(worker, sent(mine, now, PATIENCE)):
                    found = self.channel()
                    if found.state == "unknown" and found.attempts == mine.attempts:
                        done(self.store.swap(PLAN.id, found, sent(found, now, PATIENCE)))
            case "refused":
                self.swap(worker, failed(mine, now, PATIENCE, "451", never=False))
            case _:
                self.swap(worker, unknown(mine, now, PATIENCE, "no answer"))
        self.held.pop(worker, None)

    @precondition(lambda self: bool(self.held))
    @rule(data=st.data())
    def dies(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(sorted(self.held)))
        del self.held[worker]
        self.answered.pop(worker, None)

    @invariant()
    def no_mail_is_sent_twice(self) -> None:
        assert self.taken <= 1

    @invariant()
    def sent_means_sent(self) -> None:
        if self.channel().state == "sent":
            assert self.taken == 1

    @invariant()
    def what_was_taken_is_never_tried_again(self) -> None:
        if self.taken:
            assert self.channel().state in ("handing_off", "unknown", "sent")

    @invariant()
    def it_is_at_its_end_or_somebody_will_look(self) -> None:
        found = self.channel()
        assert found.wake_at is not None or found.state in ("sent", "unknown", "not_needed")

    def teardown(self) -> None:
        """Everybody has died; one worker whose clock is right finds it needed."""
        self.held.clear()
        self.answered.clear()
        self.needed = True
        before = self.channel()
        for _ in range(10):
            self.time += timedelta(hours=2)
            found = self.channel()
            if found.wants(self.time) is None:
                done(self.store.swap(PLAN.id, found, planned_again(found, self.time) or found))
            self.looks(0, timedelta(), up_to_date=True)
            if 0 in self.held and self.held[0].state == "claimed":
                self.swap(0, handing_off(self.held[0], self.time, PATIENCE))
                self.taken += 1
                self.swap(0, sent(self.held[0], self.time, PATIENCE))
            self.held.clear()
        assert self.channel().wake_at is None
        # Only a mail that somebody had begun to hand over before may be missing, and says so.
        assert self.taken == 1 or (self.taken == 0 and before.state in ("handing_off", "unknown"))


TestWorkers = Workers.TestCase
TestWorkers.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)


def test_a_claim_that_ran_out_before_the_handing_off_is_taken_up_again() -> None:
    mine = claimed(EMAIL, T0, PATIENCE)
    assert mine.wants(T0 + timedelta(seconds=59)) is None
    assert mine.wants(T0 + timedelta(seconds=60)) == "attempt"
    assert claimed(mine, T0 + timedelta(seconds=60), PATIENCE).attempts == 2


def test_a_lease_that_ran_out_in_the_handing_off_is_given_up_and_not_while_the_server_may_still_answer() -> None:
    mine = handing_off(claimed(EMAIL, T0, PATIENCE), T0, PATIENCE)
    assert mine.wants(T0 + timedelta(seconds=89)) is None
    assert mine.wants(T0 + timedelta(seconds=90)) == "give_up"
    lost = told(unknown(mine, T0, PATIENCE, "lost"))
    assert lost.wake_at is None


def test_a_failed_mail_is_tried_again_with_growing_gaps_and_stays_visible() -> None:
    channel, now, gaps = EMAIL, T0, []
    for _ in range(8):
        channel = told(failed(claimed(channel, now, PATIENCE), now, PATIENCE, "451 not now", never=False))
        assert channel.next_at is not None
        gaps.append((channel.next_at - now).total_seconds())
        now = channel.next_at
    assert gaps == [1, 5, 30, 120, 600, 3600, 3600, 3600]
    assert (channel.state, channel.attempts, channel.last_error) == ("failed", 8, "451 not now")


def test_a_never_is_believed_after_some_tries() -> None:
    channel = EMAIL
    for attempt in range(1, 6):
        channel = told(failed(claimed(channel, T0, PATIENCE), T0, PATIENCE, "550 never", never=True))
        assert (channel.next_at is None) == (attempt == 5)
    assert (channel.state, channel.attempts, channel.wake_at) == ("failed", 5, None)


def test_a_state_is_told_before_the_next_try() -> None:
    channel = failed(claimed(EMAIL, T0, PATIENCE), T0, PATIENCE, "451", never=False)
    assert channel.wants(T0 + timedelta(seconds=2)) is None
    assert channel.wants(T0 + timedelta(seconds=60)) == "tell"
    assert told(channel).wants(T0 + timedelta(seconds=2)) == "attempt"


def test_only_a_mail_that_was_not_needed_and_has_said_so_is_planned_again() -> None:
    withheld = not_needed(EMAIL, T0, PATIENCE, "the return is in")
    assert planned_again(withheld, T0) is None, "others are to hear of it first"
    again = planned_again(told(withheld), T0)
    assert again is not None
    assert (again.state, again.fence, again.wants(T0), again.last_error) == ("planned", 3, "attempt", None)
    mine = handing_off(claimed(EMAIL, T0, PATIENCE), T0, PATIENCE)
    ended = [sent(mine, T0, PATIENCE), unknown(mine, T0, PATIENCE, "lost")]
    ended.append(failed(mine, T0, PATIENCE, "550 never", never=True))
    for one in (EMAIL, mine, *ended):
        assert planned_again(told(one), T0) is None


@pytest.mark.parametrize("step", [claimed, handing_off, sent])
def test_every_step_raises_the_fence(step: Any) -> None:
    assert step(EMAIL, T0, PATIENCE).fence == EMAIL.fence + 1


def test_the_inbox_has_it_from_the_start() -> None:
    inbox = begun(PLAN, T0, PATIENCE).channel("inbox")
    assert (inbox.state, inbox.wants(T0), inbox.wants(T0 + timedelta(seconds=60))) == ("sent", None, "tell")


def test_the_same_row_twice_is_one_row() -> None:
    async def twice() -> tuple[set[str], set[str]]:
        store = MemoryStore(lambda: T0)
        row = begun(PLAN, T0, PATIENCE)
        return await store.insert([row]), await store.insert([row])

    assert asyncio.run(twice()) == ({PLAN.id}, set())
