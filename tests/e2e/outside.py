"""The system as journeys see it: over HTTP, Kafka, the mail sink and the command line, and by nothing else."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from cli.gateway import Gateway
from cli.identity import Who, token
from cli.kafka_reading import read_all
from cli.mails import messages
from cli.settings import CliSettings
from contracts.period import Period
from contracts.topics import PARTITIONS
from deploy.local.stack import Stack

T = TypeVar("T")
Json = Any
SECONDS = 60.0
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "report-th-2013-h1.json"
"""The report that the guides send."""


def thailand(cycle: str = "2013-H1", reporter: str = "TH") -> dict[str, Json]:
    """The report that the interface shows, for any cycle and reporter."""
    report: dict[str, Json] = json.loads(EXAMPLE.read_text("utf-8"))
    return {**report, "cycle": cycle, "reporter": reporter}


def returned(reporter: str, cycle: str, **answers: Json) -> dict[str, Json]:
    """A small report. ``entries={"KH": 5}`` is illegal entries by citizenship with its total; others as they are."""
    given: dict[str, Json] = {}
    if (entries := answers.pop("entries", None)) is not None:
        given["illegal_entries.total"] = {"value": sum(entries.values())}
        rows = [{"citizenship": member, "value": value} for member, value in entries.items()]
        given["illegal_entries.by_citizenship"] = {"rows": rows}
    given |= {name.replace("__", "."): answer for name, answer in answers.items()}
    return {"template": "ort/1", "reporter": reporter, "cycle": cycle, "answers": given}


def wait(what: str, look: Callable[[], T | None], seconds: float = SECONDS) -> T:
    """What ``look`` gives once it gives something. Fails past the deadline and says what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s for {what}; the last look gave {found!r}")
        time.sleep(0.05)


