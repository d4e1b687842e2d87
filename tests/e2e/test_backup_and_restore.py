"""A backup, a loss, a restore: what came after the backup comes back from the topics."""

import shutil
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.e2e.outside import Outside, returned

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
SERVICES = ("gateway", "ingest", "validation", "aggregation", "notification")
QUERY = {"indicator": "illegal_entries", "member": "VN"}


def test_what_came_after_the_backup_comes_back_from_the_topics(system: Outside, tmp_path: Path) -> None:
    system.cycle("2004-H1", "AU")
    system.cycle("2004-H2", "AU")
    system.accepted(returned("AU", "2004-H1", entries={"VN": 1}))
    system.until_figure(1, "citizenship", **QUERY, period="2004-H1")
    system.vrs("backup", str(tmp_path / "backup"))
    system.accepted(returned("AU", "2004-H1", entries={"VN": 2}))
    late = system.accepted(returned("AU", "2004-H2", entries={"VN": 3}))
    system.until_figure(3, "citizenship", **QUERY, period="2004-H2")

    refused = system.stack.command_line("restore", str(tmp_path / "backup"), "--force")
    assert refused.returncode == 1
    assert "services are running" in refused.stderr

    for service in SERVICES:
        system.stack.stop(service)
    client: MongoClient[dict[str, object]] = MongoClient(system.told.mongo_url)
    client.drop_database("vrs")
    client.close()
    assert "restored" in system.vrs("restore", str(tmp_path / "backup"))
    for service in SERVICES:
        system.stack.launch(service)
    system.stack.wait_ready(SERVICES)

    system.until_figure(2, "citizenship", **QUERY, period="2004-H1")
    system.until_figure(3, "citizenship", **QUERY, period="2004-H2")
    system.becomes(late, "accepted")
    revisions = system.as_("centre").get("/reports/AU/2004-H1/revisions")["items"]
    assert [one["revision"] for one in revisions] == [1, 2]
    system.figures_agree()


def test_a_damaged_backup_restores_nothing(system: Outside, tmp_path: Path) -> None:
    system.vrs("backup", str(tmp_path / "backup"))
    shutil.copytree(tmp_path / "backup", tmp_path / "damaged")
    file = next((tmp_path / "damaged").glob("reports*.gz"))
    file.write_bytes(file.read_bytes()[:-20])
    for folder, why in ((tmp_path / "damaged", "not what was written"), (tmp_path / "nothing", "no finished backup")):
        done = system.stack.command_line("restore", str(folder), "--force")
        assert done.returncode == 1
        assert why in done.stderr
    assert system.stack.command_line("backup", str(tmp_path / "backup")).returncode == 1
