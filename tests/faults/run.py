"""One fault run: `python -m tests.faults.run --seed 7 --faults 25 --submissions 1000`.

Starts the system, sets up a world, sends the load while faults happen, most of them in pairs, heals, waits for rest,
judges, then lets every group read everything once more and judges again. Ends with 1 when anything is wrong. The seed
repeats the list of faults and of submissions; which one meets which is up to the machine.
"""

import argparse
import asyncio
import json
import math
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from httpx import HTTPStatusError

from deploy.local.services import SERVICES
from deploy.local.waiting import StackError
from tests.broker import until
from tests.faults import world
from tests.faults.account import Account, Healing
from tests.faults.faults import TARGET, Fault, draw, inflict, side_by_side
from tests.faults.journal import Journal
from tests.faults.load import Load, set_up
from tests.faults.quiet import NotQuietError, wait_quiet
from tests.faults.recovery import RECOVERY_SECONDS, well_again
from tests.faults.replay import second_pass
from tests.faults.rig import Rig
from tests.faults.script import Script
from tests.faults.sender import Sender
from tests.faults.verdict import Moments, judged

LOAD_SECONDS = 120.0
"""Every lane may be trying what met the last fault, eight tries of eight seconds, or be waiting for a judgement."""
QUIET_SECONDS = 900.0
"""A second pass of ten thousand submissions is some minutes' work."""
SKEWS = {"notification": -26.0, "notification-2": 9 * 24.0}
"""Hours by which the clocks of the notification workers are wrong: past a midnight, and past several reminders."""
Say = Callable[[str], None]


async def hurting(load: Load, before: int, sending: asyncio.Task[None]) -> None:
    """Wait until a fault would meet somebody: more than ``before`` is acknowledged. At once where nothing is left.

    Raises TimeoutError.
    """

    def under_way() -> bool:
        return load.acknowledged > before or (sending.done() and not load.under_way)

    await until("the load to be under way: something that is acknowledged before the fault", under_way, LOAD_SECONDS)


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
        long: bool = False,
        workers: int = 2,
    ) -> None:
        """``plan``: these faults, those of one list together, and none that are drawn; ``second``: read all twice;
        ``long``: also what takes a minute each; ``workers``: of each service."""
        self._seed, self._folder, self._say, self._second = seed, folder, say, second
        self._begun = datetime.now(UTC)
        self._world = world.build(self._begun)
        self._script = Script(self._world, seed, submissions)
        drawn = side_by_side(draw(seed, faults, slow=long), seed, most=3 if long else 2)
        self._plan = drawn if plan is None else plan
        self._workers = dict.fromkeys(SERVICES, workers)
        self.account = Account(seed, sum(map(len, self._plan)), submissions, self._begun.isoformat())

    async def whole(self) -> Account:
        """Everything, on a system of its own."""
        started = time.monotonic()
        rig = Rig(
            self._folder / "var",
            self._seed,
            workers=self._workers,
            skews=SKEWS,
            say=lambda line: self._say(f"    {line}"),
        )
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
        except Exception:  # noqa: BLE001 - an hour's account is worth more than a clean end: it says what happened
            self._find(f"the harness itself failed: {traceback.format_exc()}")
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
        started = time.monotonic()
        await set_up(sender, self._world)
        await wait_quiet(rig, QUIET_SECONDS)
        set_at = datetime.now(UTC)
        self._phase("set up", started)
        load = Load(sender, self._script.actions)
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
        moved_at = datetime.now(UTC)
        moved = await self._move(sender)
        await wait_quiet(rig, QUIET_SECONDS)
        moments = Moments(self._begun, set_at, moved, moved_at, datetime.now(UTC))
        self._phase("coming to rest", started)
        started = time.monotonic()
        await self._judge(rig, sender, moments)
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
            before = load.acknowledged
            sending = asyncio.create_task(load.release(share, max(2.0, *(one.hold for one in together))))
            await hurting(load, before, sending)
            ends = await asyncio.gather(*(self._inflict(rig, fault) for fault in together))
            healed = max(ends)
            after = ", ".join(map(str, together))
            seconds = await well_again(rig, set(sender.acknowledged), healed, after)
            self._say(f"  well again after {seconds:.1f} s")
            self._recovered([one for one, end in zip(together, ends, strict=True) if healed - end < 1.0], seconds)
            await sending

    def _recovered(self, together: list[Fault], seconds: float) -> None:
        """Of two that were healed at once the time is that of the one that may take longer."""
        slowest = max((one.family for one in together), key=list(TARGET).index)
        self.account.healings += [
            Healing(str(one), one.family, round(seconds, 2)) for one in together if one.family == slowest
        ]

    async def _inflict(self, rig: Rig, fault: Fault) -> float:
        """Gives when the fault was healed (monotonic)."""
        await inflict(rig, fault)
        return time.monotonic()

    async def _move(self, sender: Sender) -> world.Cycle:
        """Move a due date: from now on another reminder is due, and only for those that have not reported."""
        cycle = self._world.cycle(self._world.moved)
        moved = replace(cycle, due=self._begun.date() + timedelta(days=2))
        await sender.ask("PATCH", f"/cycles/{cycle.id}", "centre", {"due": moved.due.isoformat()})
        return moved

    async def _judge(self, rig: Rig, sender: Sender, moments: Moments) -> None:
        garbage = {action.raw for action in self._script.actions if action.kind == "garbage"}
        verdict = await judged(rig, sender, self._world, self._folder / "journal.jsonl", garbage, moments)
        for one in verdict.findings:
            self._find(one)
        self.account.counts, self.account.mails = verdict.counts, verdict.mails

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
    parser.add_argument("--workers", type=int, default=2, help="of each service; drawn faults need two")
    parser.add_argument("--long", action="store_true", help="also long sleeps and full disks")
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
    run = Run(
        asked.seed,
        asked.faults,
        asked.submissions,
        folder,
        say,
        plan=plan,
        second=not asked.first_only,
        long=asked.long,
        workers=asked.workers,
    )
    account = asyncio.run(run.whole())
    sys.stdout.write("\n" + account.table() + "\n")
    return 1 if account.findings else 0


if __name__ == "__main__":
    sys.exit(main())
