"""Aggregates and contributions as aggregation keeps them: 200 participants, 20 half-years, every table of the template.

Synthetic, the same on every machine. Each State names the twelve most frequent members of a table out of all countries,
the large ones oftener; of its half-years some are given as a year, some as quarters, some are missing.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from contracts import geography
from contracts import template as templates
from contracts.directory import Directory
from contracts.identity import aggregate_id
from contracts.records import Cycle, Participant
from contracts.template import Template
from runtime.mongo import Database, Document
from services.gateway.portal.search import catalogue

STATES, YEARS, LISTED = 200, range(2004, 2014), 12


@dataclass
class World:
    """What two collections hold, and who takes part."""

    directory: Directory = field(default_factory=Directory)
    contributions: list[Document] = field(default_factory=list)
    aggregates: list[Document] = field(default_factory=list)
    figures: int = 0

    async def put_into(self, database: Database) -> None:
        """Both collections anew, with the indexes that aggregation makes."""
        await database.contributions.drop()
        await database.aggregates.drop()
        await database.contributions.create_index([("cycle", 1), ("participant", 1)])
        await database.aggregates.create_index([("dimension", 1), ("period", 1)])
        for collection, held in ((database.contributions, self.contributions), (database.aggregates, self.aggregates)):
            for start in range(0, len(held), 1_000):
                await collection.insert_many(held[start : start + 1_000], ordered=False)


def made(states: int = STATES, seed: int = 1) -> World:
    """The world of a benchmark."""
    one, template, drawn = World(), templates.load(), random.Random(seed)
    codes = [country.alpha2 for country in geography.countries()][:states]
    members = {dimension: _members(template, dimension, codes) for dimension in catalogue.dimensions_of_tables()}
    for code in codes:
        one.directory.put(Participant(code=code, name=code))
    for year in YEARS:
        for name in (f"{year}", f"{year}-H1", f"{year}-H2", *(f"{year}-Q{n}" for n in range(1, 5))):
            days = {"opens": date(year + 1, 1, 1), "due": date(year + 1, 3, 1), "closes": date(year + 1, 9, 1)}
            one.directory.put(Cycle(id=name, **days, expected=codes if "Q" not in name else []))
        for code in codes:
            for cycle in _cycles(drawn, year):
                _return(one, drawn, members, code, cycle)
    return one


def _cycles(drawn: random.Random, year: int) -> Iterator[str]:
    """Two half-years for nine in ten; else a year, quarters, or a half alone."""
    match drawn.choices(("halves", "year", "quarters", "one"), (90, 4, 3, 3))[0]:
        case "halves":
            yield from (f"{year}-H1", f"{year}-H2")
        case "year":
            yield f"{year}"
        case "quarters":
            yield from (f"{year}-Q{n}" for n in range(1, 5))
        case _:
            yield f"{year}-H1"


def _return(one: World, drawn: random.Random, members: dict[str, list[str]], code: str, cycle: str) -> None:
    cells: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    answered = []
    for indicator, dimensions in catalogue.tables().items():
        for dimension in dimensions:
            answered.append(f"{indicator}|{dimension}")
            known = members[dimension]
            weights = range(len(known), 0, -1)
            for member in set(drawn.choices(known, weights, k=LISTED)):
                own = f"{code}:{member}" if dimension.endswith("_point") else member
                cells[dimension].setdefault(indicator, {})[own] = drawn.randrange(1, 5_000)
    for dimension, table in cells.items():
        one.aggregates.append(
            {
                "_id": aggregate_id(cycle, dimension, code),
                "period": cycle,
                "dimension": dimension,
                "participant": code,
                "order": 1_000,
                "revision": 1,
                "cells": table,
            }
        )
        one.figures += sum(map(len, table.values()))
    one.contributions.append(
        {
            "_id": f"{code}|{cycle}",
            "participant": code,
            "cycle": cycle,
            "partition": 0,
            "offset": 1,
            "revision": 1,
            "judgement": 1,
            "order": 1_000,
            "dimensions": sorted(cells),
            "answered": sorted(answered),
            "centre_only": ["fee_min_usd|corridor"] if drawn.random() < 0.1 else [],
            "withdrawn": False,
        }
    )


def _members(template: Template, dimension: str, codes: list[str]) -> list[str]:
    if dimension == catalogue.TOTAL:
        return ["total"]
    if dimension == catalogue.CORRIDOR:
        return [f"{a}>{b}" for a, b in pairwise(codes)]
    if dimension == catalogue.ROUTE:
        return [">".join(codes[n : n + 4]) for n in range(len(codes) - 4)]
    parts = [_of(template, part, codes) for part in dimension.split("_and_")]
    return ["|".join(steps[n % len(steps)] for steps in parts) for n in range(max(map(len, parts)))]


def _of(template: Template, dimension: str, codes: list[str]) -> list[str]:
    known = template.dimension(dimension)
    match known.kind:
        case "country":
            return codes
        case "place":
            return [f"Place {n}" for n in range(LISTED)]
        case "code":
            return list(known.labels)
