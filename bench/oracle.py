"""What the figures must be: added up from the returns themselves, without a line of the product's code.

Source of the rules: docs/architecture.md and the template. A breakdown gives a figure per row, and one per member of
each of its dimensions that the return does not answer alone; a route gives itself and its corridors; a fee its
corridor. A place belongs to its State: ``TH:Padang Besar``. Of a series the highest revision counts.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Json = dict[str, Any]
Figures = dict[tuple[str, str, str], int]
"""(indicator, dimension, member) to value: what one return says."""
By = Mapping[str, Mapping[str, int]]
"""Participant to indicator to value: what one aggregate holds."""
DIMENSIONS = {
    "by_mode_and_last_exit": ("mode", "last_exit"),
    "by_mode_and_next_destination": ("mode", "next_destination"),
    "by_transit_country": ("transit_country", "citizenship", "smuggler_citizenship"),
}


@dataclass
class Expected:
    """The figures that must be there at the end."""

    digests: dict[str, str] = field(default_factory=dict)
    """Aggregate id to a digest of its States' figures; no entry where there is no figure."""
    totals: dict[str, int] = field(default_factory=dict)
    """``period|dimension|member|indicator`` to the sum over participants."""
    figures: int = 0
    """How many figures stand in the end."""


def expected(final: Iterable[tuple[str, str, Json]]) -> Expected:
    """From the returns in force, (participant, cycle, report), sorted by cycle: each cycle is done before the next."""
    found = Expected()
    now, held = "", defaultdict[str, dict[str, dict[str, int]]](dict)
    for participant, cycle, report in final:
        if cycle != now:
            _settle(found, held)
            now, held = cycle, defaultdict(dict)
        for (indicator, dimension, member), value in figures_of(report).items():
            held[f"{cycle}|{dimension}|{member}"].setdefault(participant, {})[indicator] = value
            found.figures += 1
    _settle(found, held)
    return found


def _settle(found: Expected, held: Mapping[str, By]) -> None:
    for place, by in held.items():
        found.digests[place] = digest(by)
        for cells in by.values():
            for indicator, value in cells.items():
                cell = f"{place}|{indicator}"
                found.totals[cell] = found.totals.get(cell, 0) + value


def digest(by: By) -> str:
    """A short name of what an aggregate holds; the empty text where that is nothing."""
    said = {participant: dict(cells) for participant, cells in by.items() if cells}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16] if said else ""


def figures_of(report: Json) -> Figures:
    """Every figure of a return."""
    figures: Figures = {}
    for name, answer in report["answers"].items():
        indicator, _, question = name.partition(".")
        for (what, dimension, member), value in _of_answer(report["answers"], indicator, question, answer):
            place = f"{report['reporter']}:{member}" if dimension.endswith("_point") else member
            _put(figures, (what, dimension, place), value)
    return figures


def _put(figures: Figures, key: tuple[str, str, str], value: int) -> None:
    indicator = key[0]
    if key not in figures or indicator in ("routes_listed", "methods_and_fees", "other_crime_areas"):
        figures[key] = value
    elif indicator.startswith("fee_"):
        raise ValueError("this oracle takes one fee for a corridor")
    else:
        figures[key] += value


def _of_answer(
    answers: Json, indicator: str, question: str, answer: Json
) -> Iterator[tuple[tuple[str, str, str], int]]:
    if question == "total" and "value" in answer:
        yield (indicator, "total", "total"), answer["value"]
    for row in answer.get("rows", ()):
        dimensions = DIMENSIONS.get(question, (question.removeprefix("by_"),))
        yield (indicator, "_and_".join(dimensions), "|".join(row[one] for one in dimensions)), row["value"]
        if len(dimensions) > 1:
            for one in dimensions:
                if f"by_{one}" in DIMENSIONS or f"{indicator}.by_{one}" not in answers:
                    yield (indicator, one, row[one]), row["value"]
    for route in answer.get("routes", ()):
        way = [leg["country"] for leg in route["legs"]]
        corridors = {f"{start}>{end}" for start, end in pairwise(way)}
        for dimension, member in [("route", ">".join(way)), *(("corridor", one) for one in corridors)]:
            yield ("routes_listed", dimension, member), 1
            yield (indicator, dimension, member), route["persons"]
    for fee in answer.get("fees", ()):
        for which in ("fee_min", "fee_typical", "fee_max"):
            yield (f"{which}_usd", "corridor", f"{fee['from']}>{fee['to']}"), fee[which]
        yield from (((indicator, "smuggling_method", one), 1) for one in fee["methods"])
        yield from (((indicator, "payment_method", one), 1) for one in fee["payment"])
