"""Reading the stores of the others: one suite for the lists in memory and for MongoDB."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.figures import Table
from contracts.period import Period
from runtime import mongo
from runtime.outcome import NotNow
from services.gateway.portal.returns.drafts import MongoDrafts
from services.gateway.settings import GatewaySettings
from services.gateway.store import AT_ONCE, PAGE_FINDINGS, MemoryReads, MongoReads, Reads
from services.gateway.visibility import Contribution
from services.ingest.store import MongoStore as IngestStore
from tests.broker import until
from tests.conftest import Backbone

Document = dict[str, Any]
Fill = Callable[..., Awaitable[None]]
AT = datetime(2013, 7, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "mongo"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Reads, Fill]]:
    """The reads, and a way to put documents behind them."""
    if request.param == "memory":
        memory = MemoryReads()

        async def add(collection: str, *documents: Document) -> None:
            memory.add(collection, *documents)

        yield memory, add
        return
    backbone: Backbone = request.getfixturevalue("backbone")
    settings = GatewaySettings(mongo_url=backbone.mongo_url, mongo_database=request.getfixturevalue("mongo_database"))
    database = mongo.connect(settings)

    async def insert(collection: str, *documents: Document) -> None:
        await database[collection].insert_many(documents)

    yield MongoReads(database), insert
    database.client.close()


def submission(number: int, **fields: Any) -> Document:
    return {
        "_id": f"s{number}",
        "kind": "report",
        "participant": "TH",
        "cycle": "2013-H1",
        "agency": None,
        "state": "accepted",
        "received_at": AT + timedelta(seconds=number // 2),
        **fields,
    }


async def test_what_refers_to_a_cycle_is_named_by_its_collection(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    assert await reads.uses("2013-H1") == []
    await add("drafts", {"_id": "TH|2013-H1", "cycle": "2013-H1"})
    await add("submissions", submission(1), submission(2, cycle="2013-H2"))
    await add("notices", {"_id": "2013-H1|TH|border|cycle_opened", "cycle": "2013-H1"})
    assert await reads.uses("2013-H1") == ["submissions", "drafts"]
    assert await reads.uses("2013-H2") == ["submissions"]


async def test_what_is_asked_about_a_cycle_is_found_by_an_index(backbone: Backbone, mongo_database: str) -> None:
    settings = GatewaySettings(mongo_url=backbone.mongo_url, mongo_database=mongo_database)
    database = mongo.connect(settings)
    try:
        await IngestStore(database).prepare()
        await MongoDrafts(database).prepare()
        asked: list[tuple[str, Document]] = [
            ("reports", {"cycle": "2013-H1"}),
            ("reports", {"cycle": "2013-H1", "agency": None}),
            ("submissions", {"cycle": "2013-H1"}),
            ("drafts", {"cycle": "2013-H1"}),
        ]
        for collection, where in asked:
            await database[collection].insert_one({"_id": f"{collection}{where}", "submission_id": str(where), **where})
            plan = (await database[collection].find(where).explain())["queryPlanner"]["winningPlan"]
            assert "'COLLSCAN'" not in str(plan), (collection, where)
    finally:
        database.client.close()


async def test_submissions_come_newest_first_and_each_once(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    await add("submissions", *(submission(number) for number in (3, 1, 5, 2, 4)), submission(9, participant="MY"))
    seen: list[str] = []
    after = None
    more = True
    while more:
        found, more = await reads.submissions({"participant": "TH", "kind": {"$in": ["report"]}}, after, 2)
        assert len(found) <= 2
        seen += [one["_id"] for one in found]
        after = (found[-1]["received_at"], found[-1]["_id"])
    assert seen == ["s5", "s4", "s3", "s2", "s1"]
    assert await reads.submissions({"participant": "TH"}, after, 2) == ([], False)


async def test_a_page_of_submissions_ends_where_it_holds_many_findings(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    many = [{"code": "parts.above_total"}] * (PAGE_FINDINGS // 2)
    await add("submissions", *(submission(number, findings=many) for number in (1, 2, 3, 4, 5)))
    newest, more = await reads.submissions({"participant": "TH"}, None, 200)
    assert ([one["_id"] for one in newest], more) == (["s5", "s4"], True)
    after = (newest[-1]["received_at"], newest[-1]["_id"])
    then, more = await reads.submissions({"participant": "TH"}, after, 2)
    assert ([one["_id"] for one in then], more) == (["s3", "s2"], True)
    last, more = await reads.submissions({"participant": "TH"}, (then[-1]["received_at"], then[-1]["_id"]), 2)
    assert ([one["_id"] for one in last], more) == (["s1"], False)


async def test_lists_of_submissions_come_without_findings_and_the_newest_of_each_line_alone(
    store: tuple[Reads, Fill],
) -> None:
    reads, add = store
    large = {"findings": [{"code": "parts.above_total"}], "timeline": [{"state": "accepted"}], "body": "SECRET"}
    await add(
        "submissions",
        *(submission(number, **large) for number in (3, 1, 5, 2, 4)),
        *(submission(number, agency="TH-IMM", **large) for number in (7, 6)),
        submission(8, cycle="2012", kind="withdrawal", **large),
        submission(9, kind="review", **large),
        submission(10, participant="MY", **large),
    )
    where = {"participant": "TH", "kind": {"$in": ["report", "withdrawal"]}}
    newest = await reads.newest_submissions(where)
    assert {(one["cycle"], one["agency"]): one["_id"] for one in newest} == {
        ("2013-H1", None): "s5",
        ("2013-H1", "TH-IMM"): "s7",
        ("2012", None): "s8",
    }
    heads = await reads.submission_heads({**where, "cycle": "2013-H1", "agency": None}, 3)
    assert [one["_id"] for one in heads] == ["s5", "s4", "s3"]
    assert await reads.newest_submissions({**where, "agency": "TH-POL"}) == []
    for one in (*newest, *heads):
        assert set(one) == {"_id", "kind", "participant", "cycle", "agency", "state", "received_at"}


async def test_the_newest_of_each_line_are_found_without_reading_what_was_sent_before(
    backbone: Backbone, mongo_database: str
) -> None:
    """A document holds up to a thousand findings and the body as it was sent: 1 MB and more."""
    database = mongo.connect(GatewaySettings(mongo_url=backbone.mongo_url, mongo_database=mongo_database))
    await IngestStore(database).prepare()
    sent = [submission(number, agency=code) for number in range(1_000) for code in (None, "TH-IMM", "TH-NAVY")]
    await database.submissions.insert_many([{**one, "_id": f"{one['_id']}-{one['agency']}"} for one in sent])

    async def examined() -> int:
        found = await database.client.admin.command("serverStatus")
        return int(found["metrics"]["queryExecutor"]["scannedObjects"])

    for agencies in ({}, {"agency": "TH-IMM"}):
        before = await examined()
        where = {"participant": "TH", "kind": {"$in": ["report", "withdrawal"]}, **agencies}
        found = await MongoReads(database).newest_submissions(where)
        assert {one["_id"] for one in found} <= {"s999-None", "s999-TH-IMM", "s999-TH-NAVY"}
        assert len(found) == (1 if agencies else 3)
        # Some are for the server's own housekeeping.
        assert await examined() - before < 100
    database.client.close()


async def test_a_submission_is_found_by_its_id_and_a_body_by_its_claim(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    await add("submissions", submission(1, claim="k", body_hash="h", body="SECRET"))
    found = await reads.submission("s1")
    assert found is not None
    assert found["state"] == "accepted"
    assert await reads.submission("s2") is None
    assert await reads.body_hash("k") == "h"
    assert await reads.body_hash("x") is None


async def test_revisions_are_found_by_series_cycle_and_agency(store: tuple[Reads, Fill]) -> None:
    reads, add = store

    def revision(series: str, number: int, agency: str | None = None) -> Document:
        participant, cycle = series.split("|")[:2]
        return {
            "_id": f"{series}#{number}",
            "series": series,
            "participant": participant,
            "cycle": cycle,
            "agency": agency,
            "revision": number,
            "context": {"received_at": AT, "places": ["x"]},
            "figures": [["a", "b", "c", 1]],
        }

    await add(
        "reports",
        revision("TH|2013-H1", 1),
        revision("TH|2013-H1", 2),
        revision("TH|2013-H1|TH-IMM", 1, "TH-IMM"),
        revision("MY|2013-H1", 1),
    )
    assert {one["revision"] for one in await reads.revisions(series="TH|2013-H1")} == {1, 2}
    assert len(await reads.revisions(cycle="2013-H1", agency=None)) == 3
    assert len(await reads.revisions(participant="TH", cycle="2013-H1")) == 3
    whole = await reads.revision("TH|2013-H1", 2)
    assert whole is not None
    assert whole["figures"] == [["a", "b", "c", 1]]
    assert await reads.revision("TH|2013-H1", 3) is None


async def test_aggregates_are_found_by_dimension_period_indicator_and_member(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    await add(
        "aggregates",
        *(
            {"_id": f"{period}|{dimension}|{state}", "period": period, "dimension": dimension, "participant": state,
             "order": 1_000_000, "revision": 1, "cells": {"a": {"KH": 1, "Mt%2E X": 2}, "b": {"KH": 3}}}
            for period in ("2012", "2013-H1") for dimension in ("citizenship", "mode") for state in ("TH", "MY")
        ),
    )  # fmt: skip

    async def found(dimension: str, periods: list[str], indicators: list[str], member: str | None) -> list[Document]:
        stored = reads.aggregates(dimension, periods, indicators, member)
        return [one async for some in stored for one in some]

    assert len(await found("citizenship", ["2012", "2013-H1"], ["a"], None)) == 4
    of_one = await found("citizenship", ["2012"], ["a"], "Mt. X")
    assert sorted((one["participant"], one["revision"]) for one in of_one) == [("MY", 1), ("TH", 1)]
    assert [one["cells"] for one in of_one] == [{"a": {"Mt%2E X": 2}}] * 2
    [first, _] = await found("mode", ["2012"], ["a", "b"], "KH")
    assert first["cells"] == {"a": {"KH": 1}, "b": {"KH": 3}}
    assert await found("citizenship", [], ["a"], None) == []


async def test_every_figure_of_an_indicator_comes_however_many_aggregates_there_are(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    states = [f"S{number}" for number in range(2 * AT_ONCE + 1)]
    cells = {"illegal_entries": {"KH": 5}, "refused_entries": {"KH": 6, "MM": 7}}
    one = {"period": "2012", "dimension": "last_exit", "order": 1_000, "revision": 1, "cells": cells}
    await add("aggregates", *({"_id": f"2012|last_exit|{code}", "participant": code, **one} for code in states))
    stored = reads.aggregates("last_exit", ["2012"], ["refused_entries"], None)
    found = {one["participant"]: (one["revision"], one["cells"]) async for some in stored for one in some}
    assert found == dict.fromkeys(states, (1, {"refused_entries": {"KH": 6, "MM": 7}}))


@pytest.mark.parametrize("store", ["mongo"], indirect=True)
async def test_what_followed_from_returns_is_kept_until_one_of_them_changes(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    one = {"participant": "TH", "cycle": "2012", "answered": [], "centre_only": [], "withdrawn": False}
    await add("contributions", {"_id": "TH|2012", "revision": 1, "order": 1_000, **one})
    first = await reads.in_force(anew=True)
    assert await reads.in_force(anew=True) is first
    await add("contributions", {"_id": "TH|2013", "revision": 1, "order": 1_000, **one, "cycle": "2013"})
    assert await reads.in_force(anew=True) is not first


async def test_contributions_come_whole_without_figures(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    one = {"participant": "TH", "cycle": "2012", "answered": ["a|b"], "centre_only": [], "withdrawn": False}
    await add("contributions", {"_id": "TH|2012", "revision": 1, **one})
    table = Table("a", "b")
    found = await reads.in_force()
    assert found.returns == (Contribution("TH", Period.parse("2012"), frozenset({table}), revision=1),)


async def test_contributions_are_remembered_for_a_quarter_of_a_second_and_read_anew_when_asked(
    store: tuple[Reads, Fill],
) -> None:
    reads, add = store
    first = await reads.in_force()
    one = {"participant": "TH", "cycle": "2012", "answered": [], "centre_only": [], "withdrawn": False}
    await add("contributions", {"_id": "TH|2012", "revision": 1, **one})
    assert first.returns == ()
    found = await asyncio.gather(*(reads.in_force(anew=True) for _ in range(20)))
    assert [len(held.returns) for held in found] == [1] * 20
    await add("contributions", {"_id": "TH|2013", "revision": 1, **one, "cycle": "2013"})

    async def seen() -> bool:
        return len((await reads.in_force()).returns) == 2

    await until("the second return is seen", seen)


async def test_notices_come_newest_first_and_channels_by_id(store: tuple[Reads, Fill]) -> None:
    reads, add = store
    await add(
        "notices",
        *(
            {"_id": f"n{number}", "participant": "TH", "audience": "participant", "at": AT, "channels": []}
            for number in (2, 1, 3)
        ),
    )
    where = {"participant": "TH", "audience": "participant"}
    first = await reads.notices(where, None, 2)
    assert [one["_id"] for one in first] == ["n3", "n2"]
    assert [one["_id"] for one in await reads.notices(where, (AT, "n2"), 2)] == ["n1"]
    assert [one["_id"] for one in await reads.channel_states({}, 1, 5)] == ["n2", "n3"]
    assert await reads.channel_states({}, 3, 5) == []


async def test_a_database_that_does_not_answer_is_not_now() -> None:
    settings = GatewaySettings(mongo_url="mongodb://127.0.0.1:1/?directConnection=true", effect_timeout_seconds=0.2)
    reads = MongoReads(mongo.connect(settings))
    with pytest.raises(NotNow):
        await reads.submission("s1")
