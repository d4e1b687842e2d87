"""`make bench`: every measurement, a table for docs/performance.md, and the same as JSON in bench/results."""

import asyncio
import json
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.drain import ROOT
from bench.goals import GOALS, Result, contestants, table
from bench.machine import described
from bench.sections import SECTIONS, fresh
from bench.spread import Spread

RESULTS = ROOT / "bench" / "results" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


async def run(names: Sequence[str]) -> list[str]:
    """Measure these sections, or all; the result keeps what is not measured anew. Gives the sections that failed."""
    held = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"sections": {}}
    async with fresh() as rig:
        about = described(rig)
    failed = []
    for name in names or SECTIONS:
        began = time.perf_counter()
        print(f"{name} …", flush=True)
        try:
            results = await SECTIONS[name]()
        except Exception:  # noqa: BLE001 - one measurement that fails is told, and takes no other with it
            traceback.print_exc()
            failed.append(name)
            continue
        seconds = round(time.perf_counter() - began)
        for one in results:
            print(one.row(), one.detail, flush=True)
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
    return failed


def read(held: dict[str, Any]) -> list[Result]:
    """The results of all sections, in the order of the goals."""
    rows = [
        Result(one["goal"], Spread(**one["value"]), one["detail"])
        for section in held["sections"].values()
        for one in section["results"]
        if one["goal"] in GOALS  # else of an earlier release
    ]
    return sorted(rows, key=lambda one: list(GOALS).index(one.goal))


def write_page(held: dict[str, Any], page: Path = PAGE) -> None:
    """Put the table between the marks of the page."""
    about = [section["about"] for section in held["sections"].values()][-1]
    versions = ", ".join(f"{name} {value}" for name, value in about["versions"].items())
    machine = f"{about['machine']['cpu']}, {about['machine']['cores']} cores, {about['machine']['memory']}"
    settings = "; ".join(f"{name} {value}" for name, value in about["settings"].items())
    told = f"Machine: {machine}. Versions: {versions}. Settings: {settings}."
    replace_between(page, f"{table(read(held))}\n\n{contestants(read(held))}\n\n{told}")


def replace_between(page: Path, text: str) -> None:
    """Put a text between the marks of a page."""
    before, rest = page.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def main(names: Sequence[str]) -> None:
    failed = asyncio.run(run(names))
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")
