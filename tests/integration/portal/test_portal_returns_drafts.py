"""Drafts of returns: one suite on MongoDB and on memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.gateway.portal.returns.draft import Draft, Sent
from services.gateway.portal.returns.drafts import Drafts, DraftTooLargeError, MemoryDrafts, MongoDrafts, changed
from services.gateway.portal.returns.typed import TypedAnswer, TypedRoute
from tests.both_stores import BOTH, either

NOW = datetime(2013, 7, 20, 12, tzinfo=UTC)
EMPTY = Draft("TH|2013-H1", "TH", "2013-H1", None)


@pytest.fixture(params=BOTH)
async def drafts(request: pytest.FixtureRequest) -> AsyncIterator[Drafts]:
    async with either(request, MemoryDrafts, MongoDrafts) as one:
        yield one


async def test_a_draft_comes_back_as_it_was_kept(drafts: Drafts) -> None:
    route = TypedRoute(said={"citizenship": "$where"}, legs=[{"country": "AF", "type": "origin"}])
    whole = EMPTY.with_answer("routes.by_countries", TypedAnswer(routes=[route]), "thailand", NOW, "page")
    sent = whole.as_sent(Sent(1, "submission", "hash", NOW, "thailand", "why"))
    assert sent is not None
    assert await drafts.put(whole)
    assert await drafts.put(sent)
    assert await drafts.get("TH", "2013-H1", None) == sent
    assert await drafts.of("TH") == [sent]
    assert await drafts.get("TH", "2013-H1", "TH-IMM") == Draft("TH|2013-H1|TH-IMM", "TH", "2013-H1", "TH-IMM")


async def test_a_version_is_kept_once_and_the_same_write_again_is_success(drafts: Drafts) -> None:
    mine, theirs = (EMPTY.with_answer("illegal_entries.total", TypedAnswer(value=v), v, NOW) for v in ("1", "2"))
    assert await drafts.put(mine)
    assert await drafts.put(mine)
    assert not await drafts.put(theirs)
    assert await drafts.get("TH", "2013-H1", None) == mine


async def test_many_who_save_at_once_lose_nothing(drafts: Drafts) -> None:
    async def save(name: str) -> None:
        typed = TypedAnswer(comment=name)
        await changed(drafts, EMPTY, lambda there: there.with_answer(name, typed, "thailand", NOW))

    names = [f"question.{number}" for number in range(8)]
    await asyncio.gather(*map(save, names))
    there = await drafts.get("TH", "2013-H1", None)
    assert sorted(there.answers) == names
    assert there.version == len(names)


async def test_more_than_the_database_takes_is_refused_for_good_and_not_for_now(drafts: Drafts) -> None:
    """Also where each answer is far smaller, and with as many receipts as nobody has: what was kept before stays."""
    sent = tuple(Sent(n, "submission", "hash", NOW, "thailand", "why" * 600) for n in range(3_500))
    largest = replace(EMPTY, sent=sent)
    for number in range(15):
        largest = largest.with_answer(f"question.{number}", TypedAnswer(text="é" * 275_000), "thailand", NOW)
    assert await drafts.put(replace(largest, version=1))
    whole = largest.with_answer("one.more", TypedAnswer(text="é" * 275_000), "thailand", NOW)
    with pytest.raises(DraftTooLargeError):
        await drafts.put(replace(whole, version=2))
    assert await drafts.get("TH", "2013-H1", None) == replace(largest, version=1)
