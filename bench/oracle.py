"""What the figures must be: added up from the returns themselves, without a line of the product's code.

Source of the rules: docs/architecture.md and the template. A breakdown gives a figure per row, and one per member of
each of its dimensions that the return does not answer alone; a route gives itself and its corridors; a fee its
corridor. A place belongs to its State: ``TH:Padang Besar``. Of a series the highest revision counts.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Json = dict[str, Any]
Figures = dict[tuple[str, str, str], int]
"""(indicator, dimension, member) to value: what one return says."""
By = Mapping[str, Mapping[str, int]]
"""Indicator to member to value: what one aggregate, of one State, holds."""
DIMENSIONS = {
    "by_mode_and_last_exit": ("mode", "last_exit"),
    "by_mode_and_next_destination": ("mode", "next_destination"),
    "by_transit_country": ("transit_country", "citizenship", "smuggler_citizenship"),
}


@dataclass
class Expected:
    """The figures that must be there at the end."""

    digests: dict[str, str] = field(default_factory=dict)
    """Aggregate id to a digest of its figures; no entry where there is none."""
    totals: dict[str, int] = field(default_factory=dict)
    """``period|dimension|member|indicator`` to the sum over participants."""
    figures: int = 0
    """How many figures stand in the end."""


def expected(final: Iterable[tuple[str, str, Json]]) -> Expected:
    """From the returns in force: (participant, cycle, report)."""
    found = Expected()
    for participant, cycle, report in final:
        held: dict[str, dict[str, dict[str, int]]] = {}
        for (indicator, dimension, member), value in figures_of(report).items():
            held.setdefault(dimension, {}).setdefault(indicator, {})[member] = value
            cell = f"{cycle}|{dimension}|{member}|{indicator}"
            found.totals[cell] = found.totals.get(cell, 0) + value
            found.figures += 1
        found.digests.update({f"{cycle}|{dimension}|{participant}": digest(by) for dimension, by in held.items()})
    return found


def digest(by: By) -> str:
    """A short name of what an aggregate holds; the empty text where that is nothing."""
    said = {indicator: dict(cells) for indicator, cells in by.items() if cells}
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
