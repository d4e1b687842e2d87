"""A notice and its channels: which states there are, which follows which, and who may make the step. Pure.

``planned`` → ``claimed`` → ``handing_off`` → ``sent`` | ``failed`` (tried again at ``next_at``, if any) | ``unknown``.
What waits (``planned``, ``failed``) and has lost its reason meanwhile ends as ``not_needed`` (rules.needless); once it
is due again it is ``planned`` again (scheduler.py). What was sent, or may have been, stays so.

Every step writes ``fence`` one higher and is refused where the stored one is not the one it started from
(store.swap), so a worker that slept past its lease cannot go on: a sleeper's claim ends before the mail server
gets a byte of the message. From ``handing_off`` on nobody can know whether the server took it; a lease that
ends there leaves ``unknown``, which is shown and never sent again by itself (docs/decisions/0008-mail.md).

A state that others should hear of is told (``vrs.notifications``) after it is written and before anything else
happens to the channel: ``tell_at`` is set until then, so that a crash in between makes another worker tell it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.notification.rules import NoticePlan

ChannelKind = Literal["inbox", "email"]
State = Literal["planned", "claimed", "handing_off", "sent", "failed", "unknown", "not_needed"]
Attention = Literal["attempt", "give_up", "tell"]


@dataclass(frozen=True)
class Channel:
    """One way by which a notice reaches somebody. ``at``: when it came to this state; ``attempts``: tries begun, and
    those that were found needless before they began, so that no two of its failures are told under one event id."""

    kind: ChannelKind
    state: State
    at: datetime
    fence: int = 0
    attempts: int = 0
    last_error: str | None = None
    next_at: datetime | None = None
    tell_at: datetime | None = None

    @property
    def wake_at(self) -> datetime | None:
        """When somebody should look at it; None: it is at its end. Telling comes first."""
        return self.tell_at or self.next_at

    def wants(self, now: datetime) -> Attention | None:
        """What is to be done about it now, by whoever gets there first."""
        if self.wake_at is None or self.wake_at > now:
            return None
        if self.tell_at is not None:
            return "tell"
        return "give_up" if self.state == "handing_off" else "attempt"


@dataclass(frozen=True)
class Notice:
    """A planned row as it is kept."""

    plan: NoticePlan
    channels: tuple[Channel, ...]

    @property
    def id(self) -> str:
        return self.plan.id

    def channel(self, kind: ChannelKind) -> Channel:
        return next(one for one in self.channels if one.kind == kind)


@dataclass(frozen=True)
class Patience:
    """The numbers of delivery: how long a claim lasts, the growing gaps between tries, how often a "never" is asked,
    how long a mail server may take for its answer to a message."""

    lease: timedelta = timedelta(seconds=60)
    gaps: tuple[timedelta, ...] = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 3600))
    final_tries: int = 5
    answer: timedelta = timedelta(seconds=600)


def begun(plan: NoticePlan, now: datetime, patience: Patience) -> Notice:
    """The row as it is written first. Being written is being in the inbox; every other channel starts as planned.

    A channel of a new kind (webhooks, later) gets its line here and its sender in mailer.py.
    """
    inbox = Channel("inbox", "sent", now, tell_at=now + patience.lease)
    email = Channel("email", "planned", now, next_at=now)
    return Notice(plan, (inbox, email))


def claimed(channel: Channel, now: datetime, patience: Patience) -> Channel:
    """A try begins; for as long as the lease lasts it is this worker's."""
    return _step(channel, "claimed", now, attempts=channel.attempts + 1, next_at=now + patience.lease)


def handing_off(channel: Channel, now: datetime, patience: Patience) -> Channel:
    """The mail server has agreed to listen; the next byte may make it take the message.

    Until its answer has come, or has not come in time, nobody else may take the mail for given up.
    """
    return _step(channel, "handing_off", now, next_at=now + patience.answer + patience.lease)


def sent(channel: Channel, now: datetime, patience: Patience) -> Channel:
    return _step(channel, "sent", now, next_at=None, tell_at=now + patience.lease, last_error=None)


def failed(channel: Channel, now: datetime, patience: Patience, reason: str, *, never: bool) -> Channel:
    """Certainly not taken. ``never``: the server said so for good (5xx), which is believed after some tries."""
    gap = patience.gaps[min(max(channel.attempts, 1), len(patience.gaps)) - 1]
    again = None if never and channel.attempts >= patience.final_tries else now + gap
    return _step(channel, "failed", now, next_at=again, tell_at=now + patience.lease, last_error=reason)


def unknown(channel: Channel, now: datetime, patience: Patience, reason: str) -> Channel:
    """Nobody can tell whether the server took it."""
    return _step(channel, "unknown", now, next_at=None, tell_at=now + patience.lease, last_error=reason)


def not_needed(channel: Channel, now: datetime, patience: Patience, reason: str) -> Channel:
    """What it asks for has happened meanwhile: it is not sent any more."""
    tell_at = now + patience.lease
    attempts = channel.attempts + 1
    return _step(channel, "not_needed", now, attempts=attempts, next_at=None, tell_at=tell_at, last_error=reason)


def planned_again(channel: Channel, now: datetime) -> Channel | None:
    """What was withheld is due again. None for whatever else there is, and where others are still to hear of it."""
    if channel.state != "not_needed" or channel.tell_at is not None:
        return None
    return _step(channel, "planned", now, next_at=now, last_error=None)


def told(channel: Channel) -> Channel:
    """Others have heard of the state; it stays what it is."""
    return replace(channel, fence=channel.fence + 1, tell_at=None)


def _step(
    channel: Channel,
    state: State,
    now: datetime,
    *,
    attempts: int | None = None,
    next_at: datetime | None,
    tell_at: datetime | None = None,
    last_error: str | None = "",
) -> Channel:
    return replace(
        channel,
        state=state,
        at=now,
        fence=channel.fence + 1,
        attempts=channel.attempts if attempts is None else attempts,
        next_at=next_at,
        tell_at=tell_at,
        last_error=channel.last_error if last_error == "" else last_error,
    )
