"""Two governments' published detections, month by month, as half-yearly and as quarterly returns: to the person."""

import csv
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contracts.geography import Resolved, resolve
from contracts.period import Period
from tests.e2e.outside import Outside, wait

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
FILE = "realdata/detections_hnd_mex_2021_2024.csv"
YEARS = ("2021", "2022", "2023", "2024")
SPECIAL = {"": "unknown", "OOO": "other", "STL": "stateless"}
"""How the source writes what is no country."""
WHY = "Figures as the State has published them."


def shared_folder(repository: Path) -> Path:
    return Path(os.environ.get("VRS_SHARED", repository.parent / "shared"))


@dataclass(frozen=True)
class Line:
    """One line of the file. ``member``: as our template names it; ``code``: as the source writes it."""

    reporter: str
    month: str
    breakdown: str
    member: str
    code: str
    persons: int

    def within(self, cycle: str) -> bool:
        period = Period.parse(cycle)
        year, month = map(int, self.month.split("-"))
        return period.first_month <= year * 12 + month - 1 < period.end


def read(file: Path) -> list[Line]:
    with file.open(newline="", encoding="utf-8") as opened:
        return [
            Line(
                {"HND": "HN", "MEX": "MX"}[one["reporter"]],
                one["month"],
                one["breakdown"],
                citizenship(one["member"]) if one["breakdown"] == "citizenship" else gender_age(one["member"]),
                one["member"],
                int(one["persons"]),
            )
            for one in csv.DictReader(opened)
        ]


def citizenship(code: str) -> str:
    """The plain sum has to know a country's alpha-2 code; the report is sent with the code as the source writes it."""
    if code in SPECIAL:
        return SPECIAL[code]
    found = resolve(code)
    assert isinstance(found, Resolved), code
    return found.code


def gender_age(band: str) -> str:
    """Honduras's groups are the template's; Mexico's are sex and age band."""
    if "/" not in band:
        return band
    sex, age = band.split("/", 1)
    adult = age.startswith("18")
    return {("male", True): "men", ("female", True): "women", ("male", False): "boys", ("female", False): "girls"}[
        (sex, adult)
    ]


def report(lines: list[Line], reporter: str, cycle: str, comment: str | None) -> dict[str, Any]:
    """A State's return for a cycle, made of its months. Members are sent as the source writes them."""
    answers = {}
    for breakdown in ("citizenship", "gender_age"):
        sums: Counter[str] = Counter()
        for line in lines:
            if line.breakdown == breakdown and line.within(cycle):
                sent = line.member if breakdown == "gender_age" or line.code in SPECIAL else line.code
                sums[sent] += line.persons
        rows = [{breakdown: member, "value": value} for member, value in sorted(sums.items())]
        answers[f"illegal_entries.by_{breakdown}"] = {"rows": rows, **({"comment": comment} if comment else {})}
    return {"template": "ort/1", "reporter": reporter, "cycle": cycle, "answers": answers}


def plain_sum(lines: list[Line], reporter: str, year: str, breakdown: str) -> dict[str, int]:
    """What the file says of a year, added up line by line."""
    sums: Counter[str] = Counter()
    for line in lines:
        if (line.reporter, line.month[:4], line.breakdown) == (reporter, year, breakdown):
            sums[line.member] += line.persons
    return {member: persons for member, persons in sums.items() if persons}


def yearly(system: Outside, reporter: str, year: str, breakdown: str) -> dict[str, int]:
    rows = system.rows(breakdown, indicator="illegal_entries", period=year, reporter=reporter)
    return {row["member"]: row["value"] for row in rows if row["value"] and row["complete"]}


def becomes_the_plain_sum(system: Outside, lines: list[Line], code: str, name: str, year: str, breakdown: str) -> None:
    expected = plain_sum(lines, code, year, breakdown)
    wait(
        f"{name} {year} by {breakdown} to be what the file sums to",
        lambda: yearly(system, name, year, breakdown) == expected or None,
    )


@pytest.mark.parametrize(("parts", "suffix"), [(("H1", "H2"), ""), (("Q1", "Q2", "Q3", "Q4"), "Q")])
def test_years_made_of_their_parts_are_the_plain_sum_of_the_file(
    system: Outside, repository: Path, parts: tuple[str, ...], suffix: str
) -> None:
    """Quarterly returns come from participants of their own, so that nothing else stands for their years."""
    lines = read(shared_folder(repository) / FILE)
    reporters = {"HN": f"HN{suffix}", "MX": f"MX{suffix}"}
    submissions = []
    for code in reporters.values():
        system.participant(code)
    # The last cycle first: the order of arrival must not matter.
    for cycle in reversed([f"{year}-{part}" for year in YEARS for part in parts]):
        system.cycle(cycle)
        for code, name in reporters.items():
            own = [line for line in lines if line.reporter == code]
            submissions.append(system.send(report(own, name, cycle, WHY)))
    for submission in submissions:
        assert system.judged(submission, 60)["state"] == "accepted"
    for code, name in reporters.items():
        for year in YEARS:
            for breakdown in ("citizenship", "gender_age"):
                becomes_the_plain_sum(system, lines, code, name, year, breakdown)


def test_quarters_beside_halves_count_nobody_twice(system: Outside, repository: Path) -> None:
    lines = [one for one in read(shared_folder(repository) / FILE) if one.reporter == "HN"]
    for part in ("Q1", "Q2"):
        system.accepted(report(lines, "HN", f"2023-{part}", WHY))
    wait(
        "the quarter to be there",
        lambda: system.rows("citizenship", indicator="illegal_entries", period="2023-Q1", reporter="HN") or None,
    )
    assert yearly(system, "HN", "2023", "citizenship") == plain_sum(lines, "HN", "2023", "citizenship")


def test_mexicos_breakdowns_of_2024_disagree_and_that_is_said(system: Outside, repository: Path) -> None:
    lines = [one for one in read(shared_folder(repository) / FILE) if one.reporter == "MX"]
    found = system.judged(system.send(report(lines, "MX", "2024-H1", None)))
    assert found["state"] == "needs_explanation"
    said = [one["message"] for one in found["findings"] if one["code"] == "sum.breakdowns_disagree"]
    assert len(said) == 1
    assert "710,343" in said[0]
    assert "712,279" in said[0]
