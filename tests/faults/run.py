"""One fault run: `python -m tests.faults.run --seed 7 --faults 25 --submissions 1000`.

Starts the system, sets up a world, sends the load while faults happen one after the other (some in pairs), heals,
waits for rest, judges, then lets every group read everything once more and judges again. Ends with 1 when anything
is wrong. The seed repeats the list of faults and of submissions; which one meets which is up to the machine.
"""

import argparse
import asyncio
import json
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiokafka.errors import KafkaError
from httpx import HTTPStatusError
from pymongo.errors import PyMongoError

from deploy.local.waiting import StackError
from tests.faults import notice_oracle, world
from tests.faults.account import Account, Healing
from tests.faults.faults import Fault, draw, inflict, paired
from tests.faults.journal import Journal, read
from tests.faults.load import Load, set_up
from tests.faults.oracle import Oracle, shown_wrong
from tests.faults.quiet import Broker, NotQuietError, Store, stacks, wait_quiet
from tests.faults.replay import second_pass
from tests.faults.rig import Rig
from tests.faults.script import Script
from tests.faults.sender import Sender
from tests.faults.traces import personal_traces, wrong_letters

RECOVERY_SECONDS, QUIET_SECONDS = 240.0, 240.0
"""Past these nothing will come by itself. How soon it should is TARGET (faults.py), on a machine of its own."""
LOST_SECONDS = 20.0
"""How long what is acknowledged and nowhere is waited for, once nothing lags: a group may just be forming."""
SHOWN = (
    ("citizenship", "illegal_entries"),
    ("corridor", "routes"),
    ("route", "routes_listed"),
    ("total", "smuggled_migrants"),
)
Say = Callable[[str], None]


