"""Who drains a filled topic: the product and its peers, all started the same way.

A contestant is a program. It is started with these variables, runs until SIGTERM, and commits the offsets of what it
has read to its group only after the effect stands:

``VRS_BENCH_KAFKA`` host:port · ``VRS_BENCH_MONGO`` url · ``VRS_BENCH_DATABASE`` · ``VRS_BENCH_TOPIC`` a filled topic
of twelve partitions: CloudEvents in binary mode, ``vrs.report.accepted.v1`` and ``vrs.report.withdrawn.v1``, keyed by
participant, some twice, some older than one that came before · ``VRS_BENCH_OUT`` the topic for its updates ·
``VRS_BENCH_GROUP`` its consumer group, part of the name of every topic it makes · ``VRS_BENCH_FLUSH_MS`` ·
``VRS_BENCH_STATE`` an empty folder.

A peer writes ``{_id: "period|dimension|member|indicator", value: sum over participants}`` into ``cells`` of the
database; the product writes its own ``aggregates``.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo.database import Database

from bench.oracle import Expected, digest
from bench.rig import Filled, Rig
from contracts.figures import members_of
from contracts.topics import AGGREGATES, JUDGED

FLUSH_MS = 250
Check = Callable[[Database[dict[str, Any]], Expected], list[str]]


@dataclass(frozen=True)
class Contestant:
    """A program that drains a topic."""

    name: str
    command: tuple[str, ...]
    check: Check
    """What is wrong with the figures in the database: some sentences, none where they are the oracle's."""
    environment: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    """Where it cannot be told."""
    out: str | None = None
    slow: bool = False
    """Too slow for the long feed: it drains a short one, beside the product."""


def environment(rig: Rig, filled: Filled, contestant: Contestant, database: str) -> dict[str, str]:
    """What the program is told."""
    return {
        "VRS_BENCH_KAFKA": rig.kafka,
        "VRS_BENCH_MONGO": rig.mongo,
        "VRS_BENCH_DATABASE": database,
        "VRS_BENCH_TOPIC": filled.topic,
        "VRS_BENCH_OUT": contestant.out or f"{database}.out",
        "VRS_BENCH_GROUP": contestant.group or f"{database}.group",
        "VRS_BENCH_FLUSH_MS": str(FLUSH_MS),
        # The product's own names for the same.
        "VRS_KAFKA_BOOTSTRAP": rig.kafka,
        "VRS_MONGO_URL": rig.mongo,
        "VRS_MONGO_DATABASE": database,
        "VRS_AGGREGATION_FLUSH_SECONDS": str(FLUSH_MS / 1000),
        **contestant.environment,
    }


def product(filled: Filled) -> Contestant:
    """The aggregation service as it is deployed: logs, metrics and health port included."""
    prefix = filled.topic.removesuffix(JUDGED.name)
    return Contestant(
        name="vrs aggregation",
        command=(sys.executable, "-m", "services.aggregation"),
        check=aggregates_differ,
        environment={"VRS_TOPIC_PREFIX": prefix},
        group=f"{prefix}vrs.aggregation",
        out=f"{prefix}{AGGREGATES.name}",
    )


def chosen(*names: str) -> list[Contestant]:
    """Peers by name, or all that are "quick" or "slow", or "all"; they are listed in ``bench.peers.CONTESTANTS``."""
    if importlib.util.find_spec("bench.peers") is None:
        return []
    listed: list[Contestant] = importlib.import_module("bench.peers").CONTESTANTS
    return [one for one in listed if {"all", one.name, "slow" if one.slow else "quick"} & set(names)]


def aggregates_differ(database: Database[dict[str, Any]], expected: Expected) -> list[str]:
    """The product's aggregates beside the oracle's, State by State."""
    found = {}
    for one in database["aggregates"].find():
        held = digest({indicator: members_of(cells) for indicator, cells in one["cells"].items()})
        if held:
            found[one["_id"]] = held
    return _differences("aggregate", found, expected.digests)


def cells_differ(database: Database[dict[str, Any]], expected: Expected) -> list[str]:
    """A peer's totals beside the oracle's. A total of zero and none are the same: peers keep no States apart."""
    found = {one["_id"]: int(one["value"]) for one in database["cells"].find() if one["value"]}
    return _differences("cell", found, {cell: value for cell, value in expected.totals.items() if value})


def _differences(what: str, found: Mapping[str, object], wanted: Mapping[str, object]) -> list[str]:
    wrong = [name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)]
    first = (f"{what} {name}: {found.get(name)}, expected {wanted.get(name)}" for name in sorted(wrong)[:5])
    return [f"{len(wrong)} of {len(wanted)} differ", *first] if wrong else []
