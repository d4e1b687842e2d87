"""The README agrees with the registry of topics, and every page's links lead somewhere."""

import re
from pathlib import Path

import pytest

from contracts.topics import TOPICS, agency_in, agency_out

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("README.md", *(str(page.relative_to(ROOT)) for page in sorted((ROOT / "docs" / "guides").glob("*.md"))))
SERVICES = ("gateway", "ingest", "validation", "aggregation", "notification")
NAMES = {agency_in("X").name: "vrs.in.*", agency_out("X").name: "vrs.out.*"}
REGISTRY = (*TOPICS, agency_in("X"), agency_out("X"))


def table() -> dict[str, list[set[str]]]:
    """The README's table: per service what it reads, writes and owns."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: [set(re.findall(r"`([^`]+)`", cell)) for cell in row[1:]] for row in rows if row[0] in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_the_readme_says_what_a_service_reads_and_writes(service: str) -> None:
    reads, writes, _ = table()[service]
    assert reads == {NAMES.get(one.name, one.name) for one in REGISTRY if service in one.readers}
    assert writes == {NAMES.get(one.name, one.name) for one in REGISTRY if service in one.writers}


def test_no_two_services_own_one_collection() -> None:
    owned = [name for row in table().values() for name in row[2]]
    assert len(owned) == len(set(owned))
    architecture = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert set(owned) == set(re.findall(r"^\| `(\w+)` \| \w+ \|", architecture, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_the_first_two_commands_come_first() -> None:
    commands = re.findall(r"^(make \w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert commands[:2] == ["make demo", "make test"]
