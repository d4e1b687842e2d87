"""A machine that lacks something is told what, and which command brings it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from deploy.local.settings import ROOT
from deploy.local.system_packages import Need, advice, missing, needs


def run(path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local.system_packages", "--check"],
        cwd=ROOT,
        env={"PATH": path, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_complete_machine_is_found_complete_quickly() -> None:
    begun = time.monotonic()
    assert run(os.environ["PATH"]).returncode == 0
    assert time.monotonic() - begun < 20  # under a second on an idle machine


def test_a_missing_tool_is_named_with_its_command(tmp_path: Path) -> None:
    (tmp_path / "apt-get").symlink_to("/bin/true")
    (tmp_path / "apt-cache").symlink_to("/bin/true")
    found = run(str(tmp_path))
    assert found.returncode == 1
    assert "missing: Maven (mvn) (brings Apache Kafka's jars) — sudo apt-get install maven" in found.stderr


def test_elsewhere_the_advice_is_another(tmp_path: Path) -> None:
    found = run(str(tmp_path))
    assert found.returncode == 1
    assert "missing: Maven (mvn)" in found.stderr
    assert "brew install maven" in found.stderr
    assert "apt-get" not in found.stderr


def test_every_missing_thing_is_named_at_once() -> None:
    lacking = [need._replace(present=lambda: False) for need in needs()]
    lines = advice(missing(lacking), debian=False)
    assert len(lines) == len(lacking) >= 4
    assert all(line.startswith("missing: ") for line in lines)


def test_what_is_there_is_not_missing() -> None:
    there = Need("a thing", "for a test", lambda: True, ("thing",), "get it")
    assert missing([there]) == []
