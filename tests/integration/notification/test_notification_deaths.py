"""kill -9 on either side of every effect: the next worker ends the work, and no mail goes out twice."""

from datetime import timedelta

import pytest

from contracts.events import NotificationFailed
from contracts.topics import JUDGED
from services.notification.facts import Accepted
from services.notification.smtp import message_id
from tests.broker import until
from tests.integration.notification.bureau import Bureau, around_today
from tests.integration.notification.test_notification_service import ALONE, about
from tests.unit.notification.world import state

LISTENING = ["notification.return.before", "notification.return.after", "commit.before", "commit.after"]
PLANNING = [
    *("notification.notice.before", "notification.notice.after", "publish.before", "publish.after"),
    *("notification.told.before", "notification.told.after"),
]
SENDING = [
    *("notification.claim.before", "notification.claim.after", "notification.handing_off.before"),
    "notification.mark.after",
]
NOBODY_KNOWS = [
    *("notification.handing_off.after", "notification.mail.before", "notification.mail.after"),
    "notification.mark.before",
]
KILLED = 137
LATER = timedelta(minutes=15)
"""By the clock of the next worker: nothing that the dead one had begun is still its own."""


async def at_rest(bureau: Bureau, rows: set[str], ended: set[str]) -> bool:
    """These rows are there, every mail is at its end and every state has been told."""
    found = await bureau.notices()
    channels = [one for row in found.values() for one in row["channels"]]
    ends = set((await bureau.states()).values())
    return found.keys() == rows and ends == ended and all(one["wake_at"] is None for one in channels)


async def each_mail_went_out_once_and_was_told(bureau: Bureau) -> None:
    rows = await bureau.notices()
    ids = [message_id(row["_id"], bureau.settings.mail_from) for row in rows.values()]
    assert sorted(bureau.server.ids()) == sorted(ids)
    sent = {
        (e.data.notice_id, e.data.channel) for e in await bureau.events() if not isinstance(e.data, NotificationFailed)
    }
    assert sent == {(row["_id"], channel) for row in rows.values() for channel in ("inbox", "email")}


@pytest.mark.parametrize("place", LISTENING)
async def test_a_death_while_listening_loses_nothing(bureau: Bureau, place: str) -> None:
    # Not expected in any cycle: nothing but what is heard makes a row, so no mail is under way when it dies.
    await bureau.put(state("TH"), around_today("TH", name="2012", due_in=300).model_copy(update={"expected": []}))
    await bureau.tell(JUDGED, "TH", Accepted.model_validate(about("TH")))
    bureau.settings = bureau.settings.model_copy(update={"notification_tick_seconds": 100})
    assert await bureau.process(place) == KILLED
    bureau.settings = bureau.settings.model_copy(update={"notification_tick_seconds": 0.1})
    async with bureau.workers(ALONE):
        await until("the mail", lambda: at_rest(bureau, {"TH|border|report_accepted"}, {"sent"}))
    await each_mail_went_out_once_and_was_told(bureau)


@pytest.mark.parametrize("place", PLANNING + SENDING)
async def test_a_death_here_is_made_good_by_the_next_worker(bureau: Bureau, place: str) -> None:
    await bureau.put(state("TH"), around_today("TH", due_in=13))
    if place in PLANNING:
        # So that no mail is being taken at the moment of the death.
        bureau.server.mode = "refuse_address"
    assert await bureau.process(place) == KILLED
    bureau.server.mode = "accept"
    async with bureau.workers(LATER):
        await until("the mail", lambda: at_rest(bureau, {"TH|border|cycle_opened", "TH|border|reminder_14"}, {"sent"}))
    await each_mail_went_out_once_and_was_told(bureau)


@pytest.mark.parametrize("place", NOBODY_KNOWS)
async def test_a_death_while_the_mail_server_takes_it_is_shown_and_never_sent_again(bureau: Bureau, place: str) -> None:
    await bureau.put(state("TH"), around_today("TH", due_in=-1))
    assert await bureau.process(place) == KILLED
    taken = len(bureau.server.taken)
    async with bureau.workers(LATER):
        await until("it to be given up", lambda: at_rest(bureau, {"TH|border|overdue_1"}, {"unknown"}))
    assert await bureau.states("inbox") == {"TH|border|overdue_1": "sent"}
    assert len(bureau.server.taken) == taken == (place in ("notification.mail.after", "notification.mark.before"))
    assert len({one.id for one in await bureau.events()}) == 2
