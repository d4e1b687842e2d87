"""Findings as somebody reads them, and files as they are read."""

from pathlib import Path

import pytest

from cli.findings import number_of, place_of, rows
from cli.report_file import read
from cli.settings import Refused
from contracts.findings import Finding
from contracts.wire import MAX_REPORT_BYTES

FINDINGS = [
    Finding(code="total.missing", severity="warning", question="illegal_entries.by_citizenship", message="No total."),
    Finding(
        code="country.unknown",
        severity="blocker",
        pointer="/answers/refused_entries.by_citizenship/rows/0/citizenship",
        question="refused_entries.by_citizenship",
        message="No such country.",
        suggestion="Cambodia (KH)",
    ),
    Finding(code="cycle.unknown", severity="blocker", pointer="/cycle", message="No such cycle."),
]


def test_the_gravest_come_first_with_the_number_on_the_screen() -> None:
    assert [(row[0], row[1], row[2], row[3]) for row in rows(FINDINGS)] == [
        ("blocker", "", "/cycle", "cycle.unknown"),
        ("blocker", "1.2.2 refused_entries.by_citizenship", "/rows/0/citizenship", "country.unknown"),
        ("warning", "1.1.2 illegal_entries.by_citizenship", "-", "total.missing"),
    ]
    assert number_of("no.such.question") == number_of(None) == ""
    assert place_of(FINDINGS[0]) == "-"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is a JSON object"),
        (b"[" * 10_000, "is not JSON"),
        (b'{"a": "' + b"x" * MAX_REPORT_BYTES + b'"}', "more than"),
    ],
)
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(content)
    with pytest.raises(Refused, match=why):
        read(file)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No such file"):
        read(tmp_path / "report.json")
