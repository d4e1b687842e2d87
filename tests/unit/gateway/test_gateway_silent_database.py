"""Many who search while the database is silent hear so in the time of one of them, not one after the other."""

import asyncio
import time
from typing import Any

import bson
import pytest
from pymongo.errors import NetworkTimeout

from runtime.outcome import NotNow
from services.gateway.in_force import InForce
from services.gateway.store import MongoReads

SILENCE = 0.5
"""After so long the driver gives up."""
RETURN = {"participant": "TH", "cycle": "2013-H1", "revision": 1, "order": 1}


class Silent:
    """The contributions of a database that is silent for ``silences`` questions, and answers then."""

    def __init__(self, silences: int) -> None:
        self.silences, self.asked = silences, 0
        self.contributions = self

    def with_options(self, **_: Any) -> "Silent":
        return self

    def find(self, *_: Any) -> "Silent":
        return self

    @property
    def raw(self) -> bytes:
        return bson.encode(RETURN)

    async def to_list(self, _most: int | None) -> list[Any]:
        self.asked += 1
        if self.asked <= self.silences:
            await asyncio.sleep(SILENCE)
            raise NetworkTimeout("timed out")
        return [self]


@pytest.mark.parametrize("anew", [False, True])
async def test_twenty_who_ask_a_silent_database_share_its_silence(anew: bool) -> None:
    database = Silent(silences=100)
    reads = MongoReads(database)  # type: ignore[arg-type]
    began = time.monotonic()
    found = await asyncio.gather(*(reads.in_force(anew=anew) for _ in range(20)), return_exceptions=True)
    assert [type(one) for one in found] == [NotNow] * 20
    assert database.asked <= 2
    assert time.monotonic() - began < 10 * SILENCE


async def test_whoever_asks_after_that_is_answered_anew() -> None:
    database = Silent(silences=1)
    reads = MongoReads(database)  # type: ignore[arg-type]
    with pytest.raises(NotNow):
        await reads.in_force(anew=True)
    assert isinstance(found := await reads.in_force(anew=True), InForce)
    assert [one.participant for one in found.returns] == ["TH"]
