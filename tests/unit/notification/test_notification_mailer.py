"""What becomes of a mail with mail servers of every kind, and what others hear of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from contracts.directory import Directory
from contracts.events import NotificationFailed, NotificationSent
from runtime.metrics import gauge
from runtime.outcome import NotNow
from services.notification.mailer import Mailer, patience
from services.notification.notices import (
    Channel,
    ChannelKind,
    Notice,
    begun,
    claimed,
    handing_off,
    sent,
    told,
    unknown,
)
from services.notification.rules import NoticePlan
from services.notification.settings import NotificationSettings
from services.notification.smtp import NotOurs, message_id
from services.notification.store import MemoryStore
from tests.broker import until
from tests.unit.notification.mail_server import MailServer, Mode
from tests.unit.notification.world import accepted, at, cycle, directory, extension, focal_point, returned, state

T0 = at("2013-08-24T00:00")
PLAN = NoticePlan("2013-H1", "TH", "border", "reminder_7", at=T0)


@dataclass
class Desk:
    """A mailer with all that it stands on; ``time`` is everybody's clock."""

    server: MailServer
    settings: NotificationSettings
    time: datetime = T0
    known: Directory = field(default_factory=lambda: directory(cycle("TH"), state("TH")))
    told: list[tuple[str, str, NotificationSent]] = field(default_factory=list)
    kafka_is_away: bool = False

    def __post_init__(self) -> None:
        self.store = MemoryStore(lambda: self.time)
        self.mailer = self.another()

    def another(self, skew: timedelta = timedelta(), heard: Callable[[], None] = lambda: None) -> Mailer:
        async def clock() -> datetime:
            return self.time + skew

        async def tell(key: str, identity: str, data: NotificationSent) -> None:
            if self.kafka_is_away:
                raise NotNow("kafka is away")
            self.told.append((key, identity, data))
            heard()

        async def records() -> Directory:
            return self.known

        return Mailer(self.settings, self.store, clock, records, tell)

    async def plan(self, planned: NoticePlan = PLAN) -> None:
        await self.store.insert([begun(planned, self.time, patience(self.settings))])

    def mails_told(self) -> list[tuple[str, str, NotificationSent]]:
        return [one for one in self.told if one[2].channel == "email"]

    async def work(self) -> int:
        return await self.mailer.work(asyncio.Event())

    async def email(self, planned: NoticePlan = PLAN) -> Channel:
        found = await self.store.channel(planned.id, "email")
        assert found is not None
        return found

    def allow(self, *, to_listen: float = 20.0, to_answer: float) -> None:
        """How many seconds a mail server has; who has not answered after twice those to listen is late."""
        limits = {"mail_timeout_seconds": to_listen, "mail_answer_seconds": to_answer}
        self.settings = self.settings.model_copy(update=limits)
        self.mailer = self.another()

    async def work_until(self, state: str, planned: NoticePlan = PLAN) -> None:
        """Look again, as every tick does, until the mail is in that state.

        On a machine that stands still for a moment a try may take too long to begin: it is made again.
        """

        async def looked_again() -> bool:
            found = await self.email(planned)
            if found.state == "failed":
                self.later(5)
            if found.state != state:
                await self.work()
            return found.state == state

        await until(f"the mail to be {state}", looked_again)

    def later(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer().running() as one:
        yield one


@pytest.fixture
async def desk(server: MailServer) -> Desk:
    # Long enough for a busy machine; who waits for a server that hangs allows it less.
    settings = NotificationSettings(
        smtp_port=server.port, mail_timeout_seconds=20, mail_answer_seconds=20, mail_lease_seconds=60
    )
    one = Desk(server, settings)
    await one.plan()
    return one


async def test_a_planned_mail_goes_out_once_and_is_told(desk: Desk) -> None:
    await desk.work()
    await desk.work()
    assert desk.server.ids() == [message_id(PLAN.id, desk.settings.mail_from)]
    assert desk.server.recipients == ["border@th.example"]
    assert ((await desk.email()).state, (await desk.email()).wake_at) == ("sent", None)
    [(key, _, data)] = desk.mails_told()
    assert (key, type(data), data.channel, data.notice_id) == ("TH", NotificationSent, "email", PLAN.id)


async def test_many_mailers_send_each_mail_once(desk: Desk) -> None:
    plans = [replace(PLAN, focal_point=f"border-{number}", at=T0) for number in range(29)]
    for one in plans:
        desk.known.put(focal_point("TH", one.focal_point))
        await desk.plan(one)
    mailers = [desk.another(timedelta(seconds=skew)) for skew in (0, 30, -30)]
    await asyncio.gather(*(one.work(asyncio.Event()) for one in mailers))
    assert sorted(desk.server.ids()) == sorted({message_id(one.id, desk.settings.mail_from) for one in (PLAN, *plans)})


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("refuse", "451 4.3.0 not now"), ("refuse_address", "450 4.2.1 try again later"), ("cut_early", "")],
)
async def test_a_mail_that_is_refused_for_now_is_tried_again(desk: Desk, mode: Mode, reason: str) -> None:
    desk.server.mode = mode
    await desk.work()
    first = await desk.email()
    assert (first.state, first.attempts, first.next_at) == ("failed", 1, T0 + timedelta(seconds=1))
    assert reason in (first.last_error or "")
    [(_, _, told)] = desk.mails_told()
    assert isinstance(told, NotificationFailed)
    assert (told.attempt, told.final) == (1, False)
    await desk.work()
    assert (await desk.email()).attempts == 1, "its time has not come"
    desk.server.mode = "accept"
    desk.later(1)
    await desk.work()
    assert ((await desk.email()).state, len(desk.server.taken)) == ("sent", 1)


