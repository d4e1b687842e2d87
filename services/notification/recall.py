"""What the topic of notifications says went out, put back into a database that no longer knows it.

After a restore the rows of notices that came due since the backup are planned anew; their mails must not go out
again (docs/decisions/0008-mail.md). Every final state of a mail is told on ``vrs.notifications``: that is where it is
read from, before a worker starts.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from contracts.events import NotificationFailed, NotificationSent
from contracts.identity import event_id
from contracts.wire import Event
from services.notification.notices import Channel, Notice, State
from services.notification.rules import CENTRE, NoticePlan
from services.notification.store import Store

Told = Event[NotificationSent]


def recalled(events: Iterable[Told]) -> list[Notice]:
    """The notices whose mail has come to its end, each with that end. Pure.

    "Sent" outweighs whatever else was told, and "unknown" what was told late by a worker that had slept.
    """
    found: dict[str, Notice] = {}
    for event in events:
        data = event.data
        if data.channel != "email" or (isinstance(data, NotificationFailed) and not data.final):
            continue
        row = _row(event)
        found[data.notice_id] = max(found.get(data.notice_id, row), row, key=_weight)
    return list(found.values())


async def recall(store: Store, events: Iterable[Told]) -> int:
    """Write what is not known of it; gives how many notices that were. Raises NotNow. No worker may be at work."""
    notices = recalled(events)
    new = await store.insert(notices)
    count = len(new)
    for one in notices:
        ended, known = one.channel("email"), await store.channel(one.id, "email")
        if one.id not in new and known is not None and known.state not in ("sent", "unknown"):
            count += await store.swap(one.id, known, replace(ended, fence=known.fence + 1))
    return count


def _weight(notice: Notice) -> tuple[bool, bool, int]:
    mail = notice.channel("email")
    return mail.state == "sent", mail.state == "unknown", mail.attempts


def _row(event: Told) -> Notice:
    data = event.data
    # For the rows that are lost, when it was told stands for when it came due.
    planned = NoticePlan(
        data.cycle or "", data.participant, data.focal_point, data.kind, data.focal_point == CENTRE, at=data.at
    )
    inbox = Channel("inbox", "sent", data.at)
    return Notice(planned, (inbox, _mail(event, data.at)))


def _mail(event: Told, at: datetime) -> Channel:
    data = event.data
    if not isinstance(data, NotificationFailed):
        return Channel("email", "sent", at, fence=1, attempts=1)
    # The event's id tells "refused for good" from "nobody knows" and "not needed any more".
    ends: tuple[State, ...] = ("unknown", "not_needed")
    told = (one for one in ends if event.id == event_id(data.notice_id, f"email.{one}.{data.attempt}"))
    state: State = next(told, "failed")
    return Channel("email", state, at, fence=1, attempts=data.attempt, last_error=data.reason)