class Outside:
    """A running stack from its outside."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.told = CliSettings(
            gateway_url=stack.url("gateway"),
            kafka_bootstrap=stack.environment["VRS_KAFKA_BOOTSTRAP"],
            mongo_url=stack.environment["VRS_MONGO_URL"],
            token_key_file=Path(stack.environment["VRS_TOKEN_KEY_FILE"]),
            mail_dir=Path(stack.environment["VRS_MAIL_DIR"]),
            var=stack.var,
        )
        self._gateways: dict[str, Gateway] = {}
        self.http = httpx.Client(base_url=f"{self.told.gateway_url}/api/v1", timeout=15)

    def close(self) -> None:
        self.http.close()
        for one in self._gateways.values():
            one.__exit__()

    # --- HTTP

    def as_(self, who: str) -> Gateway:
        """The interface as ``centre`` or ``focal-point:TH`` sees it; a refusal is raised as a Problem."""
        if who not in self._gateways:
            self._gateways[who] = Gateway(self.told, Who.parse(who))
        return self._gateways[who]

    def bearer(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(self.told, Who.parse(who))}"}

    def send(self, report: dict[str, Json], who: str | None = None, key: str | None = None) -> str:
        """Submit; the submission's id."""
        return self.as_(who or f"focal-point:{report['reporter']}").submit(report, key)

    def judged(self, submission: str, seconds: float = SECONDS) -> dict[str, Json]:
        """The submission once it is judged."""
        found: dict[str, Json] = self.as_("centre").wait(submission, seconds)
        return found

    def accepted(self, report: dict[str, Json], who: str | None = None) -> str:
        """Submit and see it accepted; the submission's id."""
        submission = self.send(report, who)
        found = self.judged(submission)
        assert found["state"] == "accepted", found
        return submission

    def becomes(self, submission: str, state: str, seconds: float = SECONDS) -> dict[str, Json]:
        """The submission once it is in that state."""
        return wait(
            f"submission {submission} to be {state}",
            lambda: found if (found := self.as_("centre").status(submission))["state"] == state else None,
            seconds,
        )

    def participant(self, code: str, **record: str) -> None:
        """Make a participant; UTC, released by its focal point, where not said otherwise."""
        self.as_("centre").put(f"/participants/{code}", {"name": f"Participant {code}", "time_zone": "UTC", **record})

    def cycle(self, name: str, *expected: str, due: date | None = None, closes: date | None = None) -> None:
        """Open a cycle; due in two months where not said otherwise."""
        today = datetime.now(UTC).date()
        due = due or today + timedelta(days=60)
        opens = min(Period.parse(name).last_day + timedelta(days=1), today - timedelta(days=30), due)
        cycle = {"id": name, "opens": f"{opens}", "due": f"{due}", "closes": f"{closes or due + timedelta(days=300)}"}
        self.as_("centre").post("/cycles", {**cycle, "expected": list(expected)})

    def rows(self, dimension: str, who: str = "centre", **query: str) -> list[dict[str, Json]]:
        """The rows of an aggregate."""
        found: list[dict[str, Json]] = self.as_(who).get(f"/aggregates/{dimension}", query)["rows"]
        return found

    def figure(self, dimension: str, who: str = "centre", **query: str) -> int | None:
        """The value of the one row there is; None where there is none."""
        found = self.rows(dimension, who, **query)
        assert len(found) <= 1, found
        return int(found[0]["value"]) if found else None

    def until_figure(self, value: int | None, dimension: str, who: str = "centre", **query: str) -> None:
        """Wait until the one row has that value; for None until there is no row."""
        wait(
            f"{dimension} {query} to be {value}",
            lambda: self.figure(dimension, who, **query) == value,
        )

    def figures_agree(self) -> None:
        """Wait until `vrs aggregates check` finds nothing: what was accepted a moment ago may not be counted yet."""
        right = "every figure is what the stored reports say"
        wait(right, lambda: right in self.stack.command_line("aggregates", "check").stdout)

    # --- Kafka

    def publish(
        self, topic: str, value: bytes | None, headers: Sequence[tuple[str, bytes]] = (), key: bytes | None = b"TH"
    ) -> tuple[int, int]:
        """Put a message on a topic; its partition and offset."""
        return asyncio.run(self._publish(topic, value, headers, key))

    async def _publish(
        self, topic: str, value: bytes | None, headers: Sequence[tuple[str, bytes]], key: bytes | None
    ) -> tuple[int, int]:
        producer = AIOKafkaProducer(bootstrap_servers=self.told.kafka_bootstrap, acks="all")
        await producer.start()
        try:
            sent = await producer.send_and_wait(topic, value=value, key=key, headers=list(headers))
            return sent.partition, sent.offset
        finally:
            await producer.stop()

    def publish_report(self, agency: str, report: dict[str, Json], event_id: str) -> None:
        """Publish a report on an agency's own topic as its system would, by the CloudEvents specification alone."""
        headers = {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_source": f"{agency.lower()}/test",
            "ce_type": "vrs.submission.received.v1",
            "content-type": "application/json",
        }
        key = agency.partition("-")[0].encode()
        value = json.dumps({"report": report}).encode()
        self.publish(f"vrs.in.{agency}", value, [(name, text.encode()) for name, text in headers.items()], key)

    def records(self, topic: str) -> list[dict[str, Json]]:
        """Everything on a topic: its headers and its data."""

        async def read() -> list[ConsumerRecord]:
            return [one async for one in read_all(self.told, topic)]

        return [
            {"headers": {name: raw.decode() for name, raw in one.headers}, "data": json.loads(one.value)}
            for one in asyncio.run(read())
            if one.value is not None
        ]

    def answer(self, agency: str, event_id: str, seconds: float = SECONDS) -> dict[str, Json]:
        """The judgement on what was published, from the agency's own topic."""

        def look() -> dict[str, Json] | None:
            found = [one["data"] for one in self.records(f"vrs.out.{agency}") if one["data"]["event_id"] == event_id]
            return next((one for one in found if one["state"] not in ("received", "recorded")), None)

        return wait(f"the answer to {event_id} on vrs.out.{agency}", look, seconds)

    def dead_letters(self) -> list[dict[str, Json]]:
        return [one["data"] for one in self.records("vrs.deadletters")]

    def lag(self, group: str, topic: str) -> int:
        """How many messages of a topic a consumer group has not done yet."""
        return asyncio.run(self._lag(group, topic))

    async def _lag(self, group: str, topic: str) -> int:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.told.kafka_bootstrap, group_id=group, enable_auto_commit=False
        )
        await consumer.start()
        try:
            places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
            ends = await consumer.end_offsets(places)
            done = {place: await consumer.committed(place) or 0 for place in places}
            return sum(int(ends[place]) - int(done[place]) for place in places)
        finally:
            await consumer.stop()

    # --- mail and the command line

    def mails(self, to: str) -> list[dict[str, Json]]:
        """What the mail sink got for an address, oldest first."""
        return [one for one in messages(self.told.mails) if to in one["to"]]

    def vrs(self, *arguments: str, seconds: float = 120) -> str:
        """Run a `vrs` command; its output. Fails where it fails."""
        done = self.stack.command_line(*arguments, seconds=seconds)
        assert done.returncode == 0, f"vrs {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout
