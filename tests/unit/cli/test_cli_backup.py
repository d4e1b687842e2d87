"""The parts of a backup that need neither Kafka nor MongoDB."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from bson import encode

from cli.backup import documents
from cli.backup.manifest import Manifest, Offsets, Part, read, write
from cli.backup.offsets import back_to
from cli.backup.underway import heard
from cli.settings import Refused
from services.notification.documents import from_return
from services.notification.returns import Return, Revision


def backup(folder: Path) -> Manifest:
    reports = documents.write(folder / "reports.bson.gz", [encode({"_id": number}) for number in range(1000)])
    records = documents.write(folder / "records.bson.gz", [])
    manifest = Manifest(
        taken_at=datetime(2013, 7, 15, tzinfo=UTC),
        database="vrs",
        cluster="one",
        collections={"reports": reports},
        records=records,
        offsets={"vrs.ingest": {"vrs.submissions": {3: 17}}},
    )
    write(folder, manifest)
    return manifest


def test_documents_come_back_as_they_were(tmp_path: Path) -> None:
    manifest = backup(tmp_path)
    assert read(tmp_path) == manifest
    assert manifest.collections["reports"].documents == 1000
    assert [one["_id"] for one in documents.read(tmp_path / "reports.bson.gz")] == list(range(1000))


def test_the_same_documents_give_the_same_file(tmp_path: Path) -> None:
    parts: list[Part] = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        parts.append(backup(tmp_path / name).collections["reports"])
    assert parts[0].sha256 == parts[1].sha256


@pytest.mark.parametrize("damage", ["shorter", "gone", "unfinished"])
def test_a_damaged_backup_is_refused(tmp_path: Path, damage: str) -> None:
    backup(tmp_path)
    file = tmp_path / "reports.bson.gz"
    if damage == "shorter":
        file.write_bytes(file.read_bytes()[:-1])
    elif damage == "gone":
        file.unlink()
    else:
        (tmp_path / "manifest.json").unlink()
    with pytest.raises(Refused):
        read(tmp_path)


@pytest.mark.parametrize(
    ("then", "now", "back"),
    [
        ({}, {}, {}),
        ({"g": {"t": {0: 5}}}, {"g": {"t": {0: 9}}}, {"g": {"t": {0: 5}}}),
        # What had no commit then and has one now is read from its beginning.
        ({"g": {"t": {0: 5}}}, {"g": {"t": {0: 9, 1: 4}}}, {"g": {"t": {0: 5, 1: 0}}}),
        ({}, {"new": {"t": {0: 9}}}, {"new": {"t": {0: 0}}}),
        # A group that is not there any more gets its offsets back.
        ({"old": {"t": {0: 5}}}, {}, {"old": {"t": {0: 5}}}),
    ],
)
def test_groups_go_back_to_where_they_were(then: Offsets, now: Offsets, back: Offsets) -> None:
    assert back_to(then, now) == back


ACCEPTED = Revision(recorded=0, judged=0, outcome="accepted")
AGAIN = Revision(recorded=2, judged=2, outcome="accepted")
REJECTED = Revision(recorded=0, judged=0, outcome="rejected")
WITHDRAWN = Revision(times={"withdrawn": datetime(2013, 7, 15, tzinfo=UTC)})


@pytest.mark.parametrize(
    ("folded", "notified", "both"),
    [
        ((1, 0), {1: ACCEPTED}, (1, 0)),
        ((2, 2), {1: ACCEPTED, 2: AGAIN, 3: REJECTED}, (2, 2)),
        ((3, 0), {1: ACCEPTED, 2: REJECTED, 3: WITHDRAWN}, (3, 0)),
        ((2, 0), {1: ACCEPTED}, (1, 0)),
        ((1, 0), {1: ACCEPTED, 2: WITHDRAWN}, (1, 0)),
        ((1, 0), {1: REJECTED}, (0, 0)),
        (None, {1: ACCEPTED}, (0, 0)),
    ],
)
def test_heard_of_is_what_both_aggregation_and_notification_know(
    folded: tuple[int, int] | None, notified: dict[int, Revision], both: tuple[int, int]
) -> None:
    known = {"_id": "TH|2013-H1", **from_return(Return("TH", "2013-H1", None, notified))}
    rests = [{"_id": "TH|2013-H1", "revision": folded[0], "judgement": folded[1]}] if folded else []
    assert heard(rests, [known]) == {"TH|2013-H1": both}


def test_what_notification_has_not_heard_of_at_all_is_not_heard_of() -> None:
    assert heard([{"_id": "TH|2013-H1", "revision": 1, "judgement": 0}], []) == {}
