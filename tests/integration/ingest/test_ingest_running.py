"""Ingest as it runs: on a real broker and database, alone and as two workers that are killed."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from contracts import events as e
from contracts.directory import Record, key_of
from contracts.findings import Finding
from contracts.identity import body_hash, event_id, submission_id
from contracts.records import Agency, Cycle, Participant
from contracts.topics import (
    CYCLES,
    DEADLETTERS,
    JUDGED,
    PARTICIPANTS,
    RECORDED,
    SUBMISSIONS,
    Topic,
    agency_in,
    agency_out,
)
from contracts.wire import Event, Unreadable, decode, encode
from deploy.local.ports import free_port
from runtime.mongo import Database, connect
from runtime.publisher import Publisher
from services.ingest import app
from services.ingest.settings import IngestSettings
from tests.broker import make_topics, read_all, until
from tests.conftest import Backbone

NOW = datetime(2013, 7, 10, tzinfo=UTC)
IMM = "TH-IMM"


class Outside:
    """Everything around ingest: who sends, who judges, and what stands on the topics and in the database."""

    def __init__(self, settings: IngestSettings, publisher: Publisher, database: Database) -> None:
        self.settings, self.publisher, self.database = settings, publisher, database
        self.judged: set[str] = set()

    async def put(self, *records: Record) -> None:
        kinds: dict[type, tuple[Topic, Any]] = {
            Cycle: (CYCLES, e.CycleChanged),
            Participant: (PARTICIPANTS, e.ParticipantChanged),
            Agency: (PARTICIPANTS, e.AgencyChanged),
        }
        for one in records:
            topic, kind = kinds[type(one)]
            await self.send(topic, kind(record=one, changed_at=NOW), key=key_of(one))

    async def send(self, topic: Topic, data: e.Payload, key: str = "TH", name: str | None = None) -> None:
        await self.publisher.publish(
            topic, key, Event(name or event_id(data.model_dump_json(), "sent"), "test", NOW, data)
        )

    async def submit(self, participant: str, value: int) -> str:
        body = report(value, participant)
        sender = e.Sender(role="focal-point", participant=participant)
        one = e.SubmissionReceived(
            submission_id=submission_id(sender.name, None, body_hash(body)),
            body_hash=body_hash(body),
            sender=sender,
            report=body,
            received_at=NOW,
        )
        await self.send(SUBMISSIONS, one, participant)
        return one.submission_id

    async def told(self, topic: Topic | str, kind: type[e.Payload]) -> list[Any]:
        """The payloads of one kind on a topic, every repeat of them."""
        found = [decode(one.value, one.headers, [kind]) for one in await read_all(self.settings, topic)]
        return [one.data for one in found if not isinstance(one, Unreadable)]

    async def judge(self) -> int:
        """Judge what was recorded and is not judged yet: below zero is rejected. Gives how many are recorded."""
        recorded = {f"{one.submission_id}.{one.judgement}": one for one in await self.told(RECORDED, e.ReportRecorded)}
        for name, one in recorded.items():
            if name not in self.judged:
                self.judged.add(name)
                await self.send(JUDGED, verdict(one), one.participant, name)
        return len(recorded)

    async def state(self, submission: str) -> str | None:
        found = await self.database.submissions.find_one({"_id": submission})
        return found["state"] if found else None


def report(value: int, participant: str = "TH") -> dict[str, Any]:
    answers = {"illegal_entries.total": {"value": value}}
    return {"template": "ort/1", "reporter": participant, "cycle": "2013-H1", "answers": answers}


def verdict(one: e.ReportRecorded) -> e.Payload:
    about = {name: getattr(one, name) for name in e.Revision.model_fields}
    value = one.report.answers["illegal_entries.total"].value or 0
    if value < 0:
        return e.ReportRejected(**about, findings=[Finding(code="number.negative", severity="blocker", message="No.")])
    return e.ReportAccepted(**about, report=one.report.to_json())


@pytest.fixture
async def outside(backbone: Backbone, topic_prefix: str, mongo_database: str) -> AsyncIterator[Outside]:
    settings = IngestSettings(
        kafka_bootstrap=backbone.kafka_bootstrap,
        topic_prefix=topic_prefix,
        kafka_session_timeout_ms=6_000,
        mongo_url=backbone.mongo_url,
        mongo_database=mongo_database,
        log_level="WARNING",
        effect_timeout_seconds=30,  # of topics made a moment ago, on a machine that is busy with other tests
    )
    await make_topics(settings, agency_in(IMM), agency_out(IMM), agency_in("TH-XXX"))
    publisher = await Publisher(settings, "vrs/test").start()
    database = connect(settings)
    found = Outside(settings, publisher, database)
    cycle = Cycle(
        id="2013-H1", opens=date(2013, 7, 1), due=date(2013, 7, 31), closes=date(2013, 9, 30), expected=["TH"]
    )
    try:
        await found.put(
            Participant(code="TH", name="Thailand", release="flow_through"),
            Agency(participant="TH", id=IMM, name="Immigration"),
            cycle,
        )
        yield found
    finally:
        await publisher.stop()
        database.client.close()


@asynccontextmanager
async def running(outside: Outside) -> AsyncIterator[None]:
    """One worker in this process. What ends it ends the test."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(app.run(outside.settings, stop))
        try:
            yield
        finally:
            stop.set()


