"""Workers as processes on a real broker and database: shared, killed, restarted, and always the same figures."""

import json
import re
import signal
from datetime import UTC, datetime

import httpx

from contracts.events import AggregateUpdated, ReportRejected
from contracts.topics import AGGREGATES, DEADLETTERS, JUDGED
from contracts.wire import Event, Unreadable, decode
from runtime.mongo import Database
from runtime.publisher import Publisher
from services.aggregation.settings import AggregationSettings
from tests.broker import read_all, until
from tests.integration.aggregation.conftest import Topic, Workers
from tests.integration.aggregation.system import begin_again, caught_up, documents, many, settled
from tests.unit.aggregation.returns import by_citizenship, withdrawn

NOW = datetime(2013, 7, 1, tzinfo=UTC)


async def test_a_return_is_counted_replaced_and_withdrawn(workers: Workers, judged: Topic, database: Database) -> None:
    workers.start()
    returns = [by_citizenship("TH", "2013-H1", 1, KH=10_000, MM=500)]
    await judged.judge(*returns)
    await settled(database, returns)
    returns.append(by_citizenship("TH", "2013-H1", 2, KH=9_000))
    await judged.judge(returns[-1])
    await settled(database, returns)
    returns.append(withdrawn("TH", "2013-H1", 3))
    await judged.judge(returns[-1])
    await settled(database, returns)


async def test_a_worker_is_ready_once_it_has_its_share_and_shows_what_it_holds(
    workers: Workers, judged: Topic, database: Database
) -> None:
    workers.start()
    returns = [by_citizenship("TH", "2013-H1", 1, KH=10_000, MM=500)]
    await judged.judge(*returns)
    await settled(database, returns)
    (port,) = re.findall(r'"port": (\d+)', workers.logs())
    shown = {
        "vrs_live_cells 2.0",
        "vrs_figures_folded_total 2.0",
        'vrs_event_age_seconds_count{service="aggregation",topic="vrs.reports.judged"} 1.0',
    }
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:

        async def ready() -> bool:
            answer = await http.get("/readyz")
            assert answer.json()["checks"].keys() == {"kafka", "mongo"}
            return answer.status_code == 200

        async def told() -> bool:
            return shown <= set((await http.get("/metrics")).text.splitlines())

        await until("the worker to be ready", ready)
        # The figures are written before they are published and committed, and it tells of them after that.
        await until("what it holds to be shown", told)
    assert '"submission_id": "TH|2013-H1#1.0"' in workers.logs()


async def test_an_older_revision_that_comes_late_changes_nothing(
    workers: Workers, judged: Topic, database: Database
) -> None:
    returns = [by_citizenship("TH", "2013-H1", revision, **{f"R{revision}": revision}) for revision in (2, 3, 1, 3, 2)]
    await judged.judge(*returns)
    workers.start()
    await settled(database, returns)


async def test_what_changes_is_published_state_by_state_as_it_stands_in_the_end(
    workers: Workers, judged: Topic, database: Database, settings: AggregationSettings
) -> None:
    workers.start()
    returns = [by_citizenship("TH", "2013-H1", 1, KH=4), by_citizenship("MY", "2013-H1", 2, KH=6, MM=1)]
    await judged.judge(*returns)
    await settled(database, returns)
    returns.append(by_citizenship("TH", "2013-H1", 2, MM=5))
    await judged.judge(returns[-1])
    await settled(database, returns)
    last: dict[str, AggregateUpdated] = {}

    async def both() -> bool:
        events = [decode(r.value, r.headers, (AggregateUpdated,)) for r in await read_all(settings, AGGREGATES)]
        updates = [one.data for one in events if not isinstance(one, Unreadable)]
        assert len(updates) == len(events)
        last.update({one.id: one for one in updates})
        return {one.id: one.revision for one in updates} == dict.fromkeys(last, 2) and len(last) == 2

    await until("the aggregates of both States", both)
    thailand = last["2013-H1|citizenship|TH"]
    assert (thailand.period, thailand.dimension, thailand.participant) == ("2013-H1", "citizenship", "TH")
    assert (thailand.revision, thailand.version) == (2, 2_000_000)
    assert thailand.cells == {"illegal_entries": {"MM": 5}}
    assert last["2013-H1|citizenship|MY"].cells == {"illegal_entries": {"KH": 6, "MM": 1}}


async def test_what_cannot_be_read_is_set_aside_and_the_partition_goes_on(
    workers: Workers, judged: Topic, database: Database, settings: AggregationSettings
) -> None:
    publisher = await Publisher(settings, "vrs/test").start()
    broken = by_citizenship("TH", "2013-H1", 1, KH=1)
    producer = publisher._producer
    assert producer is not None
    await producer.send_and_wait(settings.topic(JUDGED), b"\xff garbage", b"TH")
    await producer.send_and_wait(settings.topic(JUDGED), json.dumps({"id": broken.series}).encode(), b"TH")
    rejected = ReportRejected(
        submission_id="s", series="TH|2013-H1", participant="TH", cycle="2013-H1", revision=1, findings=[]
    )
    await publisher.publish(JUDGED, "TH", Event("e", "vrs/test", NOW, rejected))
    await publisher.stop()
    returns = [by_citizenship("TH", "2013-H1", 2, KH=2)]
    await judged.judge(*returns)
    workers.start()
    await settled(database, returns)
    assert len(await read_all(settings, DEADLETTERS)) == 2


async def test_two_workers_of_which_one_is_killed_lose_and_double_nothing(
    workers: Workers, judged: Topic, database: Database
) -> None:
    first = workers.start()
    workers.start()
    await until("both workers to have their share", workers.share)
    returns = many(range(1, 3))
    await judged.judge(*returns)
    await until("the first figures", lambda: database["contributions"].find_one({}))
    first.kill()
    more = many(range(3, 7))
    await judged.judge(*more)
    await settled(database, returns + more)


async def test_workers_that_die_anywhere_leave_the_same_figures(
    workers: Workers, judged: Topic, database: Database
) -> None:
    returns = many(range(1, 5))
    await judged.judge(*returns)
    for point in (
        "aggregation.aggregates.after",
        "publish.after",
        "aggregation.contributions.after",
    ):
        worker = workers.start(VRS_FAILPOINTS=f"{point}:1")
        await until(f"the worker to die at {point}", lambda worker=worker: worker.poll() == 137)  # type: ignore[misc]
    workers.start()
    await settled(database, returns)


async def test_a_terminated_worker_has_committed_what_it_wrote(
    workers: Workers, judged: Topic, database: Database, settings: AggregationSettings
) -> None:
    worker = workers.start()
    returns = many(range(1, 2))
    await judged.judge(*returns)
    await settled(database, returns)
    worker.send_signal(signal.SIGTERM)
    await until("the worker to end", lambda: worker.poll() is not None)
    assert worker.returncode == 0
    assert await caught_up(settings)


async def test_a_full_replay_changes_nothing(
    workers: Workers, judged: Topic, database: Database, settings: AggregationSettings
) -> None:
    first = workers.start()
    returns = many(range(1, 4))
    await judged.judge(*returns)
    await settled(database, returns)
    first.send_signal(signal.SIGTERM)
    await until("the worker to end", lambda: first.poll() is not None)
    before = await documents(database)
    await begin_again(settings)
    workers.start()
    await until("the group to have read everything again", lambda: caught_up(settings))
    assert await documents(database) == before
