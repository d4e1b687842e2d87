"""What two governments published about detections, as half-yearly returns: the feed whose figures are not ours.

Source: the file that ``file`` names, and the README beside it. Its rows are summed by half-year; how the source writes
citizenships and age bands is brought to the template's members.
"""

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

from bench.feed import Sent
from contracts.geography import countries

Json = dict[str, Any]
FILE = "realdata/detections_hnd_mex_2021_2024.csv"
REPORTERS = {"HND": "HN", "MEX": "MX"}
COMMENT = "Figures as the State has published them."
_SPECIAL = {"": "unknown", "OOO": "other", "STL": "stateless", "XKX": "XK"}
_ALPHA2 = {one.alpha3: one.alpha2 for one in countries()} | _SPECIAL
_BANDS = {("male", True): "men", ("female", True): "women", ("male", False): "boys", ("female", False): "girls"}


def file() -> Path:
    """Beside the repository, or where VRS_SHARED says."""
    repository = Path(__file__).resolve().parents[1]
    return Path(os.environ.get("VRS_SHARED", repository.parent / "shared")) / FILE


class RealDetections:
    """Sixteen returns, each sent once and half of them once more."""

    name = "real-detections"

    def __init__(self) -> None:
        sums: dict[tuple[str, str], dict[str, Counter[str]]] = {}
        with file().open(newline="", encoding="utf-8") as opened:
            for line in csv.DictReader(opened):
                year, month = line["month"].split("-")
                cycle = f"{year}-H{1 if int(month) <= 6 else 2}"
                tables = sums.setdefault((REPORTERS[line["reporter"]], cycle), {})
                table = tables.setdefault(line["breakdown"], Counter())
                table[_member(line["breakdown"], line["member"])] += int(line["persons"])
        self._sums = sums
        self.order = tuple(Sent(*series, 1) for series in [*sorted(sums), *sorted(sums)[::2]])

    def report(self, sent: Sent) -> Json:
        answers = {
            f"illegal_entries.by_{breakdown}": {
                "rows": [{breakdown: member, "value": persons} for member, persons in sorted(table.items())],
                "comment": COMMENT,
            }
            for breakdown, table in self._sums[sent.participant, sent.cycle].items()
        }
        return {"template": "ort/1", "reporter": sent.participant, "cycle": sent.cycle, "answers": answers}


def _member(breakdown: str, written: str) -> str:
    if breakdown == "citizenship":
        return _ALPHA2[written]
    if "/" not in written:
        return written
    sex, age = written.split("/", 1)
    return _BANDS[sex, age.startswith("18")]
