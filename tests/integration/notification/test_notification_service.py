"""The whole service: events in, rows and mails out, with several workers and a mail server of any mood."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from contracts.events import NotificationFailed, ReportReviewed, ReportWithdrawn
from contracts.records import Extension
from contracts.topics import DEADLETTERS, JUDGED, RECORDED
from services.notification.facts import Accepted, Received, Recorded, Rejected
from services.notification.smtp import message_id
from tests.broker import read_all, until
from tests.integration.notification.bureau import NOW, Bureau, around_today, days
from tests.unit.notification.world import state

ALONE = timedelta()
SKEWED = (timedelta(seconds=-90), timedelta(), timedelta(seconds=90))


def about(participant: str, revision: int = 1) -> dict[str, object]:
    return {
        "submission_id": f"{participant}{revision}",
        "series": f"{participant}|2013-H1",
        "participant": participant,
        "cycle": "2013-H1",
        "revision": revision,
        "judgement": 0,
    }


async def report(bureau: Bureau, participant: str, verdict: type[Accepted | Rejected], revision: int = 1) -> None:
    facts = about(participant, revision)
    recorded = Recorded.model_validate({**facts, "context": Received(received_at=NOW)})
    await bureau.tell(RECORDED, participant, recorded, step=str(revision))
    await bureau.tell(JUDGED, participant, verdict.model_validate(facts), step=str(revision))


async def every_mail_is_out(bureau: Bureau, rows: int) -> bool:
    states = await bureau.states()
    stuck = {key: one for key, one in states.items() if one in ("unknown", "not_needed")}
    assert not stuck, "these never go out"
    return len(states) >= rows and set(states.values()) == {"sent"}


async def test_three_workers_with_clocks_apart_make_one_row_and_one_mail_each(bureau: Bureau) -> None:
    codes = [f"X{chr(65 + number)}" for number in range(10)]
    for code in codes:
        await bureau.put(state(code, "UTC", "border", "police"))
    await bureau.put(around_today(*codes))
    async with bureau.workers(*SKEWED):
        await until("the opening and a reminder for each", lambda: every_mail_is_out(bureau, 40))
        for code in codes:
            await report(bureau, code, Accepted)
        # Received, accepted and completion for 20 focal points, and completion for the centre.
        await until("completion for all", lambda: every_mail_is_out(bureau, 101), 120)
    rows = await bureau.notices()
    assert Counter(key.rpartition("|")[2] for key in rows) == {
        "cycle_opened": 20,
        "reminder_3": 20,
        "report_received": 20,
        "report_accepted": 20,
        "cycle_complete": 21,
    }
    expected = {message_id(row["_id"], bureau.settings.mail_from) for row in rows.values()}
    assert sorted(bureau.server.ids()) == sorted(expected)
    assert bureau.server.recipients.count("centre@vrs.example") == 1
    told = await bureau.events()
    assert {(one.data.notice_id, one.data.channel) for one in told} == {
        (row["_id"], channel) for row in rows.values() for channel in ("inbox", "email")
    }
    assert len({one.id for one in told}) == 202
    assert not await read_all(bureau.settings, DEADLETTERS)


async def test_a_restart_and_a_full_replay_change_nothing(bureau: Bureau) -> None:
    await bureau.put(state("TH"), state("ID"), around_today("TH", "ID"))
    async with bureau.workers(ALONE):
        await until("the opening and the reminders", lambda: every_mail_is_out(bureau, 4))
        await report(bureau, "TH", Accepted)
        await until("two mails more", lambda: every_mail_is_out(bureau, 6))
    rows, kept, mails = await bureau.notices(), await bureau.returns(), bureau.server.ids()
    await bureau.begin_anew()
    await report(bureau, "TH", Accepted)
    async with bureau.workers(ALONE, ALONE):
        await report(bureau, "ID", Rejected)
        await until("what is new", lambda: every_mail_is_out(bureau, 8))
        await until("the replay to end", bureau.has_read_all)
    after = await bureau.notices()
    assert {key: after[key] for key in rows} == rows
    assert {"TH|2013-H1": (await bureau.returns())["TH|2013-H1"]} == kept
    assert bureau.server.ids()[:6] == mails
    assert len(bureau.server.ids()) == 8


async def test_the_story_of_a_return_is_told(bureau: Bureau) -> None:
    await bureau.put(state("TH"), around_today("TH", due_in=-1))
    async with bureau.workers(ALONE):
        await until("the overdue notice", lambda: every_mail_is_out(bureau, 1))
        assert set(await bureau.notices()) == {"TH|border|overdue_1"}
        await report(bureau, "TH", Rejected)
        await report(bureau, "TH", Accepted, 2)
        facts = about("TH", 2)
        review = ReportReviewed.model_validate(
            {**facts, "outcome": "correction_requested", "reason": "see Padang Besar by sea"}
        )
        await bureau.tell(JUDGED, "TH", review)
        await until("six mails more", lambda: every_mail_is_out(bureau, 7))
    assert set(await bureau.notices()) == {
        "TH|border|overdue_1",
        "TH|border|report_received",
        "TH|border|report_rejected",
        "TH|border|report_accepted",
        "TH|border|correction_requested",
        "TH|border|cycle_complete",
        "|centre|cycle_complete",
    }
    assert not any("Padang Besar" in one.as_string() for one in bureau.server.taken)


async def test_a_withdrawal_takes_the_return_out_of_the_completion(bureau: Bureau) -> None:
    await bureau.put(state("TH"), state("ID"), around_today("TH", "ID", due_in=-1))

    async def in_force(participant: str, revision: int | None) -> bool:
        kept = (await bureau.returns()).get(f"{participant}|2013-H1")
        return kept is not None and kept["in_force"] == revision

    async with bureau.workers(ALONE):
        await until("the overdue notices", lambda: every_mail_is_out(bureau, 2))
        await report(bureau, "TH", Accepted)
        await until("the return to be in force", lambda: in_force("TH", 1))
        withdrawn = ReportWithdrawn.model_validate({**about("TH", 2), "reason": "counted twice"})
        await bureau.tell(JUDGED, "TH", withdrawn)
        await until("the withdrawal", lambda: in_force("TH", None))
        await report(bureau, "ID", Accepted)
        await until("the mails", lambda: every_mail_is_out(bureau, 6))
    assert not any("complete" in key for key in await bureau.notices())


async def test_an_extension_is_told_and_stops_what_is_overdue(bureau: Bureau) -> None:
    due = NOW.date() + days(10)
    await bureau.put(state("TH"), state("ID"), around_today("TH", "ID", due_in=-1))
    extension = Extension(cycle="2013-H1", participant="TH", due=due, reason="a flood")
    await bureau.put(extension)
    async with bureau.workers(ALONE):
        await until("the mails", lambda: every_mail_is_out(bureau, 4))
    assert set(await bureau.notices()) == {
        "TH|border|extension_granted",
        "TH|border|cycle_opened",
        "TH|border|reminder_14",
        "ID|border|overdue_1",
    }


async def test_a_mail_server_that_is_away_delays_the_mail_and_not_the_inbox(bureau: Bureau) -> None:
    bureau.server.mode = "refuse"
    await bureau.put(state("TH"), around_today("TH"))

    async def tried_three_times() -> bool:
        rows = await bureau.notices()
        attempts = [one["attempts"] for row in rows.values() for one in row["channels"] if one["kind"] == "email"]
        return len(attempts) == 2 and min(attempts) >= 3

    async with bureau.workers(ALONE, ALONE):
        await until("three tries of each", tried_three_times)
        assert set((await bureau.states("inbox")).values()) == {"sent"}
        errors = [one["last_error"] for row in (await bureau.notices()).values() for one in row["channels"]]
        assert "451 4.3.0 not now" in errors
        bureau.server.mode = "accept"
        await until("both mails", lambda: every_mail_is_out(bureau, 2))
    assert len(bureau.server.taken) == 2
    failures = [one for one in await bureau.events() if isinstance(one.data, NotificationFailed)]
    times = sorted(one.time for one in failures if one.data.kind == "cycle_opened")
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert all(gap >= 0.2 for gap in gaps)


async def test_garbage_is_set_aside_and_the_partition_goes_on(bureau: Bureau) -> None:
    await bureau.put(state("TH"), around_today("TH"))
    producer = bureau.publisher._producer
    assert producer is not None
    for topic in (RECORDED, JUDGED):
        await producer.send_and_wait(bureau.settings.topic(topic), b"\xff\x00", key=b"TH")
        await producer.send_and_wait(bureau.settings.topic(topic), None, key=b"TH")
    async with bureau.workers(ALONE):
        # A reminder whose mail has not gone out when the return comes is rightly withheld: let it go first.
        await until("the opening and the reminder", lambda: every_mail_is_out(bureau, 2))
        await report(bureau, "TH", Accepted)
        # Received, accepted and completion, also for the centre: what is garbage in both topics stands before that.
        await until("the notices of the return", lambda: every_mail_is_out(bureau, 6))
    assert len(await read_all(bureau.settings, DEADLETTERS)) == 4


async def test_a_reminder_that_more_time_held_back_goes_out_on_its_new_day(bureau: Bureau) -> None:
    bureau.server.mode = "refuse"
    await bureau.put(state("TH"), around_today("TH", due_in=7))
    row = "TH|border|reminder_7"

    async def stands(reminder: str, rows: int, others: str) -> bool:
        states = await bureau.states()
        return len(states) == rows and states.pop(row) == reminder and set(states.values()) == {others}

    async with bureau.workers(ALONE, ALONE):
        await until("the mail server to refuse both", lambda: stands("failed", 2, "failed"))
        await bureau.put(Extension(cycle="2013-H1", participant="TH", due=NOW.date() + days(12), reason="a flood"))
        await until("the reminder to be withheld", lambda: stands("not_needed", 4, "failed"))
        bureau.server.mode = "accept"
        await until("all others to go out", lambda: stands("not_needed", 4, "sent"))
    async with bureau.workers(days(5), days(5)):
        await until("the reminder on its new day", lambda: stands("sent", 4, "sent"))
    assert bureau.server.ids().count(message_id(f"2013-H1|{row}", bureau.settings.mail_from)) == 1
    told = [one for one in await bureau.events() if one.data.kind == "reminder_7" and one.data.channel == "email"]
    assert [isinstance(one.data, NotificationFailed) for one in told][-2:] == [True, False], "withheld, then sent"
    assert len({one.id for one in told}) == len(told)
