"""The figures of a report, counted once more by other means: plain dictionaries, and no code of the system's.

Where a figure belongs is said in docs/architecture.md ("Where a figure lives"); this is a second reading of that page.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from statistics import median_low
from typing import Any

Body = Mapping[str, Any]
Cell = tuple[str, str, str]
"""Indicator, dimension, member."""

DIMENSIONS = {
    "illegal_entries.by_citizenship": ["citizenship"],
    "illegal_entries.by_last_exit": ["last_exit"],
    "illegal_entries.by_entry_point": ["entry_point"],
    "illegal_entries.by_gender_age": ["gender_age"],
    "illegal_entries.by_mode_and_last_exit": ["mode", "last_exit"],
    "refused_entries.by_citizenship": ["citizenship"],
    "illegal_exits.by_citizenship": ["citizenship"],
    "smuggled_migrants.by_citizenship": ["citizenship"],
}
FEES: dict[str, Callable[[list[int]], int]] = {"fee_min": min, "fee_typical": median_low, "fee_max": max}


def body_hash(body: Any) -> str:
    """SHA-256 of a body's JSON with sorted keys and no white space."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def figures(body: Body) -> dict[Cell, int]:
    """Every cell that a report fills."""
    found: dict[Cell, int] = {}
    for question, answer in body["answers"].items():
        indicator = question.partition(".")[0]
        if question.endswith(".total") and "value" in answer:
            found[indicator, "total", "total"] = answer["value"]
        elif question in DIMENSIONS and "rows" in answer:
            _rows(found, body, question, answer["rows"])
        elif "routes" in answer:
            _routes(found, answer["routes"])
        elif "fees" in answer:
            _fees(found, answer["fees"])
        elif "choices" in answer:
            found.update({("other_crime_areas", "crime_area", one): 1 for one in answer["choices"]})
    return found


def _rows(found: dict[Cell, int], body: Body, question: str, rows: Iterable[Mapping[str, Any]]) -> None:
    indicator, dimensions = question.partition(".")[0], DIMENSIONS[question]
    for row in rows:
        members = [f"{body['reporter']}:{row[one]}" if one == "entry_point" else row[one] for one in dimensions]
        found[indicator, "_and_".join(dimensions), "|".join(members)] = row["value"]
        if len(dimensions) == 1:
            continue
        for dimension, member in zip(dimensions, members, strict=True):
            alone = f"{indicator}.by_{dimension}"
            if alone not in body["answers"]:
                key = (indicator, dimension, member)
                found[key] = found.get(key, 0) + row["value"]


def _routes(found: dict[Cell, int], routes: Iterable[Mapping[str, Any]]) -> None:
    persons: dict[tuple[str, str], int] = defaultdict(int)
    for route in routes:
        countries = [leg["country"] for leg in route["legs"]]
        legs = {f"{one}>{other}" for one, other in pairwise(countries)}
        for place in [("route", ">".join(countries)), *(("corridor", leg) for leg in legs)]:
            found["routes_listed", *place] = 1
            if "persons" in route:
                persons[place] += route["persons"]
    found.update({("routes", *place): count for place, count in persons.items()})


def _fees(found: dict[Cell, int], rows: Iterable[Mapping[str, Any]]) -> None:
    amounts: dict[Cell, list[int]] = defaultdict(list)
    for row in rows:
        for method in row["methods"]:
            found["methods_and_fees", "smuggling_method", method] = 1
        for way in row["payment"]:
            found["methods_and_fees", "payment_method", way] = 1
        for name in FEES:
            # Fees of a run are in dollars: one for one.
            amounts[f"{name}_usd", "corridor", f"{row['from']}>{row['to']}"].append(row[name])
    for key, given in amounts.items():
        found[key] = FEES[key[0].removesuffix("_usd")](given)


def on_top(base: Body | None, partial: Body) -> Body:
    """A partial report on what it replaces."""
    if base is None or partial.get("scope") != "partial":
        return partial
    return {**base, "answers": {**base["answers"], **partial["answers"]}}


def side_by_side(parts: Mapping[str, Body]) -> Body:
    """The parts of a State's agencies as one return: what one answers is taken whole, rows of several are put together
    (the agencies of a run never give the same row)."""
    answers: dict[str, Any] = {}
    for _, part in sorted(parts.items()):
        for question, answer in part["answers"].items():
            if question in answers and "rows" in answer:
                answers[question] = {"rows": [*answers[question]["rows"], *answer["rows"]]}
            else:
                answers[question] = dict(answer)
    first = next(iter(parts.values()))
    return {"reporter": first["reporter"], "cycle": first["cycle"], "answers": answers}
