"""The short fault run of `make test`; `make faults` does the long one, and `python -m tests.faults.run` any other."""

import os
from pathlib import Path

import pytest

from tests.faults.run import Run

SEED = int(os.environ.get("VRS_FAULTS_SEED", "20130701"))
FAULTS, SUBMISSIONS = int(os.environ.get("VRS_FAULTS", "25")), int(os.environ.get("VRS_FAULTS_SUBMISSIONS", "1000"))


@pytest.mark.slow
@pytest.mark.timeout(1_200)
async def test_faults_under_load_lose_nothing_double_nothing_and_show_nothing_wrong(tmp_path: Path) -> None:
    lines: list[str] = []
    run = Run(SEED, FAULTS, SUBMISSIONS, tmp_path, lines.append)
    account = await run.whole()
    told = "\n".join(lines[-200:])
    assert not account.findings, f"seed {SEED}: {len(account.findings)} findings\n{told}\n{account.table()}"
    unused = [name for name, carried in account.carried.items() if not carried]
    assert not unused, f"nothing went by the proxies {unused}: faults of these links hurt nobody"