async def test_a_mail_server_that_is_not_there_is_tried_again(desk: Desk, unused_tcp_port: int) -> None:
    desk.settings = desk.settings.model_copy(update={"smtp_port": unused_tcp_port})
    await desk.another().work(asyncio.Event())
    assert (await desk.email()).state == "failed"


async def test_a_mail_server_that_hangs_before_the_message_is_tried_again(desk: Desk) -> None:
    desk.server.mode = "hang_early"
    desk.allow(to_listen=2.0, to_answer=20.0)
    await desk.work()
    found = await desk.email()
    assert (found.state, found.last_error) == ("failed", "no answer in 2 s")
    desk.server.mode = "accept"
    desk.allow(to_answer=20.0)
    desk.later(1)
    await desk.work()
    assert len(desk.server.taken) == 1


@pytest.mark.parametrize("mode", ["hang", "cut"])
async def test_a_mail_without_an_answer_is_unknown_and_never_sent_again(desk: Desk, mode: Mode) -> None:
    desk.server.mode = mode
    desk.allow(to_answer=2.0)
    await desk.work()
    assert (await desk.email()).state == "unknown"
    desk.server.mode = "accept"
    desk.server.release()
    desk.later(10_000)
    await desk.work()
    assert ((await desk.email()).state, len(desk.server.taken)) == ("unknown", 1)
    [(_, _, told)] = desk.mails_told()
    assert isinstance(told, NotificationFailed)
    assert told.final


async def test_an_answer_that_comes_late_counts_and_holds_up_no_other_mail(desk: Desk) -> None:
    desk.server.mode = "hang"
    desk.allow(to_listen=2.0, to_answer=600.0)
    await desk.work_until("handing_off")
    other = replace(PLAN, focal_point="police")
    desk.known.put(focal_point("TH", "police"))
    await desk.plan(other)
    desk.server.mode = "accept"
    await desk.work_until("sent", other)
    assert (await desk.email()).state == "handing_off"
    desk.server.release()
    await desk.work_until("sent")
    assert len(desk.server.taken) == 2
    assert len([data for _, _, data in desk.mails_told() if type(data) is NotificationSent]) == 2


async def test_a_late_answer_that_never_comes_ends_as_unknown(desk: Desk) -> None:
    desk.server.mode = "hang"
    desk.allow(to_listen=2.0, to_answer=8.0)
    await desk.work_until("handing_off")
    await desk.work_until("unknown")
    _, _, told = desk.mails_told()[-1]
    assert isinstance(told, NotificationFailed)
    assert told.final


async def test_a_mail_server_that_answers_nothing_gets_no_more_mails_than_it_has(desk: Desk) -> None:
    for number in range(5):
        desk.known.put(focal_point("TH", f"border-{number}"))
        await desk.plan(replace(PLAN, focal_point=f"border-{number}"))
    desk.settings = desk.settings.model_copy(update={"mail_at_once": 2})
    desk.server.mode = "hang"
    desk.allow(to_listen=2.0, to_answer=600.0)
    async with asyncio.timeout(60):
        while len(desk.server.taken) < 2:
            await desk.work()
            desk.later(5)
    for _ in range(2):
        await desk.work()
    assert len(desk.server.taken) == 2
    desk.server.mode = "accept"
    desk.server.release()
    async with asyncio.timeout(60):
        while await desk.store.waiting():
            await desk.work()
            desk.later(5)
    assert len(desk.server.taken) == 6


