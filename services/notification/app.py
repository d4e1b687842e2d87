"""Wiring: what is read, what is kept, what ticks. The only file of the service that sees Kafka."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from contracts.directory import Directory
from contracts.events import NotificationSent
from contracts.topics import JUDGED, NOTIFICATIONS, RECORDED
from contracts.wire import Unreadable, decode
from runtime.consumer import Consumer
from runtime.failpoints import passing
from runtime.health import serving
from runtime.logs import logger
from runtime.message import Message
from runtime.metrics import gauge
from runtime.mongo import connect, reachable
from runtime.outcome import Done, Invalid, Outcome
from runtime.publisher import Publisher
from runtime.reference import ReferenceView
from runtime.retry import retrying
from services.notification.api import application
from services.notification.facts import HEARD, Heard, fact
from services.notification.mailer import Clock, Mailer, patience, policy
from services.notification.scheduler import Scheduler
from services.notification.settings import NotificationSettings
from services.notification.store import MongoStore, Store

log = logger(__name__)
SERVICE = "notification"


def handler(store: Store) -> Callable[[Message], Awaitable[Outcome]]:
    """What is done with one message: its fact is joined to what is known of the return."""

    async def handle(message: Message) -> Outcome:
        event = decode(message.value, message.headers, HEARD)
        if isinstance(event, Unreadable):
            return Invalid(event.reason, event.detail)
        data: Heard = event.data
        with structlog.contextvars.bound_contextvars(submission_id=data.submission_id):
            known = fact(data, event.time)
            if known is None:
                return Done("part")
            await passing("notification.return.before")
            changed = await store.remember(known)
            await passing("notification.return.after")
            if changed:
                log.info("return changed", series=known.id, revision=data.revision, heard=data.type)
            return Done("remembered" if changed else "known")

    return handle


async def main(
    settings: NotificationSettings,
    stop: asyncio.Event,
    clock: Clock | None = None,
    started: Callable[[int], None] | None = None,
) -> None:
    """Run until ``stop``. ``clock``: None for the database's own; ``started`` is told the port once it is bound."""
    store = MongoStore(connect(settings))
    clock = clock or store.server_time
    view = ReferenceView(settings)
    publisher = Publisher(settings, f"vrs/{SERVICE}")

    async def tell(key: str, identity: str, data: NotificationSent) -> None:
        await publisher.publish(NOTIFICATIONS, key, publisher.event(identity, data, data.notice_id, data.at))

    def directory() -> Directory:
        return view.directory

    async def records() -> Directory:
        await view.refresh()
        return view.directory

    mailer = Mailer(settings, store, clock, records, tell)
    scheduler = Scheduler(
        store,
        clock,
        directory,
        mailer.tell,
        policy(settings),
        patience(settings),
        timedelta(seconds=settings.notification_reload_seconds),
    )

    async def tick() -> None:
        await view.refresh()
        await scheduler.tick()
        gauge("vrs_schedule_looked_at_seconds").set_to_current_time()

    consumer = Consumer(settings, SERVICE, SERVICE, [RECORDED.name, JUDGED.name], handler(store), publisher)
    api = application(consumer.joined, lambda: reachable(store.database))
    try:
        # Who watches sees a worker also while it waits for MongoDB or Kafka.
        async with serving(api, settings.bind, settings.notification_port) as port:
            if started is not None:
                started(port)
            await retrying(settings, f"{SERVICE}.indexes", store.prepare)
            await retrying(settings, "reference", view.start)
            await retrying(settings, "publisher", publisher.start)
            async with asyncio.TaskGroup() as group:
                group.create_task(consumer.run(stop))
                group.create_task(every(settings, stop, f"{SERVICE}.tick", tick))
                group.create_task(every(settings, stop, f"{SERVICE}.mail", lambda: mailer.work(stop)))
    finally:
        await view.stop()
        await publisher.stop()


async def every(
    settings: NotificationSettings, stop: asyncio.Event, effect: str, work: Callable[[], Awaitable[object]]
) -> None:
    """Do ``work``, then again a tick later, until ``stop``. Raises NotNow once trying again has not helped."""
    while not stop.is_set():
        await retrying(settings, effect, work, beside=True)
        try:
            async with asyncio.timeout(settings.notification_tick_seconds):
                await stop.wait()
        except TimeoutError:
            continue
