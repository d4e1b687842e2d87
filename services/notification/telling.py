"""The events by which others hear of a channel's state. Pure: the same state is the same event, however often told."""

from contracts.events import NotificationFailed, NotificationSent
from contracts.identity import event_id
from services.notification.notices import Channel, Notice


def telling(notice: Notice, channel: Channel) -> tuple[str, NotificationSent]:
    """The event's id and data. ``unknown`` and ``not_needed`` are told as final failures: nobody tries them again, what
    was not needed unless it is due again."""
    planned = notice.plan
    facts: dict[str, object] = {
        "notice_id": notice.id,
        "cycle": planned.cycle,
        "participant": planned.participant,
        "focal_point": planned.focal_point,
        "kind": planned.kind,
        "channel": channel.kind,
        "at": channel.at,
    }
    identity = event_id(notice.id, f"{channel.kind}.{channel.state}.{channel.attempts}")
    if channel.state == "sent":
        return identity, NotificationSent.model_validate(facts)
    reason = channel.last_error or channel.state
    facts |= {"attempt": channel.attempts, "reason": reason, "final": channel.next_at is None}
    return identity, NotificationFailed.model_validate(facts)


def key(notice: Notice) -> str:
    """The Kafka key: the participant, or the centre for what is about a whole cycle."""
    return notice.plan.participant or notice.plan.focal_point