@pytest.mark.parametrize("mode", ["reject", "reject_address"])
async def test_a_mail_that_is_refused_for_good_ends_as_failed_and_stays_visible(desk: Desk, mode: Mode) -> None:
    desk.server.mode = mode
    for _ in range(10):
        await desk.work()
        desk.later(4_000)
    found = await desk.email()
    assert (found.state, found.attempts, found.wake_at) == ("failed", 5, None)
    assert (found.last_error or "").startswith("550")
    finals = [data.final for _, _, data in desk.told if isinstance(data, NotificationFailed)]
    assert finals == [False] * 4 + [True]


async def test_each_try_is_an_event_of_its_own(desk: Desk) -> None:
    desk.server.mode = "refuse"
    for _ in range(3):
        await desk.work()
        desk.later(4_000)
    assert len({identity for _, identity, _ in desk.mails_told()}) == 3


async def test_a_worker_that_died_before_the_handing_off_is_replaced(desk: Desk) -> None:
    await desk.store.swap(PLAN.id, await desk.email(), claimed(await desk.email(), T0, patience(desk.settings)))
    await desk.work()
    assert desk.server.taken == []
    desk.later(60)
    await desk.work()
    assert ((await desk.email()).state, (await desk.email()).attempts) == ("sent", 2)


async def test_a_worker_that_died_in_the_handing_off_leaves_an_unknown_that_is_told(desk: Desk) -> None:
    mine = claimed(await desk.email(), T0, patience(desk.settings))
    await desk.store.swap(PLAN.id, await desk.email(), mine)
    await desk.store.swap(PLAN.id, mine, handing_off(mine, T0, patience(desk.settings)))
    desk.later(79)
    await desk.work()
    assert (await desk.email()).state == "handing_off", "the server may still answer whoever has it"
    desk.later(1)
    await desk.work()
    assert ((await desk.email()).state, desk.server.taken) == ("unknown", [])
    assert [type(data) for _, _, data in desk.mails_told()] == [NotificationFailed]


async def test_what_waits_is_shown_while_the_mail_server_hangs(desk: Desk) -> None:
    gauge("vrs_mails_waiting").set(0)
    desk.server.mode = "hang_early"
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(desk.work())
        await desk.server.called.wait()
        assert REGISTRY.get_sample_value("vrs_mails_waiting") == 1
        desk.server.release()
    assert REGISTRY.get_sample_value("vrs_mails_waiting") == 0


async def test_a_worker_that_is_asked_to_end_finishes_the_mail_it_is_at_and_begins_no_other(desk: Desk) -> None:
    for number in range(5):
        desk.known.put(focal_point("TH", f"border-{number}"))
        await desk.plan(replace(PLAN, focal_point=f"border-{number}"))
    desk.settings = desk.settings.model_copy(update={"mail_at_once": 1})
    stop = asyncio.Event()
    mailer = desk.another(heard=stop.set)
    assert await mailer.work(stop) == 1
    assert len(desk.server.taken) == 1
    assert await desk.store.waiting() == 5


async def test_a_sleeper_that_lost_its_claim_hands_nothing_over(desk: Desk) -> None:
    planned = await desk.email()
    sleeper = claimed(planned, T0, patience(desk.settings))
    assert await desk.store.swap(PLAN.id, planned, sleeper)
    desk.later(60)
    assert await desk.store.swap(PLAN.id, sleeper, claimed(sleeper, desk.time, patience(desk.settings)))
    _, result = await desk.mailer._hand_over(begun(PLAN, T0, patience(desk.settings)), sleeper, desk.known)
    assert (result, desk.server.asked, desk.server.taken) == (NotOurs(), 1, [])


async def test_what_was_not_told_is_told_later_by_anybody(desk: Desk) -> None:
    desk.kafka_is_away = True
    with pytest.raises(NotNow):
        await desk.work()
    assert ((await desk.email()).state, desk.told) == ("sent", [])
    desk.kafka_is_away = False
    desk.later(60)
    await desk.another().work(asyncio.Event())
    assert {data.channel for _, _, data in desk.told} == {"inbox", "email"}
    assert ((await desk.email()).wake_at, len(desk.server.taken)) == (None, 1)


