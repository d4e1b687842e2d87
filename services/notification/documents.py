"""How returns and notices look in the database, both ways. Pure."""

from dataclasses import fields
from typing import Any

from services.notification.notices import Channel, Notice
from services.notification.returns import Return, Revision
from services.notification.rules import NoticePlan

Document = dict[str, Any]


def from_return(one: Return) -> Document:
    """The facts of a return. Revision numbers become field names; they are our own integers."""
    revisions = {
        str(number): {
            "recorded": revision.recorded,
            "judged": revision.judged,
            "outcome": revision.outcome,
            "times": dict(sorted(revision.times.items())),
        }
        for number, revision in sorted(one.revisions.items())
    }
    return {
        "participant": one.participant,
        "cycle": one.cycle,
        "received_at": one.received_at,
        "in_force": one.in_force,
        "revisions": revisions,
    }


def to_return(document: Document) -> Return:
    revisions = {
        int(number): Revision(one["recorded"], one["judged"], one["outcome"], one["times"])
        for number, one in document["revisions"].items()
    }
    return Return(document["participant"], document["cycle"], document["received_at"], revisions)


def from_channel(channel: Channel) -> Document:
    """All fields, and ``wake_at`` for the index."""
    return {one.name: getattr(channel, one.name) for one in fields(channel)} | {"wake_at": channel.wake_at}


def to_channel(document: Document) -> Channel:
    return Channel(**{one.name: document[one.name] for one in fields(Channel)})


def from_notice(notice: Notice) -> Document:
    """``audience``: ``participant``, or ``centre`` for what the centre is told (also about a participant)."""
    planned = notice.plan
    return {
        "_id": notice.id,
        "cycle": planned.cycle,
        "participant": planned.participant,
        "focal_point": planned.focal_point,
        "kind": planned.kind,
        "audience": "centre" if planned.to_centre else "participant",
        "at": planned.at,
        "channels": [from_channel(one) for one in notice.channels],
    }


def to_notice(document: Document) -> Notice:
    planned = NoticePlan(
        document["cycle"],
        document["participant"],
        document["focal_point"],
        document["kind"],
        document["audience"] == "centre",
        at=document["at"],
    )
    return Notice(planned, tuple(to_channel(one) for one in document["channels"]))
