"""The newest cycles and participants: they live on compacted topics alone, so a backup takes them along."""

from collections.abc import Iterable
from pathlib import Path

from aiokafka import AIOKafkaProducer
from bson import encode
from bson.raw_bson import RawBSONDocument

from cli.backup import documents
from cli.backup.manifest import Part
from cli.kafka_reading import read_all
from cli.settings import CliSettings
from contracts.topics import CYCLES, PARTICIPANTS
from runtime.closing import connected
from runtime.kafka import brokers

FILE = "records.bson.gz"
TOPICS = (CYCLES.name, PARTICIPANTS.name)


async def dump(told: CliSettings, folder: Path) -> Part:
    """The last record of every key, with its headers."""
    lines = []
    for topic in TOPICS:
        newest = {record.key: record async for record in read_all(told, topic)}
        lines += [
            {"topic": topic, "key": key, "value": record.value, "headers": [[n, v] for n, v in record.headers]}
            for key, record in sorted(newest.items())
            if record.value is not None
        ]
    return documents.write(folder / FILE, (encode(line) for line in lines))


async def load(told: CliSettings, folder: Path, part: Part) -> int:
    """Publish what the topics lack; gives how many. A key that is there stays: its record may be newer."""
    there = {(topic, record.key) for topic in TOPICS async for record in read_all(told, topic)}
    missing = [line for line in documents.read(folder / part.file) if (line["topic"], bytes(line["key"])) not in there]
    await _publish(told, missing)
    return len(missing)


async def _publish(told: CliSettings, lines: Iterable[RawBSONDocument]) -> None:
    producer = AIOKafkaProducer(**brokers(told), acks="all", enable_idempotence=True)
    async with connected(producer):
        for line in lines:
            headers = [(name, bytes(value)) for name, value in line["headers"]]
            await producer.send_and_wait(
                told.topic(line["topic"]), value=bytes(line["value"]), key=bytes(line["key"]), headers=headers
            )