class Run:
    """A run from its start to its account."""

    def __init__(
        self,
        seed: int,
        faults: int,
        submissions: int,
        folder: Path,
        say: Say,
        *,
        plan: list[list[Fault]] | None = None,
        second: bool = True,
    ) -> None:
        """``plan``: these faults, those of one list together, and none that are drawn; ``second``: read all twice."""
        self._seed, self._folder, self._say, self._second = seed, folder, say, second
        self._begun = datetime.now(UTC)
        self._world = world.build(self._begun)
        self._script = Script(self._world, seed, submissions)
        self._plan = paired(draw(seed, faults), seed) if plan is None else plan
        self._swallowing: list[tuple[datetime, datetime]] = []
        self.account = Account(seed, sum(map(len, self._plan)), submissions, self._begun.isoformat())

    async def whole(self) -> Account:
        """Everything, on a system of its own."""
        started = time.monotonic()
        rig = Rig(self._folder / "var", self._seed, say=lambda line: self._say(f"    {line}"))
        journal = Journal(self._folder / "journal.jsonl")
        try:
            await asyncio.to_thread(rig.__enter__)
            self._phase("stack ready", started)
            sender = Sender(rig.gateways, rig.bootstrap, rig.stack.var / "token.key", journal, self._seed)
            try:
                await self._on(rig, sender, journal)
            finally:
                await sender.close()
        except (NotQuietError, TimeoutError, StackError) as error:
            self._find(str(error))
        except HTTPStatusError as error:
            self._find(f"O0 what was set up a moment ago is not there: {error}")
        finally:
            self.account.exits = len(rig.exits)
            self.account.findings += rig.proxies.watch.findings()
            self.account.carried = {name: link.carried for name, link in rig.proxies.links.items()}
            await asyncio.to_thread(rig.__exit__, None, None, None)
            journal.close()
        self.account.seconds = time.monotonic() - started
        self.account.write(self._folder)
        return self.account

    async def _on(self, rig: Rig, sender: Sender, journal: Journal) -> None:
        await set_up(sender, self._world)
        await wait_quiet(rig, QUIET_SECONDS)
        set_at = datetime.now(UTC)
        self._say("set up and quiet")
        load = Load(sender, self._script)
        try:
            started = time.monotonic()
            await self._hurt(rig, load, sender, journal)
            await load.finish(RECOVERY_SECONDS)
            self._phase("load and faults", started)
            started = time.monotonic()
            await wait_quiet(rig, QUIET_SECONDS)
            await load.send_now(self._script.releases())
        finally:
            await load.stop()
        # Who has released in time is not to be reminded.
        await wait_quiet(rig, QUIET_SECONDS)
        moved = await self._move(sender)
        await wait_quiet(rig, QUIET_SECONDS)
        self._phase("coming to rest", started)
        started = time.monotonic()
        await self._judge(rig, sender, set_at, moved)
        self._phase("judging", started)
        if self._second and not self.account.findings:
            started = time.monotonic()
            for one in await second_pass(rig, QUIET_SECONDS):
                self._find(f"second pass: {one}")
            self._phase("second pass", started)

    async def _hurt(self, rig: Rig, load: Load, sender: Sender, journal: Journal) -> None:
        """The faults, with a part of the load around each."""
        share = math.ceil(load.left / (len(self._plan) + 1))
        await load.release(share, 2.0)
        for number, together in enumerate(self._plan, start=1):
            for fault in together:
                self._say(f"fault {number} of {len(self._plan)}: {fault}")
                journal.note("fault", fault=str(fault))
            sending = asyncio.create_task(load.release(share, max(2.0, together[0].hold)))
            await asyncio.sleep(0.5)
            await asyncio.gather(*(self._inflict(rig, fault) for fault in together))
            healed = time.monotonic()
            await self._recovered(rig, sender, together, healed)
            await sending

    async def _inflict(self, rig: Rig, fault: Fault) -> None:
        begun = datetime.now(UTC)
        await inflict(rig, fault)
        if fault.detail == "swallow":
            self._swallowing.append((begun, datetime.now(UTC) + timedelta(seconds=5)))

    async def _recovered(self, rig: Rig, sender: Sender, faults: list[Fault], healed: float) -> None:
        """Wait until all are ready and everything that was acknowledged by now is judged."""
        taken = set(sender.acknowledged)
        store = Store(rig.mongo_url)
        try:
            while time.monotonic() - healed < RECOVERY_SECONDS:
                with suppress(PyMongoError, KafkaError):
                    why = await asyncio.to_thread(rig.ready)
                    if why is None and not await asyncio.to_thread(store.unfinished, taken):
                        seconds = time.monotonic() - healed
                        self.account.healings += [Healing(str(one), one.family, round(seconds, 2)) for one in faults]
                        self._say(f"  well again after {seconds:.1f} s")
                        return
                    if why is None and time.monotonic() - healed > LOST_SECONDS:
                        await self._not_lost(store, Broker(rig.bootstrap), taken)
                await asyncio.sleep(0.2)
            left = await asyncio.to_thread(store.unfinished, taken)
        finally:
            store.close()
        where = ", ".join(map(str, faults))
        raise NotQuietError(
            f"not well {RECOVERY_SECONDS:g} s after {where}: {await asyncio.to_thread(rig.ready)}; "
            f"{len(left)} not judged: {sorted(left)[:5]}\n{stacks(rig)}"
        )

    async def _not_lost(self, store: Store, broker: Broker, taken: set[str]) -> None:
        """Raises NotQuietError where something is unfinished and nothing is on its way to change that."""
        for _ in range(3):
            if await broker.lag():
                return
            # Looked at after the lag: what was under way before is there now.
            left = await asyncio.to_thread(store.unfinished, taken)
            await asyncio.sleep(1.0)
        if left:
            raise NotQuietError(f"O1 lost: {len(left)} were acknowledged and are nowhere: {sorted(left)[:20]}")

    async def _move(self, sender: Sender) -> world.Cycle:
        """Move a due date: from now on another reminder is due, and only for those that have not reported."""
        cycle = self._world.cycle(self._world.moved)
        moved = replace(cycle, due=self._begun.date() + timedelta(days=2))
        await sender.ask("PATCH", f"/cycles/{cycle.id}", "centre", {"due": moved.due.isoformat()})
        return moved

    async def _judge(self, rig: Rig, sender: Sender, set_at: datetime, moved: world.Cycle) -> None:
        calls = read(self._folder / "journal.jsonl")
        store = Store(rig.mongo_url)
        try:
            oracle = await asyncio.to_thread(Oracle, calls, store.database)
            for one in oracle.findings():
                self._find(one)
            notices = list(store.database["notices"].find())
        finally:
            store.close()
        expected, _ = oracle.expected_cells()
        for dimension, indicator in SHOWN:
            for cycle in self._world.reporting:
                path = f"/aggregates/{dimension}?indicator={indicator}&period={cycle}"
                rows = (await sender.ask("GET", path, "centre")).json()["rows"]
                for one in shown_wrong(expected, dimension, indicator, cycle, rows):
                    self._find(one)
        self._judge_notices(rig, oracle, notices, set_at, moved)
        for one in personal_traces(rig.stack.var, rig.mongo_url, calls):
            self._find(one)
        garbage = {action.raw for action in self._script.actions if action.kind == "garbage"}
        for one in await wrong_letters(rig.bootstrap, calls, garbage):
            self._find(one)
        outcomes = Counter(f"{call.outcome}" for call in calls)
        self.account.counts = {
            **dict(outcomes), "cells": sum(len(c) for by in expected.values() for c in by.values()),
            "aggregates": len(expected), "series": len(oracle.lines), "revisions": len(oracle.reports),
            "notices": len(notices),
        }  # fmt: skip

    def _judge_notices(
        self, rig: Rig, oracle: Oracle, notices: list[notice_oracle.Document], set_at: datetime, moved: world.Cycle
    ) -> None:
        now = datetime.now(UTC)
        standing = {series: oracle.standing_of(series) for series in oracle.lines if series.count("|") == 1}
        is_in = {
            (series.partition("|")[0], series.partition("|")[2]) for series in oracle.lines if oracle.is_in(series)
        }
        first = notice_oracle.by_calendar(self._world, self._world.cycles, self._begun, now, set_at, set())
        then = notice_oracle.by_calendar(self._world, [moved], now - timedelta(minutes=1), now, now, is_in)
        told = notice_oracle.by_returns(self._world, oracle.reports)
        must, may = first.must | then.must | told, first.may | then.may | told
        complete = notice_oracle.by_completion(self._world)
        whole = self._world.whole
        if all(
            (one := standing.get(f"{code}|{whole}")) is not None and one.body is not None
            for code in self._world.cycle(whole).expected
        ):
            must |= complete
        wrong, mails = notice_oracle.wrong_mails(self._world, notices, rig.mail, self._swallowing)
        for found in (*notice_oracle.wrong_notices(notices, notice_oracle.Expected(must, may | complete)), *wrong):
            self._find(found)
        self.account.mails = {
            **{f"mails {name}": value for name, value in asdict(mails).items() if isinstance(value, int)},
            "mails unknown (could have been doubled by sending again)": len(mails.unknown),
            "mails refused for good": len(mails.failed),
        }

    def _find(self, finding: str) -> None:
        self.account.findings.append(finding)
        if len(self.account.findings) <= 60:
            self._say(f"FINDING {finding}")

    def _phase(self, name: str, started: float) -> None:
        self.account.phases[name] = round(time.monotonic() - started, 1)
        self._say(f"{name}: {time.monotonic() - started:.1f} s")


def main() -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(description="Hurt the running system and judge what is left.")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--faults", type=int, default=25)
    parser.add_argument("--submissions", type=int, default=1_000)
    parser.add_argument("--plan", type=Path, help="a JSON list of lists of faults, in place of drawn ones")
    parser.add_argument("--first-only", action="store_true", help="judge once, without a second pass of everything")
    parser.add_argument("--folder", type=Path, default=None, help="where data, journal and account stay")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="vrs-faults-"))

    def say(line: str) -> None:
        sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
        sys.stdout.flush()

    say(f"seed {asked.seed}, {asked.faults} faults, {asked.submissions} submissions, in {folder}")
    plan = None
    if asked.plan is not None:
        plan = [[Fault(**one) for one in together] for together in json.loads(asked.plan.read_text())]
    second = not asked.first_only
    run = Run(asked.seed, asked.faults, asked.submissions, folder, say, plan=plan, second=second)
    account = asyncio.run(run.whole())
    sys.stdout.write("\n" + account.table() + "\n")
    return 1 if account.findings else 0


if __name__ == "__main__":
    sys.exit(main())
