"""The portal starts beside the interface also where the database is away for a moment, not where it stays away."""

from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI

from runtime.mongo import Database, PyMongoError
from runtime.outcome import NotNow
from services.gateway.portal.wiring import put_beside
from services.gateway.settings import GatewaySettings
from tests.unit.portal.conftest import World


class Away:
    """A database that refuses to make an index so many times; it stands for its collections too."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.made: list[Any] = []

    def __getitem__(self, _collection: str) -> "Away":
        return self

    async def create_index(self, keys: Any, **_more: Any) -> None:
        if self.times:
            self.times -= 1
            raise PyMongoError("not primary")
        self.made.append(keys)


async def begun(world: World, away: Away, retry_seconds: float) -> None:
    gateway = replace(world.gateway, settings=GatewaySettings(retry_seconds=retry_seconds))
    async with put_beside(FastAPI(), gateway, cast(Database, away)):
        pass


async def test_a_database_that_is_away_for_a_moment_is_asked_again(world: World) -> None:
    at_once, away = Away(0), Away(2)
    await begun(world, at_once, 60.0)
    await begun(world, away, 60.0)
    assert away.times == 0
    assert set(map(str, away.made)) == set(map(str, at_once.made))


async def test_a_database_that_stays_away_ends_the_start(world: World) -> None:
    with pytest.raises(NotNow):
        await begun(world, Away(1000), 0.2)
