"""What the broker's topics should be, what they are, and the steps from one to the other. Pure.

A topic's number of partitions is fixed for life (docs/architecture.md): a difference there is reported and never
changed, because it would move a series to another partition and so break its order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aiokafka import ConsumerRecord

from contracts.events import AgencyChanged
from contracts.records import Agency
from contracts.topics import IN_PREFIX, OUT_PREFIX, PARTITIONS, TOPICS, Topic, agency_in, agency_out
from contracts.wire import Event, decode


@dataclass(frozen=True)
class Found:
    """A topic as the broker has it; ``config``: only what was set on the topic itself."""

    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """``keep``: nothing to do. ``conflict``: nothing that may be done here; somebody has to decide."""

    action: Literal["create", "configure", "keep", "conflict"]
    topic: str
    detail: str
    config: Mapping[str, str]


def wanted(found: Iterable[str], agencies: Iterable[str] = ()) -> list[Topic]:
    """The registry, and both topics of every agency that has one of them or is on record.

    ``found``: names without prefix; ``agencies``: codes of those that take part (``vrs.participants``).
    """
    names = list(found)
    inward = {name.removeprefix(IN_PREFIX) for name in names if name.startswith(IN_PREFIX)}
    outward = {name.removeprefix(OUT_PREFIX) for name in names if name.startswith(OUT_PREFIX)}
    return [
        *TOPICS,
        *(make(agency) for agency in sorted({*inward, *outward, *agencies}) for make in (agency_in, agency_out)),
    ]


def taking_part(records: Iterable[ConsumerRecord]) -> set[str]:
    """The agencies on record that have not ended, from all records of ``vrs.participants`` in order."""
    newest: dict[bytes, Agency | None] = {}
    for record in records:
        event = decode(record.value, record.headers, (AgencyChanged,)) if record.value is not None else None
        newest[record.key] = event.data.record if isinstance(event, Event) else None
    return {one.id for one in newest.values() if one is not None and one.active}


def settings_of(topic: Topic, replication_factor: int) -> dict[str, str]:
    """The topic's settings on a broker with so many replicas: with three or more, a write needs two."""
    return {**topic.config, **({"min.insync.replicas": "2"} if replication_factor >= 3 else {})}


def plan(topics: Sequence[Topic], found: Mapping[str, Found], replication_factor: int) -> list[Step]:
    """The steps, in the order of the registry. What else was set on a topic by hand stays."""
    steps = []
    for topic in topics:
        config = settings_of(topic, replication_factor)
        there = found.get(topic.name)
        if there is None:
            detail = f"{PARTITIONS} partitions, {replication_factor} replica(s)"
            steps.append(Step("create", topic.name, detail, config))
            continue
        if there.partitions != PARTITIONS:
            detail = f"has {there.partitions} partitions, should have {PARTITIONS}; partition counts are never changed"
            steps.append(Step("conflict", topic.name, detail, {}))
        differing = {name: value for name, value in config.items() if there.config.get(name) != value}
        if differing:
            detail = ", ".join(f"{name}: {there.config.get(name, 'unset')} -> {new}" for name, new in differing.items())
            steps.append(Step("configure", topic.name, detail, {**there.config, **config}))
        elif there.partitions == PARTITIONS:
            steps.append(Step("keep", topic.name, "as it should be", {}))
    return steps
