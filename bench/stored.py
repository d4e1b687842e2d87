"""What a replacement costs beside many stored submissions: the same replacements with 10,000 and with 1,000,000.

The database is filled with submissions and revisions as ingest keeps them, of agencies that send their part daily, and
of the very States whose returns are replaced; their reports are small, or they would not fit on a workstation.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pymongo import WriteConcern

from bench.feed import Feed, Sent
from bench.rig import Rig
from bench.world import World
from contracts.identity import revision_id, series_id

PARTICIPANTS = 20
BEGIN = datetime(2012, 1, 1, tzinfo=UTC)


class Cost(NamedTuple):
    """Of one replacement among many that come together."""

    stored: int
    seconds: float
    """From the first submission to everybody's having read the last, for each."""
    cpu: float
    """Of all services, Kafka and MongoDB together."""


async def replacements(rig: Rig, sizes: tuple[int, ...], rounds: int) -> list[Cost]:
    """So many replacements of each State's return at each size of the store; those of a first round are not counted."""
    work = Feed(14, 100, PARTICIPANTS)
    world, costs, there, revision = World(rig, 1), [], 0, 1
    first = [sent for sent in work.order if sent.revision == 1][:PARTICIPANTS]
    await world.start(work.participants, sorted({sent.cycle for sent in first}))
    await world.submit(work, first)
    await world.through()
    for size in sizes:
        await asyncio.to_thread(_fill, rig, work.participants, there, size)
        there = size
        for counted in (1, rounds):
            order = [
                Sent(sent.participant, sent.cycle, revision + number)
                for number in range(1, counted + 1)
                for sent in first
            ]
            revision += counted
            before, began = world.cpu(), time.perf_counter()
            await world.submit(work, order)
            await world.through()
            seconds, used = time.perf_counter() - began, sum(world.cpu(before).values())
        if (accepted := world.accepted() - there) != PARTICIPANTS * revision:
            raise ValueError(f"{accepted} revisions are accepted, not {PARTICIPANTS * revision}")
        costs.append(Cost(size, seconds / len(order), used / len(order)))
    await world.end()
    return costs


def _fill(rig: Rig, participants: list[str], there: int, size: int) -> None:
    # Quickly written: nothing is measured here.
    database = rig.client.get_database("vrs", write_concern=WriteConcern(w=1, j=False))
    documents = _documents(participants, there, size)
    while chunk := list(itertools.islice(documents, 5_000)):
        database["submissions"].insert_many([submission for submission, _ in chunk], ordered=False)
        database["reports"].insert_many([revision for _, revision in chunk], ordered=False)


def _documents(participants: list[str], there: int, size: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A submission and its revision: ten agencies of each State, day after day."""
    for number in range(there, size):
        turn, place = divmod(number, len(participants) * 10)
        participant, agency = participants[place // 10], f"{participants[place // 10]}-A{place % 10}"
        cycle, revision = f"{1950 + turn // 180}-H1", turn % 180 + 1
        series, at = series_id(participant, cycle, agency), BEGIN + timedelta(minutes=number)
        step = {"state": "accepted", "at": at, "service": "validation"}
        whose = {"series": series, "participant": participant, "cycle": cycle, "agency": agency, "revision": revision}
        rows = [{"citizenship": code, "value": number % 97} for code in ("AF", "KH", "MM", "LK")]
        report = {"template": "ort/1", "answers": {"illegal_entries.by_citizenship": {"rows": rows}}}
        yield (
            {**_SUBMISSION, "_id": f"stored-{number}", **whose, "body": f"{report}", "body_hash": f"{number:064}",
             "timeline": [step, step, step], "received_at": at},
            {**_REVISION, "_id": revision_id(series, revision), **whose, "submission_id": f"stored-{number}",
             "report": report, "enriched": report, "history": [step, step], "recorded_at": at,
             "figures": [["illegal_entries", "citizenship", one["citizenship"], one["value"]] for one in rows]},
        )  # fmt: skip


_SUBMISSION = {"version": 3, "kind": "report", "sender": "agency", "state": "superseded", "findings": [], "settled": 2}
_REVISION = {
    "version": 3,
    "judgement": 0,
    "kind": "report",
    "sender": {"role": "agency"},
    "state": "superseded",
    "outcome": "accepted",
    "findings": [],
    "published": True,
    "answered": [["illegal_entries", "citizenship"]],
    "centre_only": [],
}
