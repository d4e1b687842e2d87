"""Keys of agencies: one suite on MongoDB and on memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runtime import mongo
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings
from services.gateway.keys.key import Key, digest
from services.gateway.keys.store import Keys, MemoryKeys, MongoKeys
from tests.both_stores import BOTH, either

NOW = datetime(2013, 7, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=BOTH)
async def keys(request: pytest.FixtureRequest) -> AsyncIterator[Keys]:
    async with either(request, MemoryKeys, MongoKeys) as one:
        yield one


def a_key(name: str = "a", agency: str = "TH-IMM", made_at: datetime = NOW) -> Key:
    # Expiring from now on: the database itself removes what expired years ago.
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    return Key(name, agency[:2], agency, digest(name), made_at, f"focal-point:{agency[:2]}", expires)


async def test_a_key_is_read_back_as_it_was_kept(keys: Keys) -> None:
    one = a_key()
    assert await keys.add(one)
    assert await keys.key("a") == one
    assert await keys.key("b") is None


async def test_of_two_keys_of_one_name_the_first_stands(keys: Keys) -> None:
    first, second = a_key(), replace(a_key(), digest="another")
    answers = await asyncio.gather(keys.add(first), keys.add(second))
    assert sorted(answers) == [False, True]
    assert await keys.key("a") == (first if answers[0] else second)


async def test_an_agencys_keys_are_listed_newest_first(keys: Keys) -> None:
    for one in (a_key("a"), a_key("b", made_at=NOW + HOUR), a_key("c"), a_key("d", "MY-NAVY")):
        await keys.add(one)
    assert [one.id for one in await keys.of_agency("TH-IMM")] == ["b", "a", "c"]


async def test_who_revoked_a_key_first_stays_written_down(keys: Keys) -> None:
    await keys.add(a_key())
    for at, by in ((NOW, "focal-point:TH"), (NOW + HOUR, "centre")):
        await keys.revoke("TH-IMM", "a", at, by)
    found = await keys.key("a")
    assert found is not None
    assert (found.revoked_at, found.revoked_by) == (NOW, "focal-point:TH")


async def test_all_keys_of_an_agency_are_revoked_at_once_and_no_others(keys: Keys) -> None:
    for one in (a_key("a"), a_key("b"), a_key("c", "TH-NAVY")):
        await keys.add(one)
    await keys.revoke("TH-NAVY", "a", NOW, "centre")
    await keys.revoke("TH-IMM", None, NOW, "centre")
    held = [await keys.key(name) for name in "abc"]
    assert [one.revoked_at if one else "gone" for one in held] == [NOW, NOW, None]


async def test_the_last_use_never_moves_backwards(keys: Keys) -> None:
    await keys.add(a_key())
    for at in (NOW + HOUR, NOW):
        await keys.used("a", at)
    await keys.used("nobody", NOW)
    found = await keys.key("a")
    assert found is not None
    assert found.last_used_at == NOW + HOUR
    assert await keys.key("nobody") is None


async def test_a_database_that_does_not_answer_is_not_now() -> None:
    settings = ServiceSettings(mongo_url="mongodb://127.0.0.1:1", effect_timeout_seconds=0.2)
    database = mongo.connect(settings)
    with pytest.raises(NotNow):
        await MongoKeys(database).key("a")
    database.client.close()
