"""A small world around ingest: what is sent to it, what it tells, and who judges, without a broker or a database.

Messages are bytes, as on Kafka. A ``Fault`` ends the work before or after any one effect, as a kill would.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from contracts import events as e
from contracts.directory import Directory
from contracts.findings import Finding
from contracts.identity import body_hash, command_id, event_id, series_id, submission_id
from contracts.records import Agency, Cycle, Participant
from contracts.topics import JUDGED, SUBMISSIONS, Topic
from contracts.wire import Event, encode
from runtime.message import Message
from runtime.outcome import Outcome
from services.ingest.app import Ingest
from services.ingest.documents import Document, Revision, Submission
from services.ingest.memory import MemoryStore
from services.ingest.rules.line import Follower
from services.ingest.store import Added

NOW = datetime(2013, 7, 10, 12, 0, 0, 123456, UTC)
TH = e.Sender(role="focal-point", participant="TH")
CENTRE = e.Sender(role="centre")
IMM, NAVY = "TH-IMM", "TH-NAVY"
T = TypeVar("T")
C = TypeVar("C", bound=e.Command)


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Fault:
    """Counts effects; ends the work at one of them, before it or after it. With ``mix``, others may go first."""

    at: int | None = None
    after: bool = False
    effects: int = 0
    mix: Random | None = None

    async def around(self, effect: Callable[[], Awaitable[T]]) -> T:
        self.effects += 1
        mine = self.effects == self.at
        if mine and not self.after:
            raise Killed
        await self.step()
        done = await effect()
        if mine:
            raise Killed
        return done

    async def step(self) -> None:
        """Let others go first, none to five of their steps: workers are never equally fast."""
        for _ in range(self.mix.randrange(6) if self.mix else 0):
            await asyncio.sleep(0)


class FaultyStore(MemoryStore):
    """The memory store whose writes can be the last thing a process did."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault = fault

    async def add_submission(self, one: Submission) -> Added:
        return await self.fault.around(lambda: super(FaultyStore, self).add_submission(one))

    async def add_revision(self, one: Revision) -> bool:
        return await self.fault.around(lambda: super(FaultyStore, self).add_revision(one))

    async def swap_submission(self, old: Submission, new: Submission) -> bool:
        return await self.fault.around(lambda: super(FaultyStore, self).swap_submission(old, new))

    async def swap_revision(self, old: Revision, new: Revision) -> Revision | None:
        return await self.fault.around(lambda: super(FaultyStore, self).swap_revision(old, new))

    async def newest(self, series: str) -> int:
        found = await super().newest(series)
        await self.fault.step()
        return found

    async def revision(self, series: str, number: int) -> Revision | None:
        found = await super().revision(series, number)
        await self.fault.step()
        return found

    async def submission(self, submission_id: str) -> Submission | None:
        found = await super().submission(submission_id)
        await self.fault.step()
        return found

    async def follower(self, series: str, number: int) -> Follower | None:
        found = await super().follower(series, number)
        await self.fault.step()
        return found

    async def parts_in_force(self, participant: str, cycle: str) -> list[Revision]:
        found = await super().parts_in_force(participant, cycle)
        await self.fault.step()
        return found


@dataclass
class Outbox:
    """Keeps what is told, every repeat of it."""

    fault: Fault
    told: list[tuple[str, str, Event[e.Payload]]] = field(default_factory=list)

    def event(self, event_id: str, data: e.Payload, subject: str | None, at: datetime) -> Event[e.Payload]:
        return Event(event_id, "vrs/ingest", at, data, subject)

    async def publish(self, topic: Topic | str, key: str, event: Event[e.Payload]) -> tuple[int, int]:
        async def tell() -> tuple[int, int]:
            self.told.append((topic if isinstance(topic, str) else topic.name, key, event))
            return 0, len(self.told)

        return await self.fault.around(tell)

    def of(self, kind: type[T]) -> list[T]:
        """The payloads of one kind, each once, in the order they were first told."""
        once = {event.id: event.data for _, _, event in self.told}
        return [data for data in once.values() if isinstance(data, kind)]

    def ids(self) -> set[tuple[str, str, str]]:
        """Everything that was ever told, to compare worlds by."""
        return {(topic, key, event.id) for topic, key, event in self.told}


def directory(release: str = "focal_point") -> Directory:
    """Two States, one of them with two agencies, and the cycles of 2013."""
    found = Directory()
    found.put(
        Participant.model_validate({"code": "TH", "name": "Thailand", "time_zone": "Asia/Bangkok", "release": release})
    )
    found.put(Participant(code="KH", name="Cambodia"))
    for code in (IMM, NAVY):
        found.put(Agency(participant="TH", id=code, name=code))
    for cycle in ("2012-H2", "2013-H1"):
        found.put(Cycle(id=cycle, expected=[], opens=date(2013, 1, 1), due=date(2013, 7, 31), closes=date(2013, 9, 30)))
    return found


