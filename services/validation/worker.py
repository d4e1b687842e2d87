"""One worker: judges a recorded revision, publishes the judgement, and acknowledges. Keeps nothing.

A repeat publishes the same event (same id, same payload but for its time); whoever reads judgements keeps the highest
(revision, judgement) of a series, so a second publication changes nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from contracts.events import Payload, ReportRecorded
from contracts.identity import event_id
from contracts.topics import JUDGED, RECORDED
from contracts.wire import Event, Unreadable, decode
from runtime.failpoints import passing
from runtime.logs import logger
from runtime.message import Message
from runtime.metrics import counter, histogram
from runtime.outcome import Invalid
from runtime.publisher import Publisher, TooLargeError
from runtime.retry import retrying
from services.validation.outgoing import judged_event, too_large
from services.validation.rules import judge
from services.validation.settings import ValidationSettings

log = logger(__name__)
Ack = Callable[[], Awaitable[object]]


class Worker:
    """``take`` for each message in order."""

    def __init__(
        self,
        settings: ValidationSettings,
        publisher: Publisher,
        set_aside: Callable[[Message, Invalid], Awaitable[None]],
        good: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """``set_aside`` writes a dead letter, and tries again itself; ``good`` is told of messages that need none."""
        self._settings, self._publisher = settings, publisher
        self._set_aside, self._good, self._now = set_aside, good, now

    async def take(self, message: Message, ack: Ack) -> None:
        """Judge one message. ``ack`` is awaited once its judgement is published, or it is set aside with its reason.

        Raises NotNow or Halted when the process should end.
        """
        started = time.perf_counter()
        event = decode(message.value, message.headers, [ReportRecorded])
        if isinstance(event, Unreadable):
            invalid = Invalid(event.reason, event.detail)
            await self._set_aside(message, invalid)
            what = "invalid"
        else:
            self._good()
            with structlog.contextvars.bound_contextvars(submission_id=event.data.submission_id):
                what = await self._judge(event)
        await ack()
        counter("vrs_events_processed_total").labels("validation", RECORDED.name, what).inc()
        histogram("vrs_processing_seconds").labels("validation", RECORDED.name).observe(time.perf_counter() - started)

    async def _judge(self, event: Event[ReportRecorded]) -> str:
        recorded = event.data
        # Beside the event loop: a large return must not keep the heartbeat to the group waiting.
        judgement = await asyncio.to_thread(judge, recorded)
        try:
            await self._publish(recorded, judged_event(recorded, judgement))
        except TooLargeError:
            judgement = too_large()
            await self._publish(recorded, judged_event(recorded, judgement))
        counter("vrs_reports_judged_total").labels(judgement.outcome).inc()
        for finding in judgement.findings:
            counter("vrs_findings_total").labels(finding.code).inc()
        now = self._now()
        age = max(0.0, (now - event.time).total_seconds())
        histogram("vrs_event_age_seconds").labels("validation", RECORDED.name).observe(age)
        log.info(
            "judged",
            series=recorded.series,
            revision=recorded.revision,
            judgement=recorded.judgement,
            outcome=judgement.outcome,
            findings=len(judgement.findings),
            figures=len(judgement.figures),
        )
        return judgement.outcome

    async def _publish(self, recorded: ReportRecorded, payload: Payload) -> None:
        """Publish, and return once that is durable. Raises NotNow after the retries, and TooLargeError."""
        name = event_id(recorded.submission_id, f"judged.{recorded.judgement}")
        event = self._publisher.event(name, payload, recorded.submission_id, self._now())
        await passing("validation.judged.before")
        await retrying(
            self._settings,
            "validation.judged",
            lambda: self._publisher.publish(JUDGED, recorded.participant, event),
        )
        await passing("validation.judged.after")