async def test_a_corrected_address_helps_the_next_try(desk: Desk) -> None:
    desk.server.mode = "reject_address"
    await desk.work()
    desk.server.mode = "accept"
    desk.known.put(focal_point("TH", "border").model_copy(update={"email": "new@th.example"}))
    desk.later(1)
    await desk.work()
    assert desk.server.recipients == ["new@th.example"]


async def test_a_focal_point_that_has_ended_gets_no_mail_any_more(desk: Desk) -> None:
    desk.known.put(focal_point("TH", "border", active=False))
    await desk.work()
    found = await desk.email()
    assert (found.state, found.last_error, desk.server.asked) == ("failed", "the focal point is no longer active", 0)


async def test_the_centre_gets_its_mail_at_the_address_from_the_settings(desk: Desk) -> None:
    await desk.plan(NoticePlan("2013-H1", None, "centre", "cycle_complete", True, at=T0))
    await desk.work()
    assert "centre@vrs.example" in desk.server.recipients
    assert "centre" in {key for key, _, _ in desk.told}


async def test_an_address_beyond_ascii_is_sent_as_it_is(desk: Desk) -> None:
    desk.known.put(focal_point("TH", "border").model_copy(update={"email": "grenzpolizei.süd@th.example"}))
    await desk.work()
    assert desk.server.recipients == ["grenzpolizei.süd@th.example"]


async def test_an_address_that_is_none_fails_and_takes_nobody_else_with_it(desk: Desk) -> None:
    other = replace(PLAN, focal_point="police", at=T0)
    desk.known.put(focal_point("TH", "police"))
    desk.known.put(focal_point("TH", "border").model_copy(update={"email": "a\x00b@th.example"}))
    await desk.plan(other)
    await desk.work()
    assert ((await desk.email()).state, (await desk.email(other)).state) == ("failed", "sent")


async def test_a_line_that_begins_with_a_dot_arrives_as_it_was(desk: Desk) -> None:
    desk.settings = desk.settings.model_copy(update={"portal_url": ".\r\n.\r\n.end"})
    desk.mailer = desk.another()
    await desk.work()
    body = desk.server.taken[0].get_body(("plain",))
    assert body is not None
    assert ".end" in body.get_content()


@pytest.mark.parametrize(("kind", "day"), [("reminder_7", 0), ("due_today", 7), ("overdue_1", 8)])
async def test_a_reminder_that_waited_until_the_return_was_in_is_not_sent_and_says_so(
    desk: Desk, kind: str, day: int
) -> None:
    desk.later(day * 86_400)
    waiting = replace(PLAN, kind=kind, at=desk.time)
    await desk.plan(waiting)
    desk.server.mode = "refuse"
    await desk.work()
    desk.server.mode = "accept"
    asked = desk.server.asked
    await desk.store.remember(accepted("TH", desk.time + timedelta(hours=1)))
    desk.later(86_400)
    await desk.work()
    found = await desk.email(waiting)
    assert (found.state, found.last_error, found.wake_at) == ("not_needed", "the return is in", None)
    assert (desk.server.asked, desk.server.taken) == (asked, [])
    told = [data for _, _, data in desk.mails_told() if data.kind == kind][-1]
    assert isinstance(told, NotificationFailed)
    assert (told.reason, told.final) == ("the return is in", True)


async def test_a_reminder_that_waited_goes_out_where_the_return_was_rejected_or_withdrawn(desk: Desk) -> None:
    desk.server.mode = "refuse"
    await desk.work()
    desk.server.mode = "accept"
    await desk.store.remember(returned("TH", (1, "recorded", T0), (1, "accepted", T0), (2, "withdrawn", T0)))
    desk.later(86_400)
    await desk.work()
    assert (await desk.email()).state == "sent"


async def test_after_an_outage_of_the_mail_server_the_newest_reminder_goes_out_and_not_a_burst(desk: Desk) -> None:
    desk.server.mode = "refuse"
    days = {"reminder_3": 4, "reminder_1": 6, "due_today": 7, "overdue_1": 8, "overdue_7": 14}
    waiting = [PLAN, *(replace(PLAN, kind=kind, at=T0 + timedelta(days=day)) for kind, day in days.items())]
    for one in waiting:
        desk.time = one.at
        await desk.plan(one)
        await desk.work()
    desk.server.mode = "accept"
    desk.later(3 * 86_400)
    while await desk.work():
        desk.later(3_600)
    ended = [await desk.email(one) for one in waiting]
    assert [one.state for one in ended] == ["not_needed"] * 5 + ["sent"]
    assert {one.last_error for one in ended[:-1]} == {"its time is over, or has moved to later"}
    assert len(desk.server.taken) == 1


