"""Can the harness fail? Twelve deliberate bugs, one by one, in a copy of the repository: each must be found.

`python -m tests.faults.mutants [NAME …]` prints the list and what found each; it ends with 1 where one survived. A
mutant gets the smallest run that can find it: most bugs need one certain fault, some need none at all.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.faults import Fault

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("contracts", "runtime", "screening", "services", "cli", "deploy", "tests")
SECONDS = 600.0


@dataclass(frozen=True)
class Edit:
    """Exact text of one file, replaced once or wherever it stands."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """A bug, and the run that must find it. ``tells``: the beginning of a finding that counts as having found it."""

    name: str
    edits: tuple[Edit, ...]
    tells: tuple[str, ...]
    plan: tuple[tuple[Fault, ...], ...] = ()
    submissions: int = 100
    workers: int = 1
    """Of each service: one starts sooner than two, where the fault needs no second one."""


INGEST, BOTH_GATEWAYS = ("ingest", "ingest-2"), ("gateway", "gateway-2")


def _all(kind: str, workers: Sequence[str], hold: float, detail: str = "") -> tuple[Fault, ...]:
    return tuple(Fault(kind, worker, hold, detail) for worker in workers)


MUTANTS = (
    Mutant(
        "202 before the acknowledgement",
        (
            Edit(
                "services/gateway/outbox.py",
                "        done, late = await asyncio.wait((task,), timeout=self._seconds)\n",
                "        self._unsettled.add(task)\n        task.add_done_callback(self._settled)\n"
                '        if topic.name == "vrs.submissions":\n            return\n'
                "        done, late = await asyncio.wait((task,), timeout=self._seconds)\n",
            ),
        ),
        ("O1 lost",),
        # Nothing gets through for a while, and then whoever said "taken" has gone.
        (
            tuple(Fault("link_blackhole", f"{one}>kafka", 4.0) for one in BOTH_GATEWAYS)
            + _all("kill", BOTH_GATEWAYS, 3.0),
        ),
        workers=2,
    ),
    Mutant(
        "acks=1",
        (
            Edit("runtime/publisher.py", 'acks="all"', "acks=1"),
            Edit("runtime/publisher.py", "enable_idempotence=True", "enable_idempotence=False"),
        ),
        ("O7",),
        submissions=40,
    ),
    Mutant(
        "auto-commit",
        (Edit("runtime/group.py", "enable_auto_commit=False", "enable_auto_commit=True"),),
        ("O1 lost", "waited", "nothing has changed"),
        # What was fetched waits for the database while offsets are committed by the clock; then the worker dies.
        ((Fault("stop", "mongo", 12.0), *_all("kill", INGEST, 10.0)),),
        workers=2,
    ),
    Mutant(
        "add instead of set",
        (
            Edit(
                "services/aggregation/documents.py",
                '    return UpdateOne(guard, {"$set": stored}, upsert=True)\n',
                "    cells = stored.pop('cells')\n"
                "    sums = {f'cells.{i}.{m}': v for i, by in cells.items() for m, v in by.items()}\n"
                "    return UpdateOne({'_id': guard['_id']}, "
                "{'$set': stored, **({'$inc': sums} if sums else {})}, upsert=True)\n",
            ),
            # What has no cells yet is no aggregate that this reads.
            Edit("services/aggregation/documents.py", 'document["cells"].items()', 'document.get("cells", {}).items()'),
            Edit("tests/faults/oracle.py", 'one["cells"].items()', 'one.get("cells", {}).items()'),
        ),
        ("O3",),
    ),
    Mutant(
        "no revision guard",
        (
            Edit("services/aggregation/fold.py", "before.order >= new.order", "before.order == new.order"),
            Edit("services/aggregation/rules.py", "known.order >= new.order", "known.order == new.order"),
            Edit("services/aggregation/rules.py", "change.now.order >= new.order", "change.now.order == new.order"),
            Edit("services/aggregation/documents.py", '"order": {"$lt": share.order}', '"order": {"$ne": share.order}'),
        ),
        ("O3",),
        # An old judgement comes once more, late.
        ((Fault("echo", "vrs.reports.judged", 0.0, "11"),), (Fault("echo", "vrs.reports.judged", 0.0, "12"),)),
        submissions=160,
    ),
    Mutant(
        "no unique index",
        (
            Edit("services/ingest/store.py", 'create_index("claim", unique=True, ', 'create_index("claim", '),
            Edit(
                "services/ingest/store.py",
                'create_index("submission_id", unique=True)',
                'create_index("submission_id")',
            ),
        ),
        ("O1", "O2"),
        # While nobody records, the gateway cannot know that a key was used: ingest alone decides.
        (_all("stop", INGEST, 9.0), _all("stop", INGEST, 9.0)),
        submissions=200,
        workers=2,
    ),
    Mutant(
        "w:1",
        (Edit("runtime/mongo.py", 'WriteConcern(w="majority", j=True)', "WriteConcern(w=1, j=False)"),),
        ("O7",),
        submissions=40,
    ),
    Mutant(
        "lease without fencing",
        (
            Edit(
                "services/notification/store.py",
                '{"$elemMatch": {"kind": old.kind, "fence": old.fence}}',
                '{"$elemMatch": {"kind": old.kind}}',
            ),
        ),
        ("O4",),
        # A worker falls asleep between its claim and the mail, for longer than the claim holds.
        (_all("failpoint", ("notification",), 30.0, "notification.claim.after:0.5:pause=12"),),
        workers=2,
    ),
    Mutant(
        "local time for deadlines",
        (Edit("contracts/records.py", "ZoneInfo(time_zone))", 'ZoneInfo("UTC"))'),),
        ("O4",),
        submissions=40,
    ),
    Mutant(
        "a dead letter that drops",
        (
            Edit(
                "runtime/consumer.py",
                "lambda: self._publisher.publish(DEADLETTERS, place, event)",
                "lambda: asyncio.sleep(0)",
            ),
        ),
        ("O6",),
    ),
    Mutant(
        "commit before publish",
        (
            Edit(
                "runtime/consumer.py",
                "        async with asyncio.TaskGroup() as group:\n",
                "        for partition, messages in batch.items():\n"
                "            share.done(partition, messages[-1].offset)\n"
                "        await share.commit()\n"
                "        async with asyncio.TaskGroup() as group:\n",
            ),
        ),
        ("O1 lost", "O2", "waited", "nothing has changed", "not well"),
        (_all("failpoint", INGEST, 6.0, "publish.before:0.3"),),
        workers=2,
    ),
    Mutant(
        "cells not cleared on a later revision",
        (
            Edit(
                "services/aggregation/rules.py",
                "            if place.dimension in now.tables or place.dimension not in now.dimensions:\n",
                "            if place.dimension in now.tables:\n",
            ),
        ),
        ("O3",),
    ),
)


def copy(folder: Path, edits: Sequence[Edit]) -> None:
    """The repository's code in a folder, with the edits. AssertionError where a text is no longer there."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".git")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    # Kafka's jars are the same.
    (folder / ".cache").symlink_to(ROOT / ".cache")
    for edit in edits:
        file = folder / edit.file
        text = file.read_text()
        assert edit.old in text, f"{edit.file} no longer holds {edit.old!r}: the mutant must be written anew"
        file.write_text(text.replace(edit.old, edit.new))


