"""After a restore: what the topic of notifications tells is put back, and nothing else."""

from contracts.wire import Event
from services.notification.notices import (
    Channel,
    Notice,
    Patience,
    begun,
    claimed,
    failed,
    not_needed,
    planned_again,
    sent,
    told,
    unknown,
)
from services.notification.recall import Told, recall, recalled
from services.notification.rules import NoticePlan
from services.notification.store import MemoryStore
from services.notification.telling import telling
from tests.unit.notification.test_notification_delivery import done
from tests.unit.notification.world import at

NOW = at("2013-08-01T00:00")
PATIENCE = Patience()


def notice(kind: str) -> Notice:
    return begun(NoticePlan("2013-H1", "TH", "border", kind, at=NOW), NOW, PATIENCE)


def event(one: Notice, end: str) -> Told:
    mail = one.channel("email")
    ends = {
        "sent": lambda: sent(mail, NOW, PATIENCE),
        "unknown": lambda: unknown(mail, NOW, PATIENCE, "lost"),
        "not_needed": lambda: not_needed(mail, NOW, PATIENCE, "the return is in"),
        "later": lambda: failed(mail, NOW, PATIENCE, "451", never=False),
    }
    return saying(one, ends[end]())


def saying(one: Notice, mail: Channel) -> Told:
    identity, data = telling(one, mail)
    return Event(identity, "vrs/notification", NOW, data)


def test_a_mail_that_went_out_after_the_backup_is_not_sent_again() -> None:
    store = MemoryStore(lambda: NOW)
    assert done(recall(store, [event(notice("due_today"), "sent")])) == 1
    again = notice("due_today")
    assert done(store.insert([again])) == set()
    assert done(store.waking(NOW, 10)) == []


def test_a_mail_that_the_backup_holds_as_planned_is_taken_to_its_end() -> None:
    store = MemoryStore(lambda: NOW)
    done(store.insert([notice("due_today")]))
    assert done(recall(store, [event(notice("due_today"), "sent")])) == 1
    mail = done(store.channel(notice("due_today").id, "email"))
    assert mail is not None
    assert (mail.state, mail.wake_at) == ("sent", None)
    assert done(recall(store, [event(notice("due_today"), "sent")])) == 0


def test_what_is_still_to_be_tried_is_left_to_be_tried_and_what_nobody_knows_stays_unknown() -> None:
    later, lost, needless = notice("due_today"), notice("overdue_1"), notice("reminder_7")
    found = recalled([event(later, "later"), event(lost, "unknown"), event(needless, "not_needed")])
    ends = [(one.id, one.channel("email").state) for one in found]
    assert ends == [(lost.id, "unknown"), (needless.id, "not_needed")]
    assert told(found[0].channel("email")).wake_at is None


def test_sent_outweighs_what_was_told_before_and_after_it() -> None:
    one = notice("due_today")
    for order in (("unknown", "sent"), ("sent", "unknown")):
        (found,) = recalled([event(one, end) for end in order])
        assert found.channel("email").state == "sent"


def test_a_late_word_that_a_mail_was_not_needed_does_not_outweigh_that_nobody_knows() -> None:
    first = notice("due_today")
    withheld = told(not_needed(first.channel("email"), NOW, PATIENCE, "the return is in"))
    again = planned_again(withheld, NOW)
    assert again is not None
    lost = unknown(claimed(again, NOW, PATIENCE), NOW, PATIENCE, "lost")
    late = [saying(first, mail) for mail in (lost, withheld)]
    for order in (late, late[::-1]):
        (found,) = recalled(order)
        assert found.channel("email").state == "unknown"


def test_a_mail_that_was_withheld_since_the_backup_can_still_be_planned_again() -> None:
    store = MemoryStore(lambda: NOW)
    done(recall(store, [event(notice("due_today"), "not_needed")]))
    (found,) = done(store.withheld([notice("due_today").id, notice("overdue_1").id]))
    assert planned_again(found.channel("email"), NOW) is not None


def test_a_notice_about_a_whole_cycle_goes_back_to_the_centre() -> None:
    whole = begun(NoticePlan("2013-H1", None, "centre", "cycle_complete", True, at=NOW), NOW, PATIENCE)
    (found,) = recalled([event(whole, "sent")])
    assert found.plan == whole.plan
