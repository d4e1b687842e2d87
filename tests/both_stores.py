"""One suite for a store in memory and for the same on MongoDB: nothing must be able to tell them apart."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

import pytest

from runtime.mongo import Database, connect
from runtime.settings import ServiceSettings
from tests.conftest import Backbone

BOTH = ("memory", "mongo")
"""The parameters of a fixture that gives one store after the other."""


class Prepared(Protocol):
    """A store on MongoDB."""

    async def prepare(self) -> None: ...


Memory = TypeVar("Memory")
Mongo = TypeVar("Mongo", bound=Prepared)


@asynccontextmanager
async def either(
    request: pytest.FixtureRequest, memory: Callable[[], Memory], mongo: Callable[[Database], Mongo]
) -> AsyncIterator[Memory | Mongo]:
    """The store that the fixture's parameter names, empty and with its indexes."""
    if request.param == "memory":
        yield memory()
        return
    backbone: Backbone = request.getfixturevalue("backbone")
    name: str = request.getfixturevalue("mongo_database")
    database = connect(ServiceSettings(mongo_url=backbone.mongo_url, mongo_database=name))
    held = mongo(database)
    for _ in range(2):  # making the indexes again does nothing
        await held.prepare()
    yield held
    database.client.close()
