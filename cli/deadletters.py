"""`vrs deadletters list|replay`: what was set aside, and sending it once more after the cause is gone.

A replay publishes the message again on its own topic and partition, with its own key and headers. That is safe
because every consumer is idempotent; a message that is still invalid is simply set aside again.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition

from cli.kafka_reading import earliest_and_latest, read_all, read_one
from cli.settings import CliSettings, Refused, settings
from cli.terminal import table
from contracts.events import DeadLettered
from contracts.topics import DEADLETTERS
from contracts.wire import MAX_EVENT_BYTES, Event, decode, value_hash
from runtime.closing import connected
from runtime.kafka import brokers

app = typer.Typer(no_args_is_help=True, help="Messages that were set aside, with their reasons.")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}

Since = Annotated[str | None, typer.Option(help="Set aside since: a date and time (ISO 8601), or as 30m, 6h, 2d ago.")]
Reason = Annotated[str | None, typer.Option(help="Only this reason, as `not_json`.")]
Topic = Annotated[str | None, typer.Option(help="Only from this topic.")]


@dataclass(frozen=True)
class Filter:
    """Which letters are meant; None is any."""

    since: datetime | None = None
    reason: str | None = None
    topic: str | None = None

    def takes(self, letter: DeadLettered) -> bool:
        return (
            (self.since is None or letter.at >= self.since)
            and (self.reason is None or letter.reason == self.reason)
            and (self.topic is None or letter.topic == self.topic)
        )


@app.command("list")
def show(since: Since = None, reason: Reason = None, topic: Topic = None) -> None:
    """List what was set aside and why, oldest first. Never what a message said."""
    wanted = Filter(_moment(since, datetime.now(UTC)), reason, topic)
    found = asyncio.run(letters(settings(), wanted))
    table(
        f"dead letters ({len(found)})",
        ("at", "service", "topic", "partition", "offset", "reason", "detail"),
        ((f"{x.at:%Y-%m-%d %H:%M:%S}", x.service, x.topic, x.partition, x.offset, x.reason, x.detail) for x in found),
    )


@app.command()
def replay(
    since: Since = None,
    reason: Reason = None,
    topic: Topic = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be sent.")] = False,
) -> None:
    """Publish the messages behind the letters again, each on its own topic. Exit code 1 where one is gone."""
    wanted = Filter(_moment(since, datetime.now(UTC)), reason, topic)
    results = asyncio.run(_replay(settings(), wanted, dry_run))
    table(f"replayed ({len(results)})", ("place", "result"), results)
    if any(result.startswith("gone") for _, result in results):
        raise typer.Exit(1)


async def letters(told: CliSettings, wanted: Filter) -> list[DeadLettered]:
    """The letters that the filter takes, by the time at which they were written."""
    found = []
    async for record in read_all(told, DEADLETTERS.name):
        event = decode(record.value, record.headers, DEADLETTERS.payloads)
        if isinstance(event, Event) and isinstance(event.data, DeadLettered) and wanted.takes(event.data):
            found.append(event.data)
    return sorted(found, key=lambda one: (one.at, one.topic, one.partition, one.offset))


async def _replay(told: CliSettings, wanted: Filter, dry_run: bool) -> list[tuple[str, str]]:
    # Two services may have set the same message aside: it is sent once.
    places = {(x.topic, x.partition, x.offset): x.hash for x in await letters(told, wanted)}
    producer = AIOKafkaProducer(**brokers(told), acks="all", enable_idempotence=True, max_request_size=MAX_EVENT_BYTES)
    async with connected(producer):
        return [
            (f"{topic}:{partition}:{offset}", await _again(told, producer, topic, partition, offset, expected, dry_run))
            for (topic, partition, offset), expected in sorted(places.items())
        ]


async def _again(
    told: CliSettings,
    producer: AIOKafkaProducer,
    topic: str,
    partition: int,
    offset: int,
    expected: str,
    dry_run: bool,
) -> str:
    place = TopicPartition(told.topic(topic), partition)
    first, _ = (await earliest_and_latest(told, [place]))[place]
    if offset < first:
        return f"gone: the topic begins at offset {first} now"
    record: ConsumerRecord | None = await read_one(told, place, offset)
    if record is None or value_hash(record.value) != expected:
        return "gone: another message stands there"
    if dry_run:
        return "would be sent"
    sent = await producer.send_and_wait(
        place.topic, value=record.value, key=record.key, partition=partition, headers=list(record.headers)
    )
    return f"sent as offset {sent.offset}"


def _moment(text: str | None, now: datetime) -> datetime | None:
    """`2013-07-01T12:00Z`, `2013-07-01` or `6h` ago. Raises Refused."""
    if text is None:
        return None
    if ago := re.fullmatch(r"(\d{1,6})([mhd])", text):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--since {text!r}: write 2013-07-01, 2013-07-01T12:00Z, or 30m, 6h, 2d") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
