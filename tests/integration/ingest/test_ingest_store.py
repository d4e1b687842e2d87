"""One suite for both stores: what holds in memory holds in MongoDB."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.events import Explanation, Sender
from contracts.findings import Finding
from contracts.identity import revision_id, series_id
from runtime.mongo import connect
from runtime.outcome import NotNow
from runtime.settings import ServiceSettings
from services.ingest.documents import Review, Revision, Step, Submission
from services.ingest.memory import MemoryStore
from services.ingest.store import OPEN, MongoStore, Store
from tests.both_stores import BOTH, either
from tests.line_cases import CASES, Case

NOW = datetime(2013, 7, 1, 12, 30, 0, 123_000, UTC)
TH = Sender(role="focal-point", participant="TH")


@pytest.fixture(params=BOTH)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    async with either(request, MemoryStore, MongoStore) as one:
        yield one


def submission(name: str = "s1", **more: Any) -> Submission:
    fields = {"kind": "report", "sender": TH.name, "body_hash": "h", "state": "received", "received_at": NOW}
    steps = [Step(state="received", at=NOW, service="gateway")]
    return Submission.model_validate({"id": name, "timeline": steps, **fields, **more})


def revision(number: int = 1, cycle: str = "2013-H1", agency: str | None = None, **more: Any) -> Revision:
    series = series_id("TH", cycle, agency)
    fields = {
        "id": revision_id(series, number),
        "series": series,
        "participant": "TH",
        "cycle": cycle,
        "agency": agency,
        "revision": number,
        "submission_id": f"{series}-{number}",
        "kind": "report",
        "sender": TH,
        "report": {"answers": {"illegal_entries.total": {"value": 2**53, "comment": None}}},
        "state": "recorded",
        "history": [Step(state="recorded", at=NOW, service="ingest")],
        "recorded_at": NOW,
    }
    return Revision.model_validate({**fields, **more})


ACCEPTED: dict[str, Any] = {"state": "accepted", "outcome": "accepted"}
WITHDRAWAL: dict[str, Any] = {"state": "withdrawn", "kind": "withdrawal", "report": None}
SERIES = "TH|2013-H1"


async def test_what_is_added_is_read_back_whole(store: Store) -> None:
    full = submission(
        claim="a\x1fb",
        body="{}",
        findings=[Finding(code="c", severity="blocker", message="m")],
        event_id="1",
        revision=3,
    )
    assert await store.add_submission(full) == "added"
    assert await store.submission("s1") == full
    whole = revision(
        explanations=[Explanation(pointer="/a", comment="b")],
        explained_by=["c"],
        figures=[["a", "b", "c", 1]],
        review=Review(command_id="c", outcome="verified", reason="", pointers=["/a"], at=NOW),
        context={"received_at": "2013-07-01T00:00:00Z", "previous": None},
        enriched={"a": [{"b": 1.5}]},
    )
    assert await store.add_revision(whole)
    assert await store.revision(SERIES, 1) == whole
    assert await store.revision_of(whole.submission_id) == whole


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case.fates) or "nothing")
async def test_the_database_says_of_every_line_what_the_table_says(store: Store, case: Case) -> None:
    for number, fate in enumerate(case.fates, 1):
        outcome = {} if fate == "recorded" else {"state": fate, "outcome": fate}
        assert await store.add_revision(revision(number, **(WITHDRAWAL if fate == "withdrawal" else outcome)))
    base = await store.base(SERIES, sent=False)
    assert (base.revision if base else None) == case.base
    accepted = [number for number, fate in enumerate(case.fates, 1) if fate == "accepted"]
    in_force = [number for number in accepted if await store.follower(SERIES, number) is None]
    assert in_force == ([] if case.in_force is None else [case.in_force])


async def test_what_is_not_there_is_none(store: Store) -> None:
    assert await store.submission("s1") is None
    assert await store.revision(SERIES, 1) is None
    assert await store.revision_of("s1") is None
    assert await store.newest(SERIES) == 0
    assert await store.follower(SERIES, 1) is None
    assert await store.withdrawal(SERIES) is None
    assert await store.base(SERIES, sent=False) is None
    assert await store.parts_in_force("TH", "2013-H1") == []
    assert await store.figures_in_force([SERIES]) == {}


async def test_what_waits_for_its_judgement_or_may_not_be_published_is_under_way(store: Store) -> None:
    waiting, known = revision(1, published=True), revision(2, published=True, **ACCEPTED)
    unheard = revision(3, published=False, **WITHDRAWAL)
    heard = revision(4, published=True, **WITHDRAWAL)
    halted = revision(1, agency="TH-IMM", published=True, **ACCEPTED)
    flowed = revision(2, agency="TH-IMM", published=True, flowed=True, **ACCEPTED)
    for one in (unheard, known, heard, waiting, halted, flowed):
        assert await store.add_revision(one)
    assert {one.id async for one in store.underway()} == {waiting.id, unheard.id, halted.id}


async def test_the_newest_acceptance_or_withdrawal_of_each_national_series_is_told(store: Store) -> None:
    for one in (
        revision(1, **ACCEPTED),
        revision(2, judgement=3, state="superseded", outcome="accepted"),
        revision(3, state="rejected", outcome="rejected"),
        revision(4),
        revision(1, "2013-H2", **ACCEPTED),
        revision(2, "2013-H2", **WITHDRAWAL),
        revision(1, "2014-H1"),
        revision(1, agency="TH-IMM", **ACCEPTED),
    ):
        assert await store.add_revision(one)
    assert await store.decisive() == {SERIES: (2, 3), "TH|2013-H2": (2, 0)}


async def test_a_submission_is_added_once_and_a_key_claimed_once(store: Store) -> None:
    assert await store.add_submission(submission("s1", claim="k")) == "added"
    assert await store.add_submission(submission("s1", claim="k", body="other")) == "known"
    assert await store.add_submission(submission("s2", claim="k")) == "claimed"
    assert await store.submission("s2") is None
    assert await store.add_submission(submission("s2")) == "added"
    assert await store.add_submission(submission("s3")) == "added"
    first = await store.submission("s1")
    assert first is not None
    assert first.body is None


async def test_a_number_is_given_once_and_a_submission_has_one_revision(store: Store) -> None:
    assert await store.add_revision(revision(1))
    assert not await store.add_revision(revision(1, submission_id="another"))
    assert not await store.add_revision(revision(2, submission_id=revision(1).submission_id))
    assert await store.newest(SERIES) == 1


async def test_a_write_that_names_an_older_version_is_refused(store: Store) -> None:
    old, one = revision(1), submission()
    await store.add_revision(old)
    await store.add_submission(one)
    held = await store.swap_revision(old, old.model_copy(update={"state": "accepted"}))
    assert held is not None
    assert held.version == 1
    assert await store.swap_revision(old, old.model_copy(update={"state": "rejected"})) is None
    assert await store.revision(SERIES, 1) == held
    assert await store.swap_submission(one, one.model_copy(update={"state": "accepted", "body": "{}"}))
    assert not await store.swap_submission(one, one.model_copy(update={"state": "rejected"}))
    now = await store.submission("s1")
    assert now is not None
    assert (now.state, now.body, now.version) == ("accepted", "{}", 1)
    assert await store.swap_submission(now, now.model_copy(update={"body": None}))
    again = await store.submission("s1")
    assert again is not None
    assert again.body is None


async def test_the_follower_is_the_nearest_later_one_that_decides(store: Store) -> None:
    for one in (
        revision(1),
        revision(2, outcome="rejected"),
        revision(3, **ACCEPTED),
        revision(4, **WITHDRAWAL),
        revision(5),
    ):
        await store.add_revision(one)
    found = [await store.follower(SERIES, number) for number in range(6)]
    assert found == ["accepted", "accepted", "accepted", "withdrawal", None, None]
    assert await store.follower("KH|2013-H1", 1) is None


async def test_earlier_revisions_are_found_by_what_their_submissions_show(store: Store) -> None:
    states = ("recorded", "rejected", "accepted", "verified", "withdrawn", "superseded", "needs_explanation")
    for number, state in enumerate(states, 1):
        await store.add_submission(submission(f"s{number}", series=SERIES, revision=number, state=state))
    await store.add_submission(submission("c", kind="review", series=SERIES, revision=1, state="accepted"))
    await store.add_submission(submission("new", series=SERIES))
    assert await store.earlier(SERIES, 7, OPEN) == [1, 3, 4]
    assert await store.earlier(SERIES, 9, (*OPEN, "withdrawn")) == [1, 3, 4, 5, 7]
    assert await store.earlier(SERIES, 1, OPEN) == []


async def test_the_base_is_the_highest_that_is_neither_rejected_nor_withdrawn(store: Store) -> None:
    async def base(*, sent: bool = False) -> int | None:
        found = await store.base(SERIES, sent=sent)
        return found.revision if found else None

    await store.add_revision(revision(1, **ACCEPTED))
    await store.add_revision(revision(2, outcome="needs_explanation"))
    await store.add_revision(revision(3, kind="joined"))
    await store.add_revision(revision(4, outcome="rejected"))
    assert (await base(), await base(sent=True)) == (3, 2)
    await store.add_revision(revision(5, **WITHDRAWAL))
    assert (await base(), await base(sent=True)) == (None, None)
    await store.add_revision(revision(6))
    assert (await base(), await base(sent=True)) == (6, 6)
    withdrawal = await store.withdrawal(SERIES)
    assert withdrawal is not None
    assert withdrawal.revision == 5


async def test_unpublished_revisions_are_found_in_order(store: Store) -> None:
    for one in (revision(2), revision(1), revision(3, published=True), revision(1, "2012")):
        await store.add_revision(one)
    assert [one.revision for one in await store.unpublished(SERIES)] == [1, 2]


async def test_the_parts_in_force_are_the_newest_accepted_one_of_each_agency(store: Store) -> None:
    for one in (
        revision(1, agency="TH-NAVY", **ACCEPTED),
        revision(2, agency="TH-NAVY", **ACCEPTED),
        revision(3, agency="TH-NAVY", outcome="rejected"),
        revision(1, agency="TH-IMM", **ACCEPTED),
        revision(1, agency="TH-BPP"),
        revision(1, **ACCEPTED),
        revision(1, "2012", "TH-IMM", **ACCEPTED),
    ):
        await store.add_revision(one)
    found = [(one.agency, one.revision) for one in await store.parts_in_force("TH", "2013-H1")]
    assert found == [("TH-IMM", 1), ("TH-NAVY", 2)]


async def test_figures_in_force_come_by_cycle(store: Store) -> None:
    for one in (
        revision(1, "2012", figures=[["a", "b", "c", 1]], state="superseded", outcome="accepted"),
        revision(2, "2012", figures=[["a", "b", "c", 2]], state="verified", outcome="accepted"),
        revision(3, "2012", figures=[["a", "b", "c", 3]], state="recorded"),
        revision(1, "2013-Q1", figures=[["a", "b", "c", 4]], **ACCEPTED),
        revision(1, "2013-Q2", "TH-IMM", figures=[["a", "b", "c", 5]], **ACCEPTED),
    ):
        await store.add_revision(one)
    found = await store.figures_in_force(["TH|2012", "TH|2013-Q1", "TH|2013-Q2", "TH|2014"])
    assert found == {"2012": [["a", "b", "c", 2]], "2013-Q1": [["a", "b", "c", 4]]}


async def test_a_database_that_is_away_is_not_now() -> None:
    nowhere = "mongodb://127.0.0.1:9/?directConnection=true"
    database = connect(ServiceSettings(mongo_url=nowhere, effect_timeout_seconds=0.2))
    away = MongoStore(database)
    with pytest.raises(NotNow):
        await away.add_submission(submission())
    with pytest.raises(NotNow):
        await away.reachable()
    database.client.close()