async def test_a_report_is_recorded_judged_and_in_force(outside: Outside) -> None:
    async with running(outside):
        first = await outside.submit("TH", 1)
        await until("the first to be recorded", outside.judge)
        second = await outside.submit("TH", 2)

        async def accepted() -> bool:
            await outside.judge()
            return await outside.state(second) == "accepted"

        async def superseded() -> bool:
            return await outside.state(first) == "superseded"

        await until("the second to be accepted", accepted)
        # Said after the second is accepted: whoever asks in between sees the first as it was.
        await until("the first to be superseded", superseded)
    (recorded, _) = await outside.told(RECORDED, e.ReportRecorded)
    assert recorded.context.participant_name == "Thailand"
    kept = await outside.database.reports.find_one({"_id": "TH|2013-H1#2"})
    assert kept is not None
    assert (kept["state"], kept["submission_id"]) == ("accepted", second)


async def test_an_agency_on_its_own_topic_is_answered_and_its_part_joined(outside: Outside) -> None:
    async with running(outside):
        await outside.send(agency_in(IMM), e.DirectSubmission(report=report(7)), name="mine-1")
        await outside.send(agency_in(IMM), e.DirectSubmission(report=report(7, "KH")), name="mine-2")

        async def national() -> object:
            await outside.judge()
            return await outside.database.reports.find_one({"_id": "TH|2013-H1#1", "state": "accepted"})

        await until("the joined return to be accepted", national)
        answers: dict[str | None, e.SubmissionAnswered] = {}

        async def answered() -> bool:
            answers.update({one.event_id: one for one in await outside.told(agency_out(IMM), e.SubmissionAnswered)})
            return answers.keys() == {"mine-1", "mine-2"}

        await until("both to be answered", answered)
    assert (answers["mine-1"].state, answers["mine-1"].revision) == ("accepted", 1)
    assert (answers["mine-2"].state, answers["mine-2"].findings[0].code) == ("rejected", "sender.not_reporter")


async def test_garbage_on_the_topics_is_set_aside_and_what_follows_is_processed(outside: Outside) -> None:
    own = e.ReportWithdrawn(
        submission_id="s", series="TH|2013-H1", participant="TH", cycle="2013-H1", revision=1, reason="foreign"
    )
    producer = outside.publisher._producer
    assert producer is not None
    _, headers = encode(Event("broken", "agency", NOW, e.DirectSubmission(report={})))
    for value, given in ((b"\x00garbage", None), (b"[" * 100_000, headers), (b"{}", headers)):
        for topic in (SUBMISSIONS, agency_in(IMM)):
            await producer.send_and_wait(outside.settings.topic(topic), value, key=b"TH", headers=given)
    await outside.send(SUBMISSIONS, own)
    await outside.send(agency_in("TH-XXX"), e.DirectSubmission(report=report(1)))
    async with running(outside):
        name = await outside.submit("TH", 3)

        async def recorded() -> bool:
            return await outside.state(name) == "recorded"

        await until("the good report to be recorded", recorded)

        async def all_set_aside() -> bool:
            return (
                len({(one.topic, one.partition, one.offset) for one in await outside.told(DEADLETTERS, e.DeadLettered)})
                == 8
            )

        await until("eight dead letters", all_set_aside)
    reasons = Counter(one.reason for one in await outside.told(DEADLETTERS, e.DeadLettered))
    assert reasons == {
        "not_a_cloudevent": 2,
        "not_json": 2,
        "shape": 2,
        "event_not_expected": 1,
        "agency.unknown": 1,
    }
    answers = await outside.told(agency_out(IMM), e.SubmissionAnswered)
    assert {(one.event_id, one.state) for one in answers} == {("broken", "rejected")}