class World:
    """Ingest with everything around it. ``send…`` gives the message, so that it can be sent again."""

    def __init__(self, release: str = "focal_point", fault: Fault | None = None) -> None:
        self.fault = fault or Fault()
        self.store = FaultyStore(self.fault)
        self.outbox = Outbox(self.fault)
        self.directory = directory(release)
        self.clock = NOW
        self.ingest = Ingest(self.store, self.outbox, self.directory, self._now)

    def _now(self) -> datetime:
        self.clock += timedelta(milliseconds=1)
        return self.clock

    async def deliver(self, message: Message) -> Outcome:
        if message.topic == JUDGED.name:
            return await self.ingest.judged(message)
        return await self.ingest.sent(message)

    async def submit(self, body: dict[str, Any], sender: e.Sender = TH, key: str | None = None) -> str:
        """Deliver a report as the gateway would publish it; gives the submission's id."""
        one = submission(body, sender, key)
        assert_done(await self.deliver(message(one)))
        return one.submission_id

    async def do(self, command: e.Payload) -> None:
        assert_done(await self.deliver(message(command)))

    async def judge(self) -> None:
        """Judge everything that was recorded, also before, in its order, until nothing more is recorded."""
        judged = -1
        while judged < len(found := self.outbox.of(e.ReportRecorded)):
            judged = len(found)
            for one in found:
                assert_done(await self.deliver(judgement(one)))

    def status(self, submission: str) -> Submission:
        return self.store.submissions[submission]

    def states(self, series: str = "TH|2013-H1") -> dict[int, str]:
        return {one.revision: one.state for one in self.store.revisions.values() if one.series == series}

    def summary(self) -> object:
        """All that must not depend on faults, repeats and order: everything but the clock and the versions."""

        def steps(one: Submission | Revision) -> list[str]:
            history = one.timeline if isinstance(one, Submission) else one.history
            return [step.state for step in history]

        def of(one: Document) -> dict[str, Any]:
            return one.model_dump(
                exclude={"version", "settled", "timeline", "history", "recorded_at", "context", "received_at"}
            )

        return (
            {key: (of(one), steps(one)) for key, one in self.store.submissions.items()},
            {key: (of(one), steps(one)) for key, one in self.store.revisions.items()},
            self.outbox.ids(),
        )


def assert_done(outcome: Outcome) -> None:
    assert type(outcome).__name__ == "Done", outcome


def report(value: int = 12_000, agency: str | None = None, **more: Any) -> dict[str, Any]:
    """A report as it is sent: one total, or the ``answers`` given."""
    answers = more.pop("answers", {"illegal_entries.total": {"value": value}})
    body = {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "answers": answers, **more}
    return body if agency is None else {**body, "agency": agency}


def submission(body: dict[str, Any], sender: e.Sender = TH, key: str | None = None) -> e.SubmissionReceived:
    hashed = body_hash(body)
    return e.SubmissionReceived(
        submission_id=submission_id(sender.name, key, hashed),
        idempotency_key=key,
        body_hash=hashed,
        sender=sender,
        report=body,
        received_at=NOW,
    )


def command(kind: type[C], sender: e.Sender = TH, key: str = "", **fields: Any) -> C:
    fields = {"participant": "TH", "cycle": "2013-H1", **fields}
    name = command_id(sender.name, kind.type, key, body_hash(fields))
    return kind.model_validate({"command_id": name, "sender": sender, "received_at": NOW, **fields})


def message(payload: e.Payload, topic: Topic | str = SUBMISSIONS, source: str = "vrs/test", name: str = "") -> Message:
    """The payload as bytes on a topic."""
    event = Event(name or event_id(payload.model_dump_json(), "sent"), source, NOW, payload)
    value, headers = encode(event)
    return Message(topic if isinstance(topic, str) else topic.name, 0, 0, b"TH", value, headers)


def direct(body: dict[str, Any], agency: str = IMM, name: str = "1") -> Message:
    """A report as an agency publishes it on its own topic."""
    return message(e.DirectSubmission(report=body), f"vrs.in.{agency}", "agency", name)


def judgement(one: e.ReportRecorded, outcome: str | None = None) -> Message:
    """The word of a small validation: a negative total is rejected, one above a million needs an explanation."""
    about = {name: getattr(one, name) for name in e.Revision.model_fields}
    total = one.report.answers.get("illegal_entries.total")
    value = (total and total.value) or 0
    explained = any(given.comment.strip() for given in one.explanations)
    outcome = outcome or ("rejected" if value < 0 else "explain" if value > 10**6 and not explained else "accepted")
    told: e.Payload
    if outcome == "accepted":
        told = e.ReportAccepted(
            **about,
            report=one.report.to_json(),
            figures=[("illegal_entries", "total", "total", int(value))],
            answered=[("illegal_entries", "total")],
        )
    elif outcome == "rejected":
        told = e.ReportRejected(**about, findings=[FINDING])
    else:
        told = e.ReportExplanationNeeded(**about, findings=[FINDING.model_copy(update={"severity": "explain"})])
    return message(told, JUDGED, "vrs/validation", event_id(one.submission_id, f"judged.{one.judgement}"))


FINDING = Finding(code="number.negative", severity="blocker", pointer="/answers/illegal_entries.total", message="No.")


NATIONAL = series_id("TH", "2013-H1")
