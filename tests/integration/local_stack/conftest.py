"""A stack of one test's own, and the commands of the Makefile against a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.ports import Ports
from deploy.local.settings import ROOT
from deploy.local.stack import Stack
from tests.conftest import watched

Command = Callable[..., "subprocess.CompletedProcess[str]"]
COMMAND_SECONDS = 240
"""More than the 90 s after which a start says what it waited for, so that a test shows its words."""
PATIENCE = 60.0
"""Seconds for what takes one or two on an idle machine."""
NO_SERVICES = {
    f"VRS_{name}_WORKERS": "0" for name in ("GATEWAY", "INGEST", "VALIDATION", "AGGREGATION", "NOTIFICATION")
}


@pytest.fixture
def own_stack(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Kafka, mongod and the mail sink of this test alone: it may stop and kill them."""
    workers = dict.fromkeys(("gateway", "ingest", "validation", "aggregation", "notification"), 0)
    stack = Stack(tmp_path / "var", Ports.free(), workers=workers)
    with watched(stack, request.config):
        yield stack


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    """Runs `python -m deploy.local NAME` as make does, for the backbone alone, in `tmp_path/VAR`."""
    used: set[str] = set()

    def run(name: str, var: str = "var", **variables: str) -> subprocess.CompletedProcess[str]:
        used.add(var)
        return subprocess.run(
            [sys.executable, "-m", "deploy.local", name],
            cwd=ROOT,
            env=os.environ | NO_SERVICES | {"VRS_VAR": str(tmp_path / var)} | variables,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    yield run
    for var in used:
        run("down", var)