async def test_an_overdue_notice_that_waited_while_more_time_was_granted_is_not_sent_before_the_new_due_day(
    desk: Desk,
) -> None:
    overdue = replace(PLAN, kind="overdue_1", at=at("2013-09-01T00:00"))
    desk.server.mode = "refuse"
    desk.time = overdue.at
    await desk.plan(overdue)
    await desk.work()
    assert (await desk.email(overdue)).state == "failed"
    desk.known.put(extension("TH", date(2013, 9, 15)))
    desk.server.mode = "accept"
    desk.later(3_600)
    await desk.work()
    assert (await desk.email(overdue)).state == "not_needed"
    assert desk.server.taken == []


async def test_what_is_no_reminder_goes_out_however_late(desk: Desk) -> None:
    opened = replace(PLAN, kind="cycle_opened", at=at("2013-07-01T00:00"))
    desk.time = at("2013-09-20T00:00")
    await desk.plan(opened)
    await desk.work()
    assert (await desk.email(opened)).state == "sent"


async def test_what_tells_of_a_return_is_sent_when_it_is_in_and_nothing_of_a_cycle_that_is_gone(desk: Desk) -> None:
    about = replace(PLAN, kind="report_accepted", at=T0)
    await desk.plan(about)
    await desk.store.remember(accepted("TH", T0))
    await desk.work()
    assert [(await desk.email(one)).state for one in (PLAN, about)] == ["not_needed", "sent"]
    gone = replace(PLAN, kind="cycle_opened", at=T0)
    await desk.plan(gone)
    heard = replace(PLAN, kind="report_received", at=T0)
    await desk.plan(heard)
    desk.known.remove("2013-H1")
    await desk.work()
    assert [(await desk.email(one)).state for one in (gone, heard)] == ["not_needed", "sent"]


async def test_an_answer_that_comes_after_the_lease_is_still_the_truth(desk: Desk) -> None:
    mine = claimed(await desk.email(), T0, patience(desk.settings))
    await desk.store.swap(PLAN.id, await desk.email(), mine)
    going = handing_off(mine, T0, patience(desk.settings))
    await desk.store.swap(PLAN.id, mine, going)
    desk.later(80)
    await desk.work()
    assert (await desk.email()).state == "unknown"
    notice = begun(PLAN, T0, patience(desk.settings))
    assert await desk.mailer._write(notice, going, sent(going, desk.time, patience(desk.settings)))
    assert ((await desk.email()).state, (await desk.email()).wake_at) == ("sent", None)


async def test_an_answer_after_the_lease_stands_while_another_worker_tells_that_it_is_unknown(desk: Desk) -> None:
    mine = claimed(await desk.email(), T0, patience(desk.settings))
    await desk.store.swap(PLAN.id, await desk.email(), mine)
    going = handing_off(mine, T0, patience(desk.settings))
    await desk.store.swap(PLAN.id, mine, going)
    given_up = unknown(going, desk.time, patience(desk.settings), "given up")
    await desk.store.swap(PLAN.id, going, given_up)
    looked_at = desk.store.channel

    async def told_meanwhile(notice: str, kind: ChannelKind) -> Channel | None:
        found = await looked_at(notice, kind)
        if found == given_up:
            await desk.store.swap(PLAN.id, given_up, told(given_up))
        return found

    desk.store.channel = told_meanwhile  # type: ignore[method-assign]
    notice = begun(PLAN, T0, patience(desk.settings))
    assert await desk.mailer._write(notice, going, sent(going, desk.time, patience(desk.settings)))
    assert ((await desk.email()).state, (await desk.email()).wake_at) == ("sent", None)


async def test_a_cycle_that_came_with_the_notice_is_not_taken_for_one_that_was_removed(desk: Desk) -> None:
    """Another worker plans for a cycle and a focal point that this one has not read of yet."""
    desk.known, newest = Directory(), desk.known
    asked = desk.store.waking

    async def planned_meanwhile(now: datetime, limit: int) -> list[Notice]:
        desk.known = newest
        return await asked(now, limit)

    desk.store.waking = planned_meanwhile  # type: ignore[method-assign]
    await desk.work()
    assert (await desk.email()).state == "sent"
