"""One State's return, drawn at random: a plausible mix of tables, rows that follow skewed countries, one size.

Every value is synthetic. Totals and complete divisions fit their parts, so that validation accepts what is drawn.
"""

import math
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple, TypeVar

from contracts.geography import countries

Json = dict[str, Any]
T = TypeVar("T")
COUNTRIES = tuple(one.alpha2 for one in countries())
LARGEST = 2_700
"""Figures of a return in which every table is as long as ``TABLES`` says, about."""
MODES = ("land", "sea", "air")


class Shape(NamedTuple):
    """A breakdown: its dimensions, and how many rows the largest return has."""

    dimensions: tuple[str, ...]
    rows: int


TABLES: dict[str, Shape] = {
    "illegal_entries.by_citizenship": Shape(("citizenship",), 220),
    "illegal_entries.by_last_exit": Shape(("last_exit",), 140),
    "illegal_entries.by_entry_point": Shape(("entry_point",), 20),
    "illegal_entries.by_mode_and_last_exit": Shape(("mode", "last_exit"), 180),
    "refused_entries.by_citizenship": Shape(("citizenship",), 190),
    "illegal_residences.by_citizenship": Shape(("citizenship",), 190),
    "illegal_exits.by_citizenship": Shape(("citizenship",), 150),
    "illegal_exits.by_exit_point": Shape(("exit_point",), 12),
    "illegal_exits.by_mode_and_next_destination": Shape(("mode", "next_destination"), 140),
    "smuggled_migrants.by_citizenship": Shape(("citizenship",), 170),
    "smuggled_migrants.by_mode_and_last_exit": Shape(("mode", "last_exit"), 140),
    "smuggled_migrants.by_entry_or_exit_point": Shape(("entry_or_exit_point",), 20),
    "fraudulent_documents.by_issuing_country": Shape(("issuing_country",), 120),
    "fraudulent_documents.by_entry_or_exit_point": Shape(("entry_or_exit_point",), 20),
    "users_of_fraudulent_documents.by_citizenship": Shape(("citizenship",), 140),
    "citizenship_relationship.by_transit_country": Shape(
        ("transit_country", "citizenship", "smuggler_citizenship"), 90
    ),
    "migrant_smugglers.by_citizenship": Shape(("citizenship",), 110),
    "convicted_smugglers.by_citizenship": Shape(("citizenship",), 80),
}
DIVISIONS = {
    "illegal_entries.by_gender_age": ("gender_age", ("women", "men", "girls", "boys", "unknown")),
    "migrant_smugglers.by_gender": ("gender", ("female", "male", "unknown")),
}
ROUTES, FEES = 30, 20
KNOWN_ROUTES, KNOWN_JOURNEYS, KNOWN_LINKS = 300, 200, 400
"""Routes, journeys and links of citizenships that States name: the same ones again and again, some far more often."""
CROSSINGS = 25
"""Places on a State's own list."""
METHODS = ("clandestine_crossing", "fraudulent_documents", "visa_misuse", "small_boat", "escorted_by_guide")
PAYMENTS = ("cash_upfront", "instalments", "on_arrival", "bank_transfer", "debt_or_work")
_WITHOUT_TOTAL = {"citizenship_relationship"}
_COUNTRIES = Random(0).sample(COUNTRIES, len(COUNTRIES))
"""The often named ones first."""
COMMENT = "Synthetic figures of a measurement."


def drawn(draw: Random, reporter: str, cycle: str, figures: int) -> Json:
    """A return of about so many figures (300 to 3,000)."""
    share = figures / LARGEST
    answers: Json = {
        name: {"rows": [{**members, "value": _persons(draw)} for members in _members(draw, shape, share)]}
        for name, shape in TABLES.items()
    }
    answers["routes.by_countries"] = {"routes": _routes(draw, math.ceil(ROUTES * share))}
    answers["methods_and_fees.by_from_to"] = {"fees": _fees(draw, math.ceil(FEES * share))}
    answers["interaction.description"] = {"text": COMMENT}
    _add_up(draw, answers)
    return {"template": "ort/1", "reporter": reporter, "cycle": cycle, "answers": answers}


