"""The images install what everybody tested: their locks are parts of the one lock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCKS = sorted((ROOT / "deploy" / "docker" / "locks").glob("*.txt"))


def pins(lock: Path) -> set[str]:
    return set(re.findall(r"^([A-Za-z0-9_.-]+==[^ ]+)", lock.read_text(), re.MULTILINE))


def test_every_service_has_a_lock() -> None:
    assert [lock.stem for lock in LOCKS] == ["aggregation", "cli", "gateway", "ingest", "notification", "validation"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_an_image_installs_the_versions_of_the_one_lock(lock: Path) -> None:
    assert pins(lock) <= pins(ROOT / "requirements.lock")


@pytest.mark.parametrize("lock", [ROOT / "requirements.lock", *LOCKS], ids=lambda lock: lock.stem)
def test_no_lock_names_a_registry(lock: Path) -> None:
    assert "://" not in lock.read_text()
