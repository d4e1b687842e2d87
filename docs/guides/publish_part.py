"""Publishes an agency's part straight to Kafka and prints the answer: all that an agency's system has to do.

    python publish_part.py BROKER AGENCY EVENT_ID REPORT.json

Needs nothing of this project: an agency may copy it. It uses aiokafka; any Kafka client will do.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

SECONDS = 30


async def main(broker: str, agency: str, event_id: str, report: bytes) -> None:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": event_id,  # the same id and report again are the same submission
        "ce_source": f"{agency}/exports",
        "ce_type": "vrs.submission.received.v1",
        "content-type": "application/json",
    }
    # An id that may name a person (a blank, an address, the number of a document) is answered by its hash.
    mine = {event_id, "sha256:" + hashlib.sha256(event_id.encode()).hexdigest()}
    answers = AIOKafkaConsumer(f"vrs.out.{agency}", bootstrap_servers=broker, auto_offset_reset="earliest")
    # acks="all": what the broker has acknowledged is not lost with one of its machines.
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", enable_idempotence=True)
    await answers.start()
    await producer.start()
    try:
        await producer.send_and_wait(
            f"vrs.in.{agency}",
            value=report,
            key=agency.partition("-")[0].encode(),  # the participant: keeps the order of its reports
            headers=[(name, text.encode()) for name, text in headers.items()],
        )
        async with asyncio.timeout(SECONDS):
            async for message in answers:
                answer = json.loads(message.value)
                if answer["event_id"] in mine:
                    print(json.dumps(answer, indent=2))
                    return
    finally:
        await producer.stop()
        await answers.stop()


if __name__ == "__main__":
    broker, agency, event_id, file = sys.argv[1:]
    asyncio.run(main(broker, agency, event_id, Path(file).read_bytes()))
