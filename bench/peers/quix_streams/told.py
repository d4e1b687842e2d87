"""What the measurement tells a peer, and Quix Streams' application made from it, the same for both forms."""

import os
from dataclasses import dataclass

from quixstreams import Application

NAMES = ("KAFKA", "MONGO", "DATABASE", "TOPIC", "GROUP", "FLUSH_MS", "STATE")
LARGEST_MESSAGE = 8 * 2**20


@dataclass(frozen=True)
class Told:
    """The variables VRS_BENCH_*."""

    kafka: str
    mongo: str
    database: str
    topic: str
    group: str
    flush_ms: str
    state: str


def read() -> Told:
    """From the environment. KeyError names what is missing."""
    return Told(**{name.lower(): os.environ[f"VRS_BENCH_{name}"] for name in NAMES})


def application(told: Told) -> Application:
    """Exactly once: with less, a crash between the two steps adds a difference twice and the totals are wrong."""
    return Application(
        broker_address=told.kafka,
        consumer_group=told.group,
        auto_offset_reset="earliest",
        commit_interval=int(told.flush_ms) / 1000,
        state_dir=told.state,
        processing_guarantee="exactly-once",
        consumer_extra_config={"fetch.message.max.bytes": LARGEST_MESSAGE, "queued.max.messages.kbytes": 64 * 2**10},
        producer_extra_config={
            "compression.type": "lz4",
            "linger.ms": 50,
            "batch.size": 2**20,
            "message.max.bytes": LARGEST_MESSAGE,
            "queue.buffering.max.messages": 1_000_000,
        },
        loglevel="WARNING",
    )