async def test_ready_when_both_groups_are_joined_and_the_database_answers(outside: Outside) -> None:
    settings = outside.settings.model_copy(update={"ingest_port": free_port(set())})
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group, httpx.AsyncClient() as client:
        group.create_task(app.run(settings, stop))

        async def ready() -> bool:
            with suppress(httpx.TransportError):
                answer = await client.get(f"http://127.0.0.1:{settings.ingest_port}/readyz")
                return answer.status_code == 200 and set(answer.json()["checks"]) == {
                    "kafka_sent",
                    "kafka_judged",
                    "mongo",
                    "reference",
                }
            return False

        await until("/readyz to answer 200", ready)
        stop.set()


FAILPOINTS = ",".join(
    f"ingest.{effect}.{side}:0.02"
    for effect in ("submission", "revision", "state", "status", "recorded")
    for side in ("before", "after")
)


class Worker:
    """A worker in a process of its own that is started again whenever it dies, until it is told to stop."""

    def __init__(self, settings: IngestSettings, failpoints: str) -> None:
        self.deaths = 0
        self._environment = {
            **os.environ,
            **{f"VRS_{name.upper()}": str(value) for name, value in settings.model_dump(exclude_none=True).items()},
            "VRS_FAILPOINTS": failpoints,
        }
        self._stopping = False
        self.process: asyncio.subprocess.Process | None = None

    async def keep_running(self) -> None:
        while not self._stopping:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.ingest", env=self._environment, stdout=asyncio.subprocess.DEVNULL
            )
            code = await self.process.wait()
            self.deaths += code != 0

    def stop(self) -> None:
        self._stopping = True
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """As kill -9, at whatever it is doing."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_two_workers_that_are_killed_again_and_again_lose_and_double_nothing(outside: Outside) -> None:
    participants = [f"P{letter}" for letter in "ABCD"]
    await outside.put(*(Participant(code=code, name=code) for code in participants))
    workers = [Worker(outside.settings, FAILPOINTS) for _ in range(2)]
    async with asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(worker.keep_running())
        try:
            sent = [await outside.submit(one, value) for value in (1, -2, 3, 4) for one in participants]
            await until("the first to be recorded", outside.judge)
            workers[0].kill()

            async def all_judged() -> bool:
                await outside.judge()
                states = Counter([await outside.state(name) for name in sent])
                # The mark follows the publication: one who dies between the two leaves it to whoever comes next.
                unmarked = await outside.database.reports.count_documents({"published": False})
                return states == {"superseded": 8, "rejected": 4, "accepted": 4} and not unmarked

            await until(
                "every submission to reach its state, and its revision to be marked as published", all_judged, 200
            )
        finally:
            for worker in workers:
                worker.stop()
    assert sum(worker.deaths for worker in workers) > 0
    kept = await outside.database.reports.find({}).to_list(None)
    assert Counter(one["participant"] for one in kept) == dict.fromkeys(participants, 4)
    for one in participants:
        assert sorted(kind["revision"] for kind in kept if kind["participant"] == one) == [1, 2, 3, 4]
    recorded = {
        json.dumps([one.submission_id, one.series, one.revision])
        for one in await outside.told(RECORDED, e.ReportRecorded)
    }
    assert len(recorded) == 16
    assert {one["published"] for one in kept} == {True}
    assert await outside.told(DEADLETTERS, e.DeadLettered) == []
