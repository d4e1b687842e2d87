"""What a worker of aggregation holds: how long it takes to hold it again, and in how much memory.

The database is filled with contributions as aggregation keeps them; then a worker starts, as it does after a
``kill -9``, in a group without members, so that nobody's session has to run out first. It has recovered when it has
committed a message of every partition. What a start takes without any cell is told apart.
"""

import asyncio
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer

from bench.contestant import environment, product
from bench.drain import committed, started
from bench.feed import Feed
from bench.oracle import figures_of
from bench.rig import Filled, Rig
from bench.usage import resident_bytes
from contracts.events import ReportRejected
from contracts.identity import series_id
from contracts.topics import AGGREGATES, DEADLETTERS, JUDGED, PARTITIONS
from contracts.wire import Event, encode

SECONDS = 120.0


class Recovered(NamedTuple):
    """A start of a worker."""

    cells: int
    seconds: float
    """From the start of the process to the last first message of a partition."""
    memory: int
    """Bytes in use at the end."""


async def recovery(rig: Rig, millions: tuple[float, ...]) -> list[Recovered]:
    """A start with no cells, then one for each number of millions."""
    prefix = f"state{secrets.token_hex(3)}."
    await rig.make(prefix, JUDGED, AGGREGATES, DEADLETTERS)
    filled = Filled(prefix, f"{prefix}{JUDGED.name}", {number: [0, 1] for number in range(PARTITIONS)})
    await _one_message_each(rig, filled.topic)
    found, database = [], f"state{secrets.token_hex(4)}"
    try:
        await _recovered(rig, filled, database, 0)  # the first start finds files cold
        for wanted in (0.0, *millions):
            cells = await asyncio.to_thread(_fill, rig, database, int(wanted * 1e6))
            found.append(await _recovered(rig, filled, database, cells))
    finally:
        rig.client.drop_database(database)
    return found


async def _recovered(rig: Rig, filled: Filled, database: str, cells: int) -> Recovered:
    contestant = product(filled)
    told = environment(rig, filled, contestant, database)
    group = told["VRS_BENCH_GROUP"]
    await rig.begin_again(group, filled)
    async with started(contestant.command, told, rig.log(f"state-{cells}")) as worker, rig.admin() as admin:
        began = time.perf_counter()
        while not filled.ended(await committed(admin, group, filled.topic)):
            if time.perf_counter() - began > SECONDS or worker.returncode is not None:
                raise TimeoutError(f"{cells} cells were not loaded in {SECONDS:g} s; see {rig.log(f'state-{cells}')}")
            await asyncio.sleep(0.02)
        return Recovered(cells, time.perf_counter() - began, resident_bytes(worker.pid))


async def _one_message_each(rig: Rig, topic: str) -> None:
    """A judgement that brings no figures, on every partition."""
    rejected = ReportRejected(
        submission_id="none", series="TH|2012", participant="TH", cycle="2012", revision=1, findings=[]
    )

    value, headers = encode(Event("none", "vrs/validation", datetime.now(UTC), rejected))
    producer = AIOKafkaProducer(bootstrap_servers=rig.kafka, acks="all")
    await producer.start()
    for number in range(PARTITIONS):
        await producer.send_and_wait(topic, value, headers=headers, partition=number)
    await producer.stop()


def _fill(rig: Rig, database: str, cells: int) -> int:
    """Bring the contributions up to so many cells; how many there then are."""
    collection = rig.client[database]["contributions"]
    collection.create_index("partition")
    number = collection.estimated_document_count()
    there = sum(int(one["cells"]) for one in collection.find({}, {"cells": 1}))
    samples = list(_samples()) if there < cells else []
    waiting: list[dict[str, Any]] = []
    while there < cells or waiting:
        if there < cells:
            dimensions, figures = samples[number % len(samples)]
            waiting.append(_contribution(number, dimensions, figures))
            there, number = there + figures, number + 1
        if len(waiting) == 1_000 or there >= cells:
            collection.insert_many(waiting)
            waiting = []
    return there


def _samples() -> Iterator[tuple[list[str], int]]:
    feed = Feed(1, 60)
    for sent in feed.order:
        if not sent.withdrawn:
            figures = figures_of(feed.report(sent))
            yield sorted({dimension for _, dimension, _ in figures}), len(figures)


def _contribution(number: int, dimensions: list[str], cells: int) -> dict[str, Any]:
    participant, cycle = f"P{number % 1_000:03}", f"{1900 + number // 1_000}"
    return {
        "_id": series_id(participant, cycle),
        "participant": participant,
        "cycle": cycle,
        "partition": number % PARTITIONS,
        "offset": 0,
        "revision": 1,
        "judgement": 0,
        "order": 1_000_000,
        "dimensions": dimensions,
        "cells": cells,
        "answered": [],
        "centre_only": [],
        "withdrawn": False,
    }
