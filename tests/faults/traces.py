"""O5 and O6: no trace of personal data on any disk, and every unreadable message set aside, with nothing else beside.

The personal data is made up: words that stand nowhere else, sent as parts of mail addresses. Looked for in every file
of MongoDB (its compression leaves a word that occurs once as it is) and in every document as a driver reads it, in
Kafka's logs, in the logs of all processes, and in the mail. Agencies' own topics are left out: what stands there was
written by the agency itself, past every check; it is kept for thirty days and never copied.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import MongoClient

from contracts.topics import PARTITIONS
from tests.faults.journal import Call

CHUNK = 8 * 2**20
READERS = {
    "vrs.submissions": {"ingest"},
    "vrs.reports.recorded": {"validation", "notification"},
    "vrs.reports.judged": {"ingest", "aggregation", "notification"},
}


def personal_traces(var: Path, mongo_url: str, calls: Iterable[Call]) -> Iterator[str]:
    """Every place where a canary is found. Says which canary and which file, as both are made up."""
    words = [call.canary.encode() for call in calls if call.canary is not None and call.outcome != "skipped"]
    if not words:
        return
    for file in sorted(one for one in var.rglob("*") if one.is_file()):
        # Kafka's indexes are large, empty and hold numbers only.
        if file.suffix in (".index", ".timeindex") or any(part.startswith("vrs.in.") for part in file.parts):
            continue
        for found in _in_file(file, words):
            yield f"O5 the canary {found} stands in {file.relative_to(var)}"
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_url)
    with client:
        for name in client.list_database_names():
            for collection in client[name].list_collection_names():
                for document in client[name][collection].find():
                    text = repr(document).encode()
                    for word in words:
                        if word in text:
                            yield f"O5 the canary {word.decode()} stands in {name}.{collection} {document.get('_id')}"


def _in_file(file: Path, words: list[bytes]) -> Iterator[str]:
    any_word, longest = re.compile(b"|".join(words)), max(map(len, words))
    found: set[bytes] = set()
    with file.open("rb") as opened:
        tail = b""
        while chunk := opened.read(CHUNK):
            text = tail + chunk
            found.update(any_word.findall(text))
            tail = text[-longest:]
    yield from (word.decode() for word in sorted(found))


async def wrong_letters(bootstrap: str, calls: Iterable[Call], garbage: Iterable[bytes]) -> list[str]:
    """Whether each unreadable message has a dead letter of every reader, and no other message has one."""
    known = {hashlib.sha256(raw).hexdigest() for raw in garbage}
    letters = await _letters(bootstrap)
    have = {(one["service"], one["topic"], one["partition"], one["offset"]) for one in letters}
    wrong = [
        f"O6 {one['service']} has set aside {one['topic']} {one['partition']}:{one['offset']} as {one['reason']}"
        for one in letters
        if one["hash"] not in known
    ]
    for call in calls:
        if call.kind == "garbage" and call.place is not None:
            # An agency's own topic is read by ingest alone.
            missing = (s for s in sorted(READERS.get(call.place[0], {"ingest"})) if (s, *call.place) not in have)
            wrong += [f"O6 {service} has not set aside the unreadable message at {call.place}" for service in missing]
    return wrong


async def _letters(bootstrap: str) -> list[dict[str, Any]]:
    return [json.loads(one.value) for one in await read_topic(bootstrap, "vrs.deadletters")]


async def read_topic(bootstrap: str, topic: str) -> list[Any]:
    """Every record of a topic up to its end now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        records: list[Any] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for found in (await consumer.getmany(timeout_ms=300)).values():
                records += found
        return records
    finally:
        await consumer.stop()
