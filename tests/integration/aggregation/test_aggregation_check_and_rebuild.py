"""`vrs aggregates check` and `rebuild`: damage is found; a rebuild beside live workers ends in the same figures."""

import asyncio
from collections.abc import Iterable

import pytest

from cli.aggregates import Difference, check, rebuild
from cli.settings import Refused
from runtime.mongo import Database
from services.aggregation.settings import AggregationSettings
from tests.integration.aggregation.conftest import Topic, Workers
from tests.integration.aggregation.system import documents, many, settled
from tests.unit.aggregation.returns import Return, by_citizenship, withdrawn

THAILAND = "2013-H1|citizenship|TH"


async def report(database: Database, *returns: Return, state: str = "accepted") -> None:
    """Keep returns as ingest keeps them."""
    for one in returns:
        await database["reports"].insert_one(
            {
                "_id": f"{one.series}#{one.revision}",
                "series": one.series,
                "participant": one.participant,
                "cycle": one.cycle,
                "agency": None,
                "revision": one.revision,
                "kind": "withdrawal" if one.figures is None else "report",
                "state": "withdrawn" if one.figures is None else state,
                "figures": [list(figure) for figure in one.figures or ()],
            }
        )


@pytest.fixture
async def returns(judged: Topic, database: Database, settings: AggregationSettings) -> list[Return]:
    """Returns that are judged, stored by ingest and folded: the starting point of most tests here."""
    returns = [by_citizenship("TH", "2013-H1", 2, KH=9, MM=5), by_citizenship("MY", "2013-H1", 1, KH=1)]
    await judged.judge(by_citizenship("TH", "2013-H1", 1, KH=10), *returns)
    await report(database, by_citizenship("TH", "2013-H1", 1, KH=10), state="superseded")
    await report(database, *returns)
    await rebuild(settings)
    return returns


def differences(found: Iterable[Difference]) -> list[tuple[str, str, int | None, int | None]]:
    return [(one.participant, one.member, one.expected, one.found) for one in found]


async def test_a_rebuild_makes_what_the_reports_say(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    await settled(database, returns)
    assert await check(settings) == []


async def test_a_wrong_figure_is_found_and_put_right(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    await database["aggregates"].update_one({"_id": THAILAND}, {"$set": {"cells.illegal_entries.KH": 8}})
    assert differences(await check(settings)) == [("TH", "KH", 9, 8)]
    await rebuild(settings)
    assert await check(settings) == []


async def test_a_missing_figure_is_found(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    await database["aggregates"].update_one({"_id": THAILAND}, {"$unset": {"cells.illegal_entries.MM": ""}})
    found = await check(settings)
    assert differences(found) == [("TH", "MM", 5, None)]
    assert str(found[0]) == ("TH 2013-H1 illegal_entries citizenship 'MM': the reports say 5, the aggregates nothing")


async def test_a_figure_too_many_is_found_and_taken_away_by_force(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    # With a revision that no guard would ever replace.
    await database["aggregates"].insert_one(
        {
            "_id": "2013-H1|citizenship|FJ",
            "period": "2013-H1",
            "dimension": "citizenship",
            "participant": "FJ",
            "order": 10**15,
            "revision": 10**9,
            "cells": {"illegal_entries": {"KH": 3}},
        }
    )
    assert differences(await check(settings)) == [("FJ", "KH", None, 3)]
    with pytest.raises(Refused, match=r"FJ\|2013-H1"):
        await rebuild(settings)
    await rebuild(settings, force=True)
    assert await check(settings) == []


async def test_a_withdrawn_return_is_expected_to_be_gone(
    returns: list[Return], judged: Topic, database: Database, settings: AggregationSettings
) -> None:
    await report(database, withdrawn("TH", "2013-H1", 3))
    assert differences(await check(settings)) == [("TH", "KH", None, 9), ("TH", "MM", None, 5)]
    await judged.judge(withdrawn("TH", "2013-H1", 3))
    await rebuild(settings)
    assert await check(settings) == []


async def test_a_rejected_or_waiting_revision_changes_nothing(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    await report(database, by_citizenship("TH", "2013-H1", 3, KH=1), state="rejected")
    await report(database, by_citizenship("TH", "2013-H1", 4, KH=1), state="needs_explanation")
    assert await check(settings) == []


async def test_a_rebuild_after_everything_was_lost_makes_it_anew(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    before = await documents(database)
    for name in ("aggregates", "contributions"):
        await database[name].drop()
    await rebuild(settings)
    assert await documents(database) == before


@pytest.mark.parametrize(
    "damage",
    [
        {"$set": {"dimensions": 7}},
        {"$unset": {"revision": ""}},
        {"$set": {"order": 1_000_000, "revision": 1}},
        {"$set": {"centre_only": ["illegal_entries|citizenship"]}},
    ],
)
async def test_a_damaged_contribution_is_replaced(
    damage: dict[str, object], returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    before = await documents(database)
    await database["contributions"].update_one({"_id": "TH|2013-H1"}, damage)
    await rebuild(settings)
    assert await documents(database) == before


async def test_a_contribution_beyond_the_topic_is_replaced_only_by_force(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    before = await documents(database)
    beyond = {"$set": {"order": 10**15, "revision": 10**9}}
    await database["contributions"].update_one({"_id": "TH|2013-H1"}, beyond)
    damaged = await documents(database)
    with pytest.raises(Refused, match=r"TH\|2013-H1"):
        await rebuild(settings)
    assert await documents(database) == damaged
    await rebuild(settings, force=True)
    assert await documents(database) == before


@pytest.mark.parametrize(
    "damage",
    [
        {"$set": {"cells": None}},
        {"$set": {"cells": {"illegal_entries": 9}}},
        {"$set": {"order": "high"}},
        {"$unset": {"order": "", "period": ""}},
        {"$set": {"more": {"$gt": 1}}},
    ],
)
async def test_a_damaged_aggregate_is_replaced(
    damage: dict[str, object], returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    before = await documents(database)
    await database["aggregates"].update_one({"_id": THAILAND}, damage)
    await rebuild(settings)
    assert await documents(database) == before


async def test_a_rebuild_twice_gives_the_same_documents(
    returns: list[Return], database: Database, settings: AggregationSettings
) -> None:
    before = await documents(database)
    await rebuild(settings)
    assert await documents(database) == before


async def test_rebuilds_beside_working_workers_end_in_the_right_figures(
    workers: Workers, judged: Topic, database: Database, settings: AggregationSettings
) -> None:
    workers.start()
    early, late = many(range(1, 4)), many(range(4, 8))
    await judged.judge(*early)
    await settled(database, early)
    workers.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(judged.judge(*late))
        group.create_task(rebuild(settings))
        group.create_task(rebuild(settings))
    await settled(database, early + late)
