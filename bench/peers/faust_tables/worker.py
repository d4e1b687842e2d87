"""A Faust agent that keeps everything in tables: the last return of each series, and a table write for each figure.

A table belongs to the partition of the topic that is read, so a cell's total is the sum of its parts, one for each
partition; the database adds them up.
"""

import asyncio
import os
import sys
from collections import defaultdict
from functools import cache
from typing import Any

import faust
import orjson
import uvloop
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import AsyncMongoClient, UpdateOne, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection

PARTITIONS = 12
LARGEST_MESSAGE = 8 * 2**20
FOLDED = (b"vrs.report.accepted.v1", b"vrs.report.withdrawn.v1")
FLUSH_SECONDS = int(os.environ["VRS_BENCH_FLUSH_MS"]) / 1000

uvloop.install()
app = faust.App(
    os.environ["VRS_BENCH_GROUP"],
    broker=f"kafka://{os.environ['VRS_BENCH_KAFKA']}",
    datadir=os.environ["VRS_BENCH_STATE"],
    store="memory://",
    topic_partitions=PARTITIONS,
    topic_replication_factor=1,
    topic_disable_leader=True,
    broker_commit_interval=FLUSH_SECONDS,
    consumer_max_fetch_size=LARGEST_MESSAGE,
    producer_max_request_size=LARGEST_MESSAGE,
    producer_linger=0.02,
    producer_max_batch_size=2**18,
    producer_compression_type="lz4",
    stream_wait_empty=False,
    web_enabled=False,
)
judged = app.topic(
    os.environ["VRS_BENCH_TOPIC"], key_serializer="raw", value_serializer="raw", key_type=bytes, value_type=bytes
)
returns = app.Table("returns", partitions=PARTITIONS)
parts = app.Table("parts", default=int, partitions=PARTITIONS)

_changed: dict[str, dict[int, int]] = defaultdict(dict)
"""Cell to partition to the cell's part there, of what is not yet written."""
_unacknowledged: list[Any] = []
_SUM = {"$sum": {"$map": {"input": {"$objectToArray": "$parts"}, "in": "$$this.v"}}}


@app.agent(judged)
async def fold(stream: faust.Stream[bytes]) -> None:
    """An event is acknowledged by ``write``, once its effect stands."""
    # Known remedy: above 100 waiting changelog records every message waits until they are gone, in steps of 0.1 s.
    app.producer.buffer.max_messages = 100_000
    async for event in stream.noack().events():
        if event.headers.get("ce_type") in FOLDED:
            _fold(orjson.loads(event.value), event.message.partition)
        _unacknowledged.append(event)


def _fold(said: dict[str, Any], partition: int) -> None:
    order = [said["revision"], said.get("judgement", 0)]
    last = returns.get(said["series"]) or {"order": [0, 0], "figures": {}}
    if said.get("agency") or last["order"] >= order:
        return
    cycle, before = said["cycle"], last["figures"]
    after = {
        f"{cycle}|{dimension}|{member}|{indicator}": value
        for indicator, dimension, member, value in said.get("figures", ())
    }
    returns[said["series"]] = {"order": order, "figures": after}
    for cell in before.keys() | after.keys():
        if difference := after.get(cell, 0) - before.get(cell, 0):
            key = f"{partition}|{cell}"
            parts[key] = now = parts[key] + difference
            _changed[cell][partition] = now


@app.timer(FLUSH_SECONDS)
async def write() -> None:
    """What has changed, as absolute values; then what it came from is acknowledged."""
    global _changed, _unacknowledged
    changed, _changed = _changed, defaultdict(dict)
    events, _unacknowledged = _unacknowledged, []
    if changed:
        writes = [
            UpdateOne(
                {"_id": cell},
                [{"$set": {f"parts.{number}": value for number, value in each.items()}}, {"$set": {"value": _SUM}}],
                upsert=True,
            )
            for cell, each in changed.items()
        ]
        await cells().bulk_write(writes, ordered=False)
    for event in events:
        event.ack()


@cache
def cells() -> AsyncCollection[dict[str, Any]]:
    """Made on the worker's own event loop. As the service beside it: written is what a majority has on disk."""
    database = AsyncMongoClient(os.environ["VRS_BENCH_MONGO"])[os.environ["VRS_BENCH_DATABASE"]]
    return database.get_collection("cells", write_concern=WriteConcern(w="majority", j=True))


async def make_changelogs() -> None:
    """Faust makes these itself and looks at once, when the broker may not know of any partition yet; then it stops."""
    admin = AIOKafkaAdminClient(bootstrap_servers=os.environ["VRS_BENCH_KAFKA"])
    await admin.start()
    try:
        names = [table.changelog_topic_name for table in (returns, parts)]
        compacted = {"cleanup.policy": "compact"}
        await admin.create_topics([NewTopic(name, PARTITIONS, 1, topic_configs=compacted) for name in names])
        async with asyncio.timeout(30):
            while any(  # noqa: ASYNC110 - only asking tells
                len(one["partitions"]) < PARTITIONS for one in await admin.describe_topics(names)
            ):
                await asyncio.sleep(0.05)
    finally:
        await admin.close()


if __name__ == "__main__":
    asyncio.run(make_changelogs())
    sys.argv[1:] = ["worker", "--loglevel", "warn", "--without-web"]
    app.main()
