"""An agency's own system: it publishes its part straight to Kafka and reads its answer there.

This is all that such a system needs: CloudEvents in binary mode on its own topic, and the answers on the other.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from cli.settings import CliSettings, Refused
from contracts.events import DirectSubmission, SubmissionAnswered
from contracts.topics import IN_PREFIX, OUT_PREFIX, PARTITIONS
from contracts.wire import Event, decode, encode
from runtime.closing import connected
from runtime.kafka import brokers

FINAL = frozenset({"accepted", "rejected", "needs_explanation"})


async def publish_part(
    told: CliSettings, agency: str, report: Mapping[str, Any], event_id: str, seconds: float
) -> SubmissionAnswered:
    """Publish a part and wait for its judgement. The same ``event_id`` twice is one submission.

    Raises Refused where no answer comes within ``seconds``.
    """
    consumer = AIOKafkaConsumer(**brokers(told), enable_auto_commit=False)
    try:
        async with connected(consumer) as answers:
            partitions = [TopicPartition(told.topic(OUT_PREFIX + agency), number) for number in range(PARTITIONS)]
            answers.assign(partitions)
            # A repeated event is answered by what was answered the first time: read all that is there.
            await answers.seek_to_beginning(*partitions)
            await _publish(told, agency, report, event_id)
            async with asyncio.timeout(seconds):
                while True:
                    for records in (await answers.getmany(timeout_ms=500)).values():
                        for record in records:
                            answer = decode(record.value, record.headers, (SubmissionAnswered,))
                            if isinstance(answer, Event) and _is_for(answer.data, event_id):
                                return answer.data
    except TimeoutError:
        raise Refused(f"waited {seconds:g} s for the answer to {agency} on {OUT_PREFIX}{agency}") from None


def _is_for(answer: SubmissionAnswered, event_id: str) -> bool:
    return answer.event_id == event_id and answer.state in FINAL


async def _publish(told: CliSettings, agency: str, report: Mapping[str, Any], event_id: str) -> None:
    data = DirectSubmission(report=dict(report))
    value, headers = encode(Event(event_id, f"{agency.lower()}/demonstration", datetime.now(UTC), data))
    producer = AIOKafkaProducer(**brokers(told), acks="all", enable_idempotence=True)
    async with connected(producer):
        key = agency.partition("-")[0].encode()
        await producer.send_and_wait(told.topic(IN_PREFIX + agency), value=value, key=key, headers=headers)
