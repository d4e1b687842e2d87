"""The ceiling of any Python consumer of these messages: fetched by aiokafka, decoded by msgspec, and nothing else.

`python -m bench.ceiling` with the variables of ``bench.contestant`` reads the topic once and prints figures, seconds
from the first fetch to the last, and CPU seconds of that time, as JSON.
"""

import asyncio
import json
import os
import sys
import time

import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import PARTITIONS
from contracts.wire import MAX_EVENT_BYTES
from services.aggregation.decoding import _accepted as decoder


async def read(kafka: str, topic: str) -> tuple[int, float, float]:
    """Figures, seconds and CPU seconds of reading a topic from its first to its last message."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MAX_EVENT_BYTES,
    )
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        left = {place: end for place, end in (await consumer.end_offsets(places)).items() if end}
        await consumer.seek_to_beginning(*places)
        figures, began, cpu = 0, time.perf_counter(), time.process_time()
        while left:
            for place, records in (await consumer.getmany(timeout_ms=200)).items():
                for record in records:
                    figures += len(decoder.decode(record.value).figures)
                if records[-1].offset + 1 >= left[place]:
                    del left[place]
        return figures, time.perf_counter() - began, time.process_time() - cpu
    finally:
        await consumer.stop()


def main() -> None:
    figures, seconds, cpu = asyncio.run(read(os.environ["VRS_BENCH_KAFKA"], os.environ["VRS_BENCH_TOPIC"]))
    sys.stdout.write(json.dumps({"figures": figures, "seconds": seconds, "cpu": cpu}) + "\n")


if __name__ == "__main__":
    uvloop.install()
    main()
