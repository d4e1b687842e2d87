"""The wiring of ingest: two consumers, one store, one publisher. The only file here that sees Kafka."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import assert_never

from structlog.contextvars import bound_contextvars

from contracts import events as e
from contracts.directory import Directory
from contracts.topics import JUDGED, SUBMISSIONS, agency_in, agency_out
from contracts.wire import Event, Unreadable, decode, value_hash
from runtime import health
from runtime.consumer import Consumer
from runtime.logs import logger
from runtime.message import Message
from runtime.metrics import histogram
from runtime.mongo import connect
from runtime.outcome import Done, Invalid, Outcome
from runtime.publisher import Publisher, TooLargeError
from runtime.reference import ReferenceView
from runtime.retry import retrying
from services.ingest import api
from services.ingest.announcements import Announcements, Outbox
from services.ingest.commands import Commands
from services.ingest.judgements import Judgements
from services.ingest.parts import Parts
from services.ingest.recording import Recording
from services.ingest.rules import direct
from services.ingest.rules.intake import Incoming, instant
from services.ingest.series import Series
from services.ingest.settings import IngestSettings
from services.ingest.store import MongoStore, Store, UnfitError

log = logger(__name__)
Sent = e.SubmissionReceived | e.ExplanationsGiven | e.ReviewRequested | e.WithdrawalRequested | e.ReleaseRequested
Told = e.ReportAccepted | e.ReportRejected | e.ReportExplanationNeeded | e.ReportWithdrawn | e.ReportReviewed
SENT: tuple[type[Sent], ...] = (
    e.SubmissionReceived,
    e.ExplanationsGiven,
    e.ReviewRequested,
    e.WithdrawalRequested,
    e.ReleaseRequested,
)
TOLD: tuple[type[Told], ...] = (
    e.ReportAccepted,
    e.ReportRejected,
    e.ReportExplanationNeeded,
    e.ReportWithdrawn,
    e.ReportReviewed,
)


class Ingest:
    """What is done with a message of each topic. Knows messages, no consumer: tests call it as the loop does."""

    def __init__(self, store: Store, outbox: Outbox, directory: Directory, now: Callable[[], datetime]) -> None:
        self._directory, self._now = directory, now

        def clock() -> datetime:
            return instant(now())

        self._announcements = Announcements(outbox)
        series = Series(store, self._announcements, clock)
        self._recording = Recording(store, series, self._announcements, directory, clock)
        parts = Parts(store, series, self._recording, clock)
        self._commands = Commands(store, series, self._announcements, self._recording, parts, clock)
        self._judgements = Judgements(store, series, self._announcements, parts, directory)

    async def sent(self, message: Message) -> Outcome:
        """A message of ``vrs.submissions`` or of an agency's own topic."""
        return await _fitting(self._sent(message))

    async def judged(self, message: Message) -> Outcome:
        """A message of ``vrs.reports.judged``."""
        return await _fitting(self._judged(message))

    async def _sent(self, message: Message) -> Outcome:
        if message.topic != SUBMISSIONS.name:
            return await self._direct(message)
        event = decode(message.value, message.headers, SENT)
        if isinstance(event, Unreadable):
            return Invalid(event.reason, event.detail)
        match event.data:
            case e.SubmissionReceived() as data:
                with bound_contextvars(submission_id=data.submission_id):
                    return self._over(message, event, await self._recording.take(_received(data)))
            case e.ExplanationsGiven() | e.ReviewRequested() | e.WithdrawalRequested() | e.ReleaseRequested() as data:
                with bound_contextvars(submission_id=data.command_id):
                    return self._over(message, event, await self._commands.take(data))
            case _:
                assert_never(event.data)

    async def _judged(self, message: Message) -> Outcome:
        event = decode(message.value, message.headers, TOLD)
        if isinstance(event, Unreadable):
            return Invalid(event.reason, event.detail)
        with bound_contextvars(submission_id=event.data.submission_id):
            return self._over(message, event, await self._judgements.take(event.data))

    async def _direct(self, message: Message) -> Outcome:
        code = direct.agency_of(message.topic)
        agency = self._directory.agency(code)
        if agency is None:
            return Invalid("agency.unknown", f"{code[:50]!r} is no agency that takes part")
        event = decode(message.value, message.headers, agency_in(code).payloads)
        if isinstance(event, Unreadable):
            answer = direct.unreadable(agency, event, value_hash(message.value))
            if answer is not None:
                topic, at = agency_out(code), self._now()
                await self._announcements.tell(
                    "answer", topic, agency.participant, answer.submission_id, "answered.unreadable", answer, at
                )
            return Invalid(event.reason, event.detail)
        if not isinstance(event.data, e.DirectSubmission):
            return Invalid("event_not_expected", "the topic of an agency takes reports only")
        incoming = direct.arrived(agency, Event(event.id, event.source, event.time, event.data), self._now())
        with bound_contextvars(submission_id=incoming.submission_id):
            return self._over(message, event, await self._recording.take(incoming))

    def _over(self, message: Message, event: Event[e.Payload], done: Done) -> Done:
        age = (self._now() - event.time).total_seconds()
        histogram("vrs_event_age_seconds").labels("ingest", message.topic).observe(max(age, 0.0))
        log.info("done", topic=message.topic, partition=message.partition, offset=message.offset, what=done.what)
        return done


async def _fitting(work: Awaitable[Outcome]) -> Outcome:
    """What neither the database nor a topic takes will not be taken later: it is set aside, and others go on."""
    try:
        return await work
    except (TooLargeError, UnfitError) as error:
        log.error("what follows from a message is too large", error=repr(error))
        return Invalid("too_large", "what follows from it is larger than the database or a topic takes")


def _received(data: e.SubmissionReceived) -> Incoming:
    return Incoming(
        sender=data.sender,
        key=data.idempotency_key,
        report=data.report,
        received_at=instant(data.received_at),
        body_hash=data.body_hash,
        submission_id=data.submission_id,
    )


async def run(settings: IngestSettings, stop: asyncio.Event) -> None:
    """Work until ``stop`` is set. Raises what ends the process so that it is started again."""
    store = MongoStore(connect(settings))
    publisher = Publisher(settings, "vrs/ingest")
    reference = ReferenceView(settings)
    ingest = Ingest(store, publisher, reference.directory, lambda: datetime.now(UTC))
    sent = Consumer(
        settings,
        "ingest",
        "ingest",
        [SUBMISSIONS.name],
        ingest.sent,
        publisher,
        patterns=[direct.TOPICS],
        before_batch=reference.refresh,
    )
    judged = Consumer(
        settings,
        "ingest",
        "ingest.judged",
        [JUDGED.name],
        ingest.judged,
        publisher,
        before_batch=reference.refresh,
    )
    application = api.build({"sent": sent.joined, "judged": judged.joined}, store, reference)
    try:
        # Who watches sees a worker also while it waits for MongoDB or Kafka.
        async with health.serving(application, settings.bind, settings.ingest_port):
            await retrying(settings, "ingest.prepare", store.prepare)
            await retrying(settings, "publisher", publisher.start)
            await retrying(settings, "reference", reference.start)
            async with asyncio.TaskGroup() as group:
                group.create_task(sent.run(stop))
                group.create_task(judged.run(stop))
    finally:
        await reference.stop()
        await publisher.stop()