def revised(draw: Random, report: Json) -> Json:
    """The next revision: one figure in ten is another, one row in fifty is gone."""
    answers: Json = {}
    for name, answer in report["answers"].items():
        if name in TABLES:
            kept = [row for row in answer["rows"] if draw.random() > 0.02] or answer["rows"]
            rows = [{**row, "value": _persons(draw)} if draw.random() < 0.1 else row for row in kept]
            answers[name] = {"rows": rows}
        else:
            answers[name] = answer
    _add_up(draw, answers)
    return {**report, "answers": answers}


def _members(draw: Random, shape: Shape, share: float) -> list[Json]:
    count = math.ceil(shape.rows * share)
    match shape.dimensions:
        case (("entry_point" | "exit_point" | "entry_or_exit_point") as place,):
            return [{place: f"Crossing {number}"} for number in sorted(draw.sample(range(CROSSINGS), count))]
        case (dimension,):
            return [{dimension: code} for code in _countries(draw, count)]
        case ("mode", dimension):
            each = _countries(draw, math.ceil(count / len(MODES)))
            return [{"mode": mode, dimension: code} for mode in MODES for code in each][:count]
        case _:
            links = _some(draw, _links(), count)
            return [dict(zip(shape.dimensions, one, strict=True)) for one in links]


def _countries(draw: Random, count: int) -> list[str]:
    return _some(draw, _COUNTRIES, count)


def _some(draw: Random, ranked: Sequence[T], count: int) -> list[T]:
    """So many, each once, the first of the list far more often than the last (Efraimidis and Spirakis; Zipf)."""
    keyed = sorted((draw.expovariate(1 / (rank + 6)), rank) for rank in range(len(ranked)))
    return [ranked[rank] for _, rank in keyed[:count]]


@cache
def _ways() -> list[tuple[str, ...]]:
    draw = Random(1)
    return [tuple(_countries(draw, draw.randint(2, 7))) for _ in range(KNOWN_ROUTES)]


@cache
def _journeys() -> list[tuple[str, ...]]:
    draw = Random(2)
    # Not a set: its order is another one in every process.
    return sorted(dict.fromkeys(tuple(_countries(draw, 2)) for _ in range(KNOWN_JOURNEYS)), key=lambda _: draw.random())


@cache
def _links() -> list[tuple[str, ...]]:
    draw = Random(3)
    links = dict.fromkeys(tuple(draw.choices(_COUNTRIES[:60], k=3)) for _ in range(KNOWN_LINKS))
    return sorted(links, key=lambda _: draw.random())


def _persons(draw: Random) -> int:
    """Mostly a handful, sometimes thousands, now and then a true zero."""
    return 0 if draw.random() < 0.02 else min(50_000, int(draw.paretovariate(0.7)))


def _routes(draw: Random, count: int) -> list[Json]:
    return [
        {
            "citizenship": way[0],
            "legs": [{"country": one, "type": "transit" if place else "origin"} for place, one in enumerate(way)],
            "persons": _persons(draw),
        }
        for way in dict.fromkeys(_some(draw, _ways(), count))
    ]


def _fees(draw: Random, count: int) -> list[Json]:
    return [
        {
            "from": start,
            "to": end,
            "methods": [draw.choice(METHODS)],
            "payment": [draw.choice(PAYMENTS)],
            "currency": "USD",
            "fee_min": (lowest := draw.randint(3, 40) * 100),
            "fee_typical": 2 * lowest,
            "fee_max": 3 * lowest,
        }
        for start, end in _some(draw, _journeys(), count)
    ]


def _add_up(draw: Random, answers: Json) -> None:
    """Totals that no breakdown exceeds, and complete divisions that sum to them."""
    sums: dict[str, int] = {}
    for name in TABLES:
        group = name.partition(".")[0]
        if group not in _WITHOUT_TOTAL:
            sums[group] = max(sums.get(group, 0), sum(row["value"] for row in answers[name]["rows"]))
    for group, most in sums.items():
        answers[f"{group}.total"] = {"value": most + draw.randint(0, 9), "comment": COMMENT}
    for name, (dimension, parts) in DIVISIONS.items():
        total = answers[f"{name.partition('.')[0]}.total"]["value"]
        answers[name] = {"rows": _divided(dimension, parts, total)}


def _divided(dimension: str, parts: Sequence[str], total: int) -> list[Json]:
    each, rest = divmod(total, len(parts))
    return [{dimension: part, "value": each + (rest if part == parts[-1] else 0)} for part in parts]
