"""A repair of figures changes no return, and is seen within ten minutes all the same."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import bson
import pytest

from contracts.period import parse_span
from services.gateway.asked import Asked, answers
from services.gateway.held import HELD_SECONDS
from services.gateway.store import MongoReads
from services.gateway.subject import Subject
from tests.unit.gateway.conftest import World

CENTRE = Subject("c", "centre")
TEN_MINUTES = 600
CONTRIBUTION = {
    "_id": "TH|2013-H1",
    "participant": "TH",
    "cycle": "2013-H1",
    "revision": 1,
    "order": 1_000_000,
    "answered": ["illegal_entries|citizenship"],
    "centre_only": [],
    "withdrawn": False,
}


class Found:
    def __init__(self, *documents: Any) -> None:
        self._documents = list(documents)

    async def to_list(self, _most: int | None) -> list[Any]:
        given, self._documents = self._documents, []
        return given


class Database:
    """One return and its one figure, which may be repaired."""

    def __init__(self) -> None:
        self.value = 100
        self.contributions = self.aggregates = self

    def with_options(self, **_: Any) -> Any:
        return SimpleNamespace(find=lambda *_: Found(SimpleNamespace(raw=bson.encode(CONTRIBUTION))))

    def find(self, _where: Any, _fields: Sequence[str], batch_size: int) -> Found:
        cells = {"illegal_entries": {"KH": self.value}}
        return Found({"period": "2013-H1", "participant": "TH", "revision": 1, "cells": cells})


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.mark.parametrize("first", [1.0, HELD_SECONDS / 2, HELD_SECONDS - 1])
async def test_a_repaired_figure_is_seen_within_ten_minutes_whenever_it_was_asked_for_before(
    first: float, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First at ``first`` seconds, then just before that leaves the shelf, and from then on all the time."""
    clock, database = Clock(), Database()
    monkeypatch.setattr("services.gateway.asked.time", clock)
    monkeypatch.setattr("services.gateway.store.time", clock)
    reads = MongoReads(database)  # type: ignore[arg-type]
    gateway = replace(world.gateway, reads=reads)

    async def seen() -> int:
        asked = Asked("citizenship", "illegal_entries")
        _, [[row]] = await answers(gateway, CENTRE, asked, [parse_span("2013-H1")], await reads.in_force())
        return row.value

    await reads.in_force()
    clock.now = first
    assert await seen() == 100
    database.value = 7
    repaired = clock.now
    while clock.now < repaired + HELD_SECONDS - 2:
        clock.now += 1
        await reads.in_force()  # others ask something else
    while clock.now < repaired + TEN_MINUTES:
        await seen()
        clock.now += 1
    assert await seen() == 7
