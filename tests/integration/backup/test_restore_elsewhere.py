"""A restore onto another cluster, whose topics are empty: what was on its way goes on, agencies get their topics."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.backup import manifest, offsets
from cli.backup.command import _backup, _restore
from cli.settings import CliSettings
from cli.topics import _apply, _planned
from contracts.directory import key_of
from contracts.events import AgencyChanged, CycleChanged, Payload, ReportRecorded, Sender
from contracts.identity import event_id, revision_id, series_id
from contracts.records import Agency, Cycle
from contracts.topics import CYCLES, JUDGED, PARTICIPANTS, RECORDED, Topic
from contracts.wire import Event, decode
from deploy.local import mongo
from runtime.mongo import connect
from runtime.publisher import Publisher
from services.aggregation.decoding import Folded
from services.aggregation.decoding import read as folding
from services.ingest.documents import Revision, Step, Submission
from services.ingest.store import MongoStore
from services.notification.documents import from_return
from services.notification.returns import Return
from services.notification.returns import Revision as Known
from tests.broker import make_topics, read_all
from tests.conftest import Backbone

NOW = datetime(2013, 7, 1, tzinfo=UTC)
SERIES = series_id("TH", "2013-H1", None)
THAI = Sender(role="focal-point", participant="TH")


def waiting() -> tuple[Submission, Revision]:
    """A return whose event is on the topic, and whose judgement is not there yet."""
    step = Step(state="recorded", at=NOW, service="ingest")
    common = {"series": SERIES, "participant": "TH", "cycle": "2013-H1", "kind": "report", "revision": 1}
    sent = {"id": "s-1", "sender": THAI.name, "body_hash": "h", "state": "recorded", "timeline": [step]}
    report = {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "answers": {}}
    context = {"received_at": NOW}
    recorded = {
        "id": revision_id(SERIES, 1), "submission_id": "s-1", "sender": THAI, "report": report, "context": context,
        "state": "recorded", "history": [step], "recorded_at": NOW, "published": True,
    }  # fmt: skip
    return (
        Submission.model_validate({**common, **sent, "received_at": NOW}),
        Revision.model_validate({**common, **recorded}),
    )


async def tell(settings: CliSettings, topic: Topic, key: str, data: Payload) -> None:
    publisher = await Publisher(settings, "vrs/gateway").start()
    await publisher.publish(topic, key, publisher.event(event_id(key, "test"), data, None, NOW))
    await publisher.stop()


@pytest.fixture
def there(backbone: Backbone, topic_prefix: str, mongo_database: str) -> CliSettings:
    return CliSettings(
        kafka_bootstrap=backbone.kafka_bootstrap,
        mongo_url=backbone.mongo_url,
        topic_prefix=topic_prefix,
        mongo_database=mongo_database,
    )


async def another_cluster(there: CliSettings, folder: Path) -> CliSettings:
    """A new cluster with its topics and an empty database, to which the backup made here in ``folder`` is to go."""
    await _backup(there, folder)
    taken = manifest.read(folder)
    manifest.write(folder, taken.model_copy(update={"cluster": "another"}))
    # Another prefix is another set of topics, as empty as on a new cluster.
    here = there.model_copy(
        update={"topic_prefix": there.topic_prefix + "new.", "mongo_database": there.mongo_database + "-new"}
    )
    await _apply(here)
    return here


async def test_returns_that_waited_are_published_again_and_agencies_get_their_topics(
    there: CliSettings, backbone: Backbone, tmp_path: Path
) -> None:
    await make_topics(there)
    days = {"opens": date(2013, 7, 1), "due": date(2013, 8, 31), "closes": date(2013, 9, 30)}
    cycle = Cycle.model_validate({"id": "2013-H1", **days, "expected": ["TH"]})
    agency = Agency(participant="TH", id="TH-IMM", name="Immigration Bureau")
    await tell(there, CYCLES, key_of(cycle), CycleChanged(record=cycle, changed_at=NOW))
    await tell(there, PARTICIPANTS, key_of(agency), AgencyChanged(record=agency, changed_at=NOW))
    store = MongoStore(connect(there))
    submission, revision = waiting()
    assert await store.add_submission(submission) == "added"
    assert await store.add_revision(revision)
    here = await another_cluster(there, tmp_path)
    try:
        assert await _restore(here, tmp_path, force=False) == (2, 2, 0, 1)
        (record,) = await read_all(here, RECORDED)
        event = decode(record.value, record.headers, (ReportRecorded,))
        assert isinstance(event, Event)
        assert (event.id, event.data.series, record.key) == (event_id("s-1", "recorded.0"), SERIES, b"TH")
        missing = {step.topic for step in await _planned(here) if step.action != "keep"}
        assert missing == {"vrs.in.TH-IMM", "vrs.out.TH-IMM"}
        await _apply(here)
        assert {step.action for step in await _planned(here)} == {"keep"}
    finally:
        mongo.drop(backbone.stack.ports.mongo, here.mongo_database)


def stands(participant: str, number: int = 1, **more: Any) -> tuple[Submission, Revision]:
    """A revision that ingest has accepted; with ``more`` fields, another one."""
    series, who = series_id(participant, "2013-H1", None), Sender(role="focal-point", participant=participant)
    step = Step(state="accepted", at=NOW, service="validation")
    common = {"series": series, "participant": participant, "cycle": "2013-H1", "revision": number, "kind": "report"}
    sent = {"id": f"{participant}-{number}", "sender": who.name, "body_hash": "h", "timeline": [step]}
    said = {
        "id": revision_id(series, number), "submission_id": f"{participant}-{number}", "sender": who,
        "report": {"template": "ort/1", "reporter": participant, "cycle": "2013-H1", "answers": {}},
        "enriched": {"reporter": {"code": participant}}, "outcome": "accepted", "context": {"received_at": NOW},
        "figures": [["illegal_entries", "total", "total", 7]], "answered": [["illegal_entries", "total"]],
        "history": [step], "recorded_at": NOW, "published": True,
    }  # fmt: skip
    state: dict[str, Any] = {"state": "accepted"}
    return (
        Submission.model_validate({**common, **sent, **state, "received_at": NOW, "kind": more.get("kind", "report")}),
        Revision.model_validate({**common, **said, **state, **more}),
    )


async def test_what_was_accepted_or_withdrawn_and_not_everybody_had_heard_of_is_published_again(
    there: CliSettings, backbone: Backbone, tmp_path: Path
) -> None:
    await make_topics(there)
    database = connect(there)
    store = MongoStore(database)
    withdrawal = {"kind": "withdrawal", "report": None, "enriched": None, "outcome": None, "state": "withdrawn"}
    bare: dict[str, Any] = {**withdrawal, "figures": [], "answered": []}
    for submission, revision in (stands("MY"), stands("ID"), stands("ID", 2, **bare), stands("PH"), stands("VN")):
        assert await store.add_submission(submission) == "added"
        assert await store.add_revision(revision)
    folded = [{"_id": series_id(code, "2013-H1", None), "revision": 1, "judgement": 0} for code in ("ID", "PH", "VN")]
    await database.contributions.insert_many(folded)
    accepted = {1: Known(recorded=0, judged=0, outcome="accepted")}
    known = [Return(code, "2013-H1", NOW, accepted) for code in ("ID", "PH", "MY")]
    known.append(Return("VN", "2013-H1", NOW, {1: Known(recorded=0)}))
    await database.returns.insert_many([{"_id": one.id, **from_return(one)} for one in known])
    here = await another_cluster(there, tmp_path)
    try:
        assert (await _restore(here, tmp_path, force=False))[3] == 3
        found = [folding(record.value, record.headers, 0, 0) for record in await read_all(here, JUDGED)]
        heard = {one.contribution.series: one.contribution for one in found if isinstance(one, Folded)}
        assert heard.keys() == {"MY|2013-H1", "ID|2013-H1", "VN|2013-H1"}
        assert heard["MY|2013-H1"].tables == {"total": {"illegal_entries": {"total": 7}}}
        assert (heard["MY|2013-H1"].revision, heard["MY|2013-H1"].answered) == (1, ("illegal_entries|total",))
        assert (heard["ID|2013-H1"].revision, heard["ID|2013-H1"].withdrawn) == (2, True)
        assert await read_all(here, RECORDED) == []
    finally:
        mongo.drop(backbone.stack.ports.mongo, here.mongo_database)


async def test_a_restore_on_the_same_cluster_leaves_it_to_the_topics(there: CliSettings, tmp_path: Path) -> None:
    await make_topics(there)
    submission, revision = waiting()
    store = MongoStore(connect(there))
    assert await store.add_submission(submission) == "added"
    assert await store.add_revision(revision)
    await _backup(there, tmp_path)
    assert (await _restore(there, tmp_path, force=True))[3] is None
    assert await read_all(there, RECORDED) == []


async def test_offsets_past_the_end_of_a_topic_are_those_of_another_cluster(there: CliSettings, tmp_path: Path) -> None:
    """Kafka made anew under the same cluster id, or cut by a loss of power: what comes next would count as done."""
    await make_topics(there)
    submission, revision = waiting()
    store = MongoStore(connect(there))
    assert await store.add_submission(submission) == "added"
    assert await store.add_revision(revision)
    await _backup(there, tmp_path)
    taken = manifest.read(tmp_path)
    manifest.write(tmp_path, taken.model_copy(update={"offsets": {"vrs.validation": {RECORDED.name: {0: 5}}}}))
    assert (await _restore(there, tmp_path, force=True))[3] == 1
    assert len(await read_all(there, RECORDED)) == 1
    assert await offsets.committed(there) == {}