def found_by(mutant: Mutant | None, folder: Path, submissions: int, seed: int) -> list[str]:
    """The findings of a run on a copy with the mutant (None: none at all)."""
    copy(folder, mutant.edits if mutant else ())
    plan = folder / "plan.json"
    plan.write_text(json.dumps([[asdict(one) for one in together] for together in (mutant.plan if mutant else ())]))
    run = subprocess.run(
        [
            sys.executable, "-m", "tests.faults.run", "--seed", str(seed), "--plan", str(plan), "--first-only",
            "--submissions", str(submissions), "--folder", str(folder / "run"),
            "--workers", str(mutant.workers if mutant else 1),
        ],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    (folder / "output.txt").write_text(run.stdout + run.stderr)
    account = folder / "run" / "account.json"
    if not account.exists():
        return [f"the run did not come to its account: {(run.stdout + run.stderr)[-2000:]}"]
    found: list[str] = json.loads(account.read_text())["findings"]
    return found


def main() -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(description="Switch deliberate bugs on, one by one; each must be found.")
    parser.add_argument("names", nargs="*", help="beginnings of names; all without any")
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    wanted = [one for one in MUTANTS if not asked.names or any(one.name.startswith(name) for name in asked.names)]
    caught = 0
    for mutant in wanted:
        with tempfile.TemporaryDirectory(prefix="vrs-mutant-") as folder:
            findings = found_by(mutant, Path(folder), mutant.submissions, asked.seed)
        telling = [one for one in findings if one.startswith(mutant.tells)]
        caught += bool(telling)
        verdict = (
            f"caught: {len(findings)} findings, as {telling[0][:160]!r}" if telling else f"SURVIVED {findings[:3]}"
        )
        sys.stdout.write(f"{mutant.name:<38} {verdict}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{caught} of {len(wanted)} caught\n")
    return 0 if caught == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
