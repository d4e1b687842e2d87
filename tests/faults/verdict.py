"""The judgement of a run, put together: what the oracles say of its journal, its database, its mails and its disks."""

import asyncio
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults import notice_oracle
from tests.faults.journal import read
from tests.faults.oracle import Oracle, shown_wrong
from tests.faults.quiet import Store
from tests.faults.rig import Rig
from tests.faults.sender import Sender
from tests.faults.traces import personal_traces, wrong_letters
from tests.faults.world import Cycle, World

SHOWN = (
    ("citizenship", "illegal_entries"),
    ("corridor", "routes"),
    ("route", "routes_listed"),
    ("total", "smuggled_migrants"),
)


@dataclass
class Verdict:
    """``findings`` empty is the only good one."""

    findings: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    mails: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Moments:
    """When things happened that notices depend on."""

    begun: datetime
    set_at: datetime
    """When all was set up and quiet."""
    moved: Cycle
    """The cycle whose due date was moved once the load was over."""
    moved_at: datetime
    moved_and_quiet_at: datetime


async def judged(rig: Rig, sender: Sender, world: World, journal: Path, garbage: set[bytes], at: Moments) -> Verdict:
    """Compare everything with everything. The system must be at rest."""
    calls = read(journal)
    store = Store(rig.mongo_url)
    try:
        oracle = await asyncio.to_thread(Oracle, calls, store.database)
        notices = list(store.database["notices"].find())
    finally:
        store.close()
    verdict = Verdict(oracle.findings())
    expected, _ = oracle.expected_cells()
    for dimension, indicator in SHOWN:
        for cycle in world.reporting:
            path = f"/aggregates/{dimension}?indicator={indicator}&period={cycle}"
            rows = (await sender.ask("GET", path, "centre")).json()["rows"]
            verdict.findings += shown_wrong(expected, dimension, indicator, cycle, rows)
    _judge_notices(verdict, rig, world, oracle, notices, at)
    verdict.findings += await asyncio.to_thread(lambda: list(personal_traces(rig.stack.var, rig.mongo_url, calls)))
    verdict.findings += await wrong_letters(rig.bootstrap, calls, garbage)
    verdict.findings += [f"O8 {one}" for one in rig.clocks_not_skewed()]
    verdict.counts = {
        **Counter(str(call.outcome) for call in calls),
        "cells": sum(len(cells) for by in expected.values() for cells in by.values()),
        "aggregates": len(expected), "series": len(oracle.lines), "revisions": len(oracle.reports),
        "notices": len(notices),
    }  # fmt: skip
    return verdict


def _judge_notices(
    verdict: Verdict,
    rig: Rig,
    world: World,
    oracle: Oracle,
    notices: list[notice_oracle.Document],
    at: Moments,
) -> None:
    now = datetime.now(UTC)
    standing = {series: oracle.standing_of(series) for series in oracle.lines if series.count("|") == 1}
    is_in = {(series.partition("|")[0], series.partition("|")[2]) for series in oracle.lines if oracle.is_in(series)}
    first = notice_oracle.by_calendar(world, world.cycles, at.begun, now, at.set_at, set())
    then, still = (
        notice_oracle.by_calendar(world, [at.moved], at.moved_at, now, moment, is_in)
        for moment in (at.moved_at, at.moved_and_quiet_at)
    )
    told = notice_oracle.by_returns(world, oracle.reports)
    # Where a midnight passes meanwhile, one kind may be over before anybody looks, and the next begin after that.
    must, may = first.must | (then.must & still.must) | told, first.may | then.may | told
    complete = notice_oracle.by_completion(world)
    whole = world.whole
    if all(
        (one := standing.get(f"{code}|{whole}")) is not None and one.body is not None
        for code in world.cycle(whole).expected
    ):
        must |= complete
    wrong, mails = notice_oracle.wrong_mails(
        world, notices, notice_oracle.have_reported(oracle.reports), [*world.cycles, at.moved], rig.mail
    )
    verdict.findings += notice_oracle.wrong_notices(notices, notice_oracle.Expected(must, may | complete))
    verdict.findings += wrong
    verdict.mails = {
        **{f"mails {name}": value for name, value in asdict(mails).items() if isinstance(value, int)},
        "mails unknown (could have been doubled by sending again)": len(mails.unknown),
        "mails refused for good": len(mails.failed),
    }
