"""A mail that was withheld goes out once its notice is due again: once, whoever looks and whenever somebody dies."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import NotificationSent
from runtime.outcome import NotNow
from services.notification.mailer import patience
from services.notification.notices import Channel, Notice, claimed, handing_off, unknown
from services.notification.returns import Step
from services.notification.rules import NoticePlan, Policy, plan
from services.notification.scheduler import Scheduler
from services.notification.settings import NotificationSettings
from services.notification.timeline import missing_only
from tests.unit.notification.mail_server import MailServer
from tests.unit.notification.test_notification_mailer import Desk
from tests.unit.notification.world import accepted, at, cycle, extension, returned

WEEK_BEFORE = at("2013-08-24T06:00")
REMINDER = NoticePlan("2013-H1", "TH", "border", "reminder_7", at=at("2013-08-24T00:00"))
RELOAD = timedelta(minutes=10)


@dataclass
class Office(Desk):
    """A desk, and schedulers over the same rows. The mail server refuses everything until it is told otherwise."""

    time: datetime = WEEK_BEFORE
    revision: int = 0
    scheduler: Scheduler = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.scheduler = self.looking()
        self.server.mode = "refuse_address"

    def looking(self, skew: timedelta = timedelta()) -> Scheduler:
        async def clock() -> datetime:
            return self.time + skew

        async def written(notice: Notice, channel: Channel) -> None:
            assert channel.kind == "inbox"

        settled = patience(self.settings)
        return Scheduler(self.store, clock, lambda: self.known, written, Policy(), settled, RELOAD)

    async def day(self, when: datetime) -> None:
        """A day comes: the tick, and the mails."""
        self.time = when
        await self.scheduler.tick()
        await self.work()

    async def mail_waits(self) -> None:
        await self.day(self.time)
        assert (await self.email(REMINDER)).state == "failed", "it is to wait for the mail server"
        self.server.mode = "accept"

    async def happens(self, what: str, much: int) -> None:
        """Something in the world outside; ``much``: hours, or days by which the due date is moved."""
        match what:
            case "hours":
                self.later(much * 3_600)
            case "due":
                self.known.put(cycle("TH", due=date(2013, 8, 31) + timedelta(days=much)))
            case "recorded" | "rejected" | "withdrawn":
                self.revision += what != "rejected"
                await self.store.remember(returned("TH", (self.revision, what, self.time)))
            case "removed":
                self.known.remove("2013-H1")
            case "refuse" | "accept":
                self.server.mode = "refuse_address" if what == "refuse" else "accept"

    def row(self, planned: NoticePlan = REMINDER) -> Notice:
        return self.store._notices[planned.id]

    def kinds_mailed(self) -> list[str]:
        return [data.kind for _, _, data in self.mails_told() if type(data) is NotificationSent]


def office_of(server: MailServer) -> Office:
    return Office(server, NotificationSettings(smtp_port=server.port, mail_timeout_seconds=20, mail_lease_seconds=60))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with MailServer().running() as server:
        yield office_of(server)


async def test_a_reminder_that_more_time_held_back_goes_out_on_its_new_day(office: Office) -> None:
    await office.mail_waits()
    office.known.put(extension("TH", date(2013, 9, 10)))
    await office.day(at("2013-08-24T12:00"))
    assert (await office.email(REMINDER)).state == "not_needed"
    await office.day(at("2013-09-02T23:59"))
    assert (await office.email(REMINDER)).state == "not_needed", "its new day has not come"
    await office.day(at("2013-09-03T00:00"))
    assert (await office.email(REMINDER)).state == "sent"
    assert office.row().plan.at == at("2013-09-03T00:00"), "the inbox says when it came due"
    for days in range(10):
        await office.day(at("2013-09-03T01:00") + timedelta(days=days))
    assert office.kinds_mailed().count("reminder_7") == 1


async def test_an_overdue_notice_that_more_time_held_back_goes_out_after_the_new_due_date(office: Office) -> None:
    overdue = replace(REMINDER, kind="overdue_1")
    await office.day(at("2013-09-01T06:00"))
    office.known.put(extension("TH", date(2013, 9, 10)))
    office.server.mode = "accept"
    await office.day(at("2013-09-01T12:00"))
    assert (await office.email(overdue)).state == "not_needed"
    await office.day(at("2013-09-11T00:00"))
    assert (await office.email(overdue)).state == "sent"


async def test_a_due_date_that_is_moved_back_brings_the_reminder_back(office: Office) -> None:
    await office.mail_waits()
    office.known.put(cycle("TH", due=date(2013, 9, 10)))
    await office.day(at("2013-08-24T12:00"))
    assert (await office.email(REMINDER)).state == "not_needed"
    office.known.put(cycle("TH"))
    await office.day(at("2013-08-25T00:00"))
    assert (await office.email(REMINDER)).state == "sent"


@pytest.mark.parametrize("taken_back", ["rejected", "withdrawn"])
async def test_a_return_that_does_not_stay_in_is_reminded_of_while_it_is_time(office: Office, taken_back: Step) -> None:
    await office.mail_waits()
    await office.store.remember(returned("TH", (1, "recorded", office.time)))
    await office.day(at("2013-08-24T12:00"))
    assert (await office.email(REMINDER)).state == "not_needed"
    revision = 1 if taken_back == "rejected" else 2
    await office.store.remember(returned("TH", (revision, taken_back, office.time)))
    await office.day(at("2013-08-25T00:00"))
    assert (await office.email(REMINDER)).state == "sent"


async def test_a_return_that_is_taken_back_after_its_time_brings_no_old_reminder(office: Office) -> None:
    await office.mail_waits()
    await office.store.remember(accepted("TH", office.time))
    await office.day(at("2013-08-24T12:00"))
    await office.store.remember(returned("TH", (2, "withdrawn", office.time)))
    await office.day(at("2013-08-29T00:00"))
    assert (await office.email(REMINDER)).state == "not_needed"
    assert office.kinds_mailed()[-1] == "reminder_3"


async def test_who_is_expected_again_is_reminded(office: Office) -> None:
    await office.mail_waits()
    office.known.put(cycle("ID"))
    await office.day(at("2013-08-24T12:00"))
    assert (await office.email(REMINDER)).last_error == "no return is expected any more"
    office.known.put(cycle("TH", "ID"))
    await office.day(at("2013-08-25T00:00"))
    assert (await office.email(REMINDER)).state == "sent"


async def test_a_cycle_that_is_put_back_says_all_that_it_had_to_say(office: Office) -> None:
    await office.mail_waits()
    office.known.remove("2013-H1")
    await office.day(at("2013-08-24T12:00"))
    opened = replace(REMINDER, kind="cycle_opened")
    assert [(await office.email(one)).state for one in (REMINDER, opened)] == ["not_needed"] * 2
    office.known.put(cycle("TH"))
    await office.day(at("2013-08-25T00:00"))
    assert [(await office.email(one)).state for one in (REMINDER, opened)] == ["sent"] * 2


async def test_what_a_newer_reminder_has_followed_does_not_come_again(office: Office) -> None:
    await office.mail_waits()
    office.server.mode = "refuse_address"
    await office.day(at("2013-08-28T00:00"))
    # Another worker's clock is behind, and by it the reminder would still be due.
    await office.looking(timedelta(days=-2)).tick()
    assert (await office.email(REMINDER)).state == "not_needed"


@pytest.mark.parametrize("mode", ["accept", "hang"])
async def test_what_was_sent_or_may_have_been_never_comes_again(office: Office, mode: str) -> None:
    await office.day(office.time)
    if mode == "accept":
        office.server.mode = "accept"
        await office.day(office.time + timedelta(hours=2))
    else:
        waiting = await office.email(REMINDER)
        mine = claimed(waiting, office.time, patience(office.settings))
        going = handing_off(mine, office.time, patience(office.settings))
        lost = unknown(going, office.time, patience(office.settings), "lost")
        for old, new in ((waiting, mine), (mine, going), (going, lost)):
            assert await office.store.swap(REMINDER.id, old, new)
        office.server.mode = "accept"
    ended = (await office.email(REMINDER)).state
    office.known.put(extension("TH", date(2013, 9, 10)))
    await office.store.remember(returned("TH", (1, "recorded", office.time), (1, "rejected", office.time)))
    for days in range(1, 20):
        office.scheduler = office.looking()
        await office.day(at("2013-08-24T12:00") + timedelta(days=days))
    assert (await office.email(REMINDER)).state == ended
    assert office.kinds_mailed().count("reminder_7") == (mode == "accept")


async def test_each_time_that_it_is_withheld_is_an_event_of_its_own(office: Office) -> None:
    await office.mail_waits()
    for day in (10, 20, 28):
        office.known.put(extension("TH", date(2013, 9, day)))
        office.later(2)
        await office.work()
        office.time = at(f"2013-09-{day - 7:02}T00:00")
        await office.scheduler.tick()
        assert (await office.email(REMINDER)).state == "planned"
    about = [one for _, one, data in office.mails_told() if data.kind == "reminder_7"]
    assert len(about) == len(set(about)) == 4, "one refusal, and each time that it was withheld"


async def test_what_others_have_not_heard_of_is_told_before_it_is_planned_again(office: Office) -> None:
    await office.mail_waits()
    await office.store.remember(returned("TH", (1, "recorded", office.time)))
    office.kafka_is_away = True
    await office.scheduler.tick()
    office.later(1)
    with pytest.raises(NotNow):
        await office.work()
    await office.store.remember(returned("TH", (1, "rejected", office.time)))
    await office.scheduler.tick()
    assert (await office.email(REMINDER)).state == "not_needed"
    office.kafka_is_away = False
    await office.day(office.time + timedelta(minutes=2))
    await office.day(office.time + RELOAD)
    assert (await office.email(REMINDER)).state == "sent"
    ends = [type(data).__name__ for _, _, data in office.mails_told() if data.kind == "reminder_7"]
    assert ends == ["NotificationFailed", "NotificationFailed", "NotificationSent"]


async def test_a_return_that_came_and_went_between_two_ticks_is_noticed_ten_minutes_later(office: Office) -> None:
    await office.mail_waits()
    await office.store.remember(returned("TH", (1, "recorded", office.time)))
    office.later(1)
    await office.work()
    await office.store.remember(returned("TH", (1, "rejected", office.time)))
    await office.day(office.time)
    assert (await office.email(REMINDER)).state == "not_needed"
    await office.day(office.time + RELOAD)
    assert (await office.email(REMINDER)).state == "sent"


async def test_many_workers_plan_it_again_once(office: Office) -> None:
    await office.mail_waits()
    office.known.put(extension("TH", date(2013, 9, 10)))
    await office.day(at("2013-08-24T12:00"))
    office.time = at("2013-09-03T00:05")
    fence = (await office.email(REMINDER)).fence
    workers = [office.looking(timedelta(seconds=skew)) for skew in (-90, 0, 90)]
    await asyncio.gather(*(one.tick() for one in workers))
    assert (await office.email(REMINDER)).fence == fence + 1
    mailers = [office.another(timedelta(seconds=skew)) for skew in (-600, 0, 600)]
    await asyncio.gather(*(one.work(asyncio.Event()) for one in mailers))
    assert office.kinds_mailed().count("reminder_7") == 1


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("hours"), st.integers(1, 100)),
            st.tuples(st.just("due"), st.integers(-5, 30)),
            st.tuples(
                st.sampled_from(["recorded", "rejected", "withdrawn", "removed", "refuse", "accept"]), st.just(0)
            ),
            st.tuples(st.sampled_from(["tick", "mail", "restart"]), st.integers(0, 2)),
        ),
        max_size=40,
    )
)
def test_whatever_happens_all_that_is_due_at_last_has_been_mailed_once(story: list[tuple[str, int]]) -> None:
    async def whole() -> None:
        async with MailServer().running() as server:
            office = office_of(server)
            skews = [timedelta(seconds=skew) for skew in (0, -90, 90)]
            schedulers = [office.looking(skew) for skew in skews]
            mailers = [office.another(skew) for skew in skews]
            for what, much in story:
                match what:
                    case "restart":
                        schedulers[much] = office.looking(skews[much])
                    case "tick":
                        await schedulers[much].tick()
                    case "mail":
                        await mailers[much].work(asyncio.Event())
                    case _:
                        await office.happens(what, much)
            server.mode = "accept"
            for _ in range(4):
                await office.day(office.time + timedelta(hours=1))
            returns, _ = await office.store.returns_since(None)
            due = [one for one in plan(office.known, returns, office.time, Policy()).notices if missing_only(one.kind)]
            for one in due:
                assert (await office.email(one)).state == "sent", one.id
            mails = Counter(server.ids())
            assert not [one for one, count in mails.items() if count > 1]

    asyncio.run(whole())
