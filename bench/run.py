"""`make bench`: every measurement, a table for docs/performance.md, and the same as JSON in bench/results."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.drain import ROOT
from bench.goals import GOALS, Result, table
from bench.machine import described
from bench.sections import SECTIONS, fresh
from bench.spread import Spread

RESULTS = ROOT / "bench" / "results" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


async def run(names: Sequence[str]) -> None:
    """Measure these sections, or all; what others have found stays in the result until it is measured anew."""
    held = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"sections": {}}
    async with fresh() as rig:
        about = described(rig)
    for name in names or SECTIONS:
        began = time.perf_counter()
        print(f"{name} …", flush=True)
        results = await SECTIONS[name]()
        seconds = round(time.perf_counter() - began)
        for one in results:
            print(one.row(), {key: value for key, value in one.detail.items() if value is not None}, flush=True)
        print(f"{name}: {seconds} s", flush=True)
        held["sections"][name] = {
            "measured_at": f"{datetime.now(UTC):%Y-%m-%d}",
            "seconds": seconds,
            "about": about,
            "results": [{**asdict(one), "value": one.value._asdict()} for one in results],
        }
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", "utf-8")
        write_page(held)


def read(held: dict[str, Any]) -> list[Result]:
    """The results of all sections, in the order of the goals."""
    rows = [
        Result(one["goal"], Spread(**one["value"]), one["detail"])
        for section in held["sections"].values()
        for one in section["results"]
    ]
    return sorted(rows, key=lambda one: list(GOALS).index(one.goal))


def write_page(held: dict[str, Any], page: Path = PAGE) -> None:
    """Put the table between the marks of the page."""
    about = [section["about"] for section in held["sections"].values()][-1]
    versions = ", ".join(f"{name} {value}" for name, value in about["versions"].items())
    machine = f"{about['machine']['cpu']}, {about['machine']['cores']} cores, {about['machine']['memory']}"
    settings = "; ".join(f"{name} {value}" for name, value in about["settings"].items())
    told = f"Machine: {machine}. Versions: {versions}. Settings: {settings}."
    text = page.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{table(read(held))}\n\n{told}\n{END}{after}", "utf-8")


def main(names: Sequence[str]) -> None:
    asyncio.run(run(names))
