"""The worker at the channels: claims what waits, hands it over, writes down what came of it, tells others.

Any number of these run side by side on the same rows; the fence decides who may go on (notices.py).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from contracts.directory import Directory
from contracts.events import NotificationSent
from contracts.records import FocalPoint
from runtime.failpoints import passing
from runtime.logs import logger
from runtime.metrics import counter, gauge
from services.notification import smtp
from services.notification.letters import Letters, family
from services.notification.notices import (
    Channel,
    Notice,
    Patience,
    claimed,
    failed,
    handing_off,
    not_needed,
    sent,
    told,
    unknown,
)
from services.notification.returns import Return
from services.notification.rules import NoticePlan, Policy, needless
from services.notification.settings import NotificationSettings
from services.notification.store import Store
from services.notification.telling import key, telling

log = logger(__name__)
Clock = Callable[[], Awaitable[datetime]]
Tell = Callable[[str, str, NotificationSent], Awaitable[None]]
"""(Kafka key, event id, data); returns once published, or raises NotNow."""
LOOK_AT = 64
LOST = "the worker ended while the mail server was taking the message; it is not known whether it did"


class Mailer:
    """Works off channels that want attention. Everything it raises is NotNow: do it again."""

    def __init__(
        self,
        settings: NotificationSettings,
        store: Store,
        clock: Clock,
        directory: Callable[[], Awaitable[Directory]],
        tell: Tell,
    ) -> None:
        """``directory``: the records as they stand when it is asked. An older one could lack what a notice is about,
        which another worker has planned by now: its cycle would seem to be removed, its focal point to be unknown."""
        self._settings, self._store, self._clock = settings, store, clock
        self._directory, self._tell = directory, tell
        self._letters = Letters(settings.portal_url)
        self._patience, self._policy = patience(settings), policy(settings)
        self._at_once = asyncio.Semaphore(settings.mail_at_once)
        self._late: set[asyncio.Task[bool]] = set()
        """Mails whose server takes longer than usual for its answer: they hold up nothing but what is new to it."""

    async def work(self, stop: asyncio.Event) -> int:
        """Work until nothing wants attention or ``stop`` is set; gives how many channels were looked after.

        What is in the middle of a mail then comes to its end, and no other begins. An answer that is late is not
        waited for: the mail goes on beside, and what came of it is looked at in a later call.
        """
        done = 0
        while not stop.is_set():
            # In each round: with a server that hangs, one takes minutes and all of them hours.
            await self._say_what_waits()
            now = await self._clock()
            notices = await self._store.waking(now, LOOK_AT)
            # After the notices: whoever planned them knew no more than stands there now.
            records = await self._directory() if notices else Directory()
            # Workers that start at different ends get in each other's way less.
            random.shuffle(notices)
            work = [self._one(one, channel, now, records, stop) for one, channel in _wanting(notices, now)]
            # Each ends in its own time: one that failed must not leave another in the middle of a mail.
            results = await asyncio.gather(*work, *self._answered(), return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            progress = sum(result is True for result in results)
            done += progress
            if not progress:
                break
        return done

    async def _say_what_waits(self) -> None:
        gauge("vrs_mails_waiting").set(await self._store.waiting())

    async def tell(self, notice: Notice, channel: Channel) -> bool:
        """Publish the state of a channel, then note that it is told. Repeating it publishes the same event."""
        identity, data = telling(notice, channel)
        await self._tell(key(notice), identity, data)
        await passing("notification.told.before")
        noted = await self._store.swap(notice.id, channel, told(channel))
        await passing("notification.told.after")
        return noted

    async def _one(
        self, notice: Notice, channel: Channel, now: datetime, records: Directory, stop: asyncio.Event
    ) -> bool:
        with structlog.contextvars.bound_contextvars(notice=notice.id):
            match channel.wants(now):
                case "tell":
                    return await self.tell(notice, channel)
                case "give_up":
                    given_up = await self._write(notice, channel, unknown(channel, now, self._patience, LOST))
                    if given_up:
                        log.error("mail given up", attempt=channel.attempts, reason=LOST)
                        counter("vrs_mails_unknown_total").labels(family(notice.plan.kind)).inc()
                    return given_up
                case "attempt":
                    async with self._at_once:
                        # A server that answers nothing in time is given no more: each may end as unknown.
                        if stop.is_set() or len(self._late) >= self._settings.mail_at_once:
                            return False
                        return await self._until_late(self._attempt(notice, channel, records))
                case None:
                    return False
                case never:
                    assert_never(never)

    async def _until_late(self, attempt: Coroutine[None, None, bool]) -> bool:
        """What came of an attempt; False of one whose answer is late, which then goes on beside."""
        task = asyncio.create_task(attempt)
        try:
            # Twice: for a server to listen, and for one that answers as soon as it does that.
            await asyncio.wait({task}, timeout=2 * self._settings.mail_timeout_seconds)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done():
            return task.result()
        log.warning("the mail server's answer is late, going on beside")
        self._late.add(task)
        return False

    def _answered(self) -> set[asyncio.Task[bool]]:
        """Those whose late answer has come, or has not come in time; each is given once."""
        ended = {one for one in self._late if one.done()}
        self._late -= ended
        return ended

    async def _attempt(self, notice: Notice, channel: Channel, records: Directory) -> bool:
        reason = await self._needless(notice.plan, records, await self._clock())
        if reason is not None:
            log.info("mail not needed any more", reason=reason)
            new = not_needed(channel, await self._clock(), self._patience, reason)
            return await self._write(notice, channel, new)
        # A fresh look at the clock: this may have waited for its turn.
        mine = claimed(channel, await self._clock(), self._patience)
        await passing("notification.claim.before")
        if not await self._store.swap(notice.id, channel, mine):
            return False
        await passing("notification.claim.after")
        mine, result = await self._hand_over(notice, mine, records)
        now = await self._clock()
        match result:
            case smtp.Taken():
                counter("vrs_mails_sent_total").labels(family(notice.plan.kind)).inc()
                return await self._write(notice, mine, sent(mine, now, self._patience))
            case smtp.Refused(reason, never):
                counter("vrs_mail_failures_total").labels(family(notice.plan.kind)).inc()
                log.warning("mail refused", attempt=mine.attempts, reason=reason, never=never)
                new = failed(mine, now, self._patience, reason, never=never)
                return await self._write(notice, mine, new)
            case smtp.Unknown(reason):
                counter("vrs_mails_unknown_total").labels(family(notice.plan.kind)).inc()
                log.error("mail handed over without an answer", attempt=mine.attempts, reason=reason)
                return await self._write(notice, mine, unknown(mine, now, self._patience, reason))
            case smtp.NotOurs():
                log.warning("claim lost before anything was handed over", attempt=mine.attempts)
                return False
            case other:
                assert_never(other)

    async def _needless(self, planned: NoticePlan, records: Directory, now: datetime) -> str | None:
        about = Return(planned.participant, planned.cycle) if planned.participant else None
        its_return = await self._store.returned(about.id) if about else None
        return needless(planned, records, its_return, now, self._policy)

    async def _hand_over(self, notice: Notice, mine: Channel, records: Directory) -> tuple[Channel, smtp.Result]:
        """Send the mail; gives the channel as this worker last wrote it, and what came of it."""
        held = mine

        async def may_go_on() -> bool:
            nonlocal held
            going = handing_off(held, await self._clock(), self._patience)
            await passing("notification.handing_off.before")
            if not await self._store.swap(notice.id, held, going):
                return False
            await passing("notification.handing_off.after")
            held = going
            return True

        to = self._address(notice.plan, records)
        if isinstance(to, smtp.Refused):
            return held, to
        try:
            letter = self._letters.write(notice.plan, records)
            content = smtp.compose(notice.id, letter, to, await self._clock(), self._settings).as_bytes()
        except ValueError as error:
            return held, smtp.Refused(f"the mail cannot be written: {error}"[:300], never=True)
        result = await smtp.hand_over(self._settings, content, to, may_go_on)
        return held, result  # as it is now: may_go_on has moved it on

    def _address(self, planned: NoticePlan, records: Directory) -> str | smtp.Refused:
        """The address as it stands now: a corrected one helps a mail that is still being tried."""
        if planned.to_centre:
            return self._settings.centre_email
        record = records.records.get(f"{planned.participant}/focal-points/{planned.focal_point}")
        if not isinstance(record, FocalPoint):
            return smtp.Refused("the focal point is not on record any more", never=True)
        return record.email if record.active else smtp.Refused("the focal point is no longer active", never=True)

    async def _write(self, notice: Notice, old: Channel, new: Channel) -> bool:
        """Write a state that others should hear of, and tell them."""
        await passing("notification.mark.before")
        written: Channel | None = new if await self._store.swap(notice.id, old, new) else None
        if written is None and new.state == "sent":
            written = await self._sent_after_all(notice, old, new)
        await passing("notification.mark.after")
        if written is None:
            log.warning("somebody else has the mail now", state=new.state)
            return False
        await self.tell(notice, written)
        return True

    async def _sent_after_all(self, notice: Notice, old: Channel, new: Channel) -> Channel | None:
        """Another worker has taken this one for dead and the mail for unknown, but here is the server's 250.

        That worker tells of its "unknown" meanwhile, which moves the fence: looked at again until one of both stands.
        """
        while True:
            found = await self._store.channel(notice.id, old.kind)
            if found is None or found.state != "unknown" or found.attempts != old.attempts:
                return None
            truth = sent(found, new.at, self._patience)
            if await self._store.swap(notice.id, found, truth):
                return truth


def patience(settings: NotificationSettings) -> Patience:
    gaps = tuple(timedelta(seconds=one) for one in settings.mail_retry_seconds)
    return Patience(settings.mail_lease, gaps, settings.mail_final_tries, settings.mail_answer)


def policy(settings: NotificationSettings) -> Policy:
    return Policy(late=settings.notification_late_days)


def _wanting(notices: Sequence[Notice], now: datetime) -> list[tuple[Notice, Channel]]:
    return [(one, channel) for one in notices for channel in one.channels if channel.wants(now)]
