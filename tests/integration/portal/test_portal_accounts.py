"""Users, sessions and tries: one suite on MongoDB and on memory."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.portal.accounts.store import Accounts, MemoryAccounts, MongoAccounts
from services.gateway.portal.accounts.user import Session, User
from tests.both_stores import BOTH, either

NOW = datetime(2013, 7, 20, 12, tzinfo=UTC)


@pytest.fixture(params=BOTH)
async def accounts(request: pytest.FixtureRequest) -> AsyncIterator[Accounts]:
    async with either(request, MemoryAccounts, MongoAccounts) as one:
        yield one


def a_user(login: str = "thailand", revision: int = 1, language: str | None = None) -> User:
    return User(login, "digest", "focal-point", "TH", None, language, True, revision, NOW, NOW)


def a_session(key: str = "k") -> Session:
    return Session(key, "thailand", NOW, NOW, NOW)


async def test_a_user_that_was_put_is_read_back_as_it_was(accounts: Accounts) -> None:
    assert await accounts.put(a_user())
    assert await accounts.user("thailand") == a_user()
    assert await accounts.user("nobody") is None


async def test_putting_the_same_user_twice_changes_nothing(accounts: Accounts) -> None:
    assert [await accounts.put(a_user()) for _ in range(2)] == [True, True]
    assert await accounts.users() == [a_user()]


async def test_an_older_revision_and_another_one_of_the_same_number_are_refused(accounts: Accounts) -> None:
    assert await accounts.put(a_user(revision=2))
    assert not await accounts.put(a_user(revision=1))
    assert not await accounts.put(a_user(revision=2, language="fr"))
    assert await accounts.user("thailand") == a_user(revision=2)


async def test_of_two_who_change_a_user_at_once_exactly_one_succeeds(accounts: Accounts) -> None:
    await accounts.put(a_user())
    answers = await asyncio.gather(*(accounts.put(a_user(revision=2, language=one)) for one in ("en", "fr")))
    assert sorted(answers) == [False, True]


async def test_users_are_listed_by_login_and_by_participant(accounts: Accounts) -> None:
    centre = User("centre", "d", "centre", None, None, None, True, 1, NOW, NOW)
    for one in (a_user("b"), a_user("a"), centre):
        await accounts.put(one)
    assert [one.login for one in await accounts.users()] == ["a", "b", "centre"]
    assert [one.login for one in await accounts.users("TH")] == ["a", "b"]


async def test_a_session_is_used_and_ended_and_does_not_come_back(accounts: Accounts) -> None:
    await accounts.begin(a_session())
    await accounts.begin(a_session())
    assert await accounts.session("k") == a_session()
    later = NOW + timedelta(minutes=5)
    await accounts.seen("k", later)
    await accounts.seen("k", NOW)
    found = await accounts.session("k")
    assert found is not None
    assert found.seen_at == later
    for _ in range(2):
        await accounts.end("k")
    await accounts.seen("k", later)
    assert await accounts.session("k") is None


async def test_a_try_that_is_written_twice_counts_once(accounts: Accounts) -> None:
    for one in ("1", "1", "2"):
        await accounts.tried(("account:a", "address:b"), one, NOW)
    await accounts.tried(("account:c",), "3", NOW)
    assert await accounts.tries("account:a", NOW - timedelta(minutes=1)) == [NOW, NOW]
    assert await accounts.tries("account:a", NOW + timedelta(minutes=1)) == []
    assert await accounts.tries("account:a", NOW, "2") == [NOW]
    await accounts.forget_tries("account:a")
    assert await accounts.tries("account:a", NOW) == []
    assert len(await accounts.tries("address:b", NOW)) == 2
    for _ in range(2):
        await accounts.forget_try("address:b", "1")
    assert len(await accounts.tries("address:b", NOW)) == 1


async def test_of_many_tries_at_once_each_sees_those_that_were_written_before_it(accounts: Accounts) -> None:
    async def seen(one: str) -> int:
        await accounts.tried(("account:a",), one, NOW)
        return len(await accounts.tries("account:a", NOW, one))

    others = sorted(await asyncio.gather(*(seen(str(n)) for n in range(30))))
    assert all(count >= place for place, count in enumerate(others))
