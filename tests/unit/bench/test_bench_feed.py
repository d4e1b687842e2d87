"""The work of the measurements: repeatable, of the size that is promised, and counted by an oracle that is right."""

import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from bench.contestant import aggregates_differ, cells_differ
from bench.feed import LARGEST, SMALLEST, Feed, Sent, Work
from bench.oracle import digest, expected, figures_of
from bench.real import RealDetections, file
from bench.recorded import recorded
from bench.rig import Filled
from services.validation.rules import judge

FEED = Feed(7, 400)


def test_a_feed_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert Feed(7, 400).order == FEED.order
    assert Feed(7, 400).report(FEED.order[5]) == FEED.report(FEED.order[5])
    assert Feed(8, 400).order != FEED.order


def test_a_feed_holds_replacements_repeats_and_withdrawals_as_promised() -> None:
    assert len(FEED.order) == 400
    times = Counter(FEED.order)
    assert sum(times.values()) - len(times) == 20
    assert sum(one.revision > 1 for one in times) == 80
    assert 0 < sum(one.withdrawn for one in times) < 20


def test_something_older_arrives_after_something_newer() -> None:
    newest: dict[tuple[str, str], int] = {}
    late = 0
    for sent in FEED.order:
        before = newest.get((sent.participant, sent.cycle), 0)
        late += sent.revision < before
        newest[sent.participant, sent.cycle] = max(before, sent.revision)
    assert late


def test_returns_have_the_promised_size() -> None:
    sizes = [len(figures_of(FEED.report(sent))) for sent in FEED.order[::10] if not sent.withdrawn]
    assert min(sizes) >= SMALLEST
    assert max(sizes) <= LARGEST * 1.05
    assert sum(sizes) / len(sizes) > 1_200


@pytest.mark.parametrize("work", [FEED, RealDetections()] if file().exists() else [FEED])
def test_the_oracle_counts_what_validation_counts(work: Work) -> None:
    for sent in [one for one in work.order if not one.withdrawn][::40]:
        report = work.report(sent)
        judgement = judge(recorded(report, sent.revision, "one"))
        assert judgement.outcome == "accepted"
        assert {tuple(one[:3]): one.value for one in judgement.figures} == figures_of(report)


def _entries(reporter: str, cycle: str, **rows: int) -> tuple[str, str, dict[str, Any]]:
    given = [{"citizenship": member, "value": value} for member, value in rows.items()]
    report = {"reporter": reporter, "answers": {"illegal_entries.by_citizenship": {"rows": given}}}
    return reporter, cycle, report


def test_the_oracle_adds_up_over_states_and_keeps_cycles_apart() -> None:
    found = expected(
        [_entries("TH", "2013-H1", KH=4, MM=1), _entries("MY", "2013-H1", KH=6), _entries("TH", "2013-H2", KH=9)]
    )
    assert found.totals == {
        "2013-H1|citizenship|KH|illegal_entries": 10,
        "2013-H1|citizenship|MM|illegal_entries": 1,
        "2013-H2|citizenship|KH|illegal_entries": 9,
    }
    assert found.digests["2013-H1|citizenship|TH"] == digest({"illegal_entries": {"KH": 4, "MM": 1}})
    assert found.figures == 4


class _Database(dict[str, Any]):
    """What the checks ask of a database."""

    def __init__(self, name: str, *documents: dict[str, Any]) -> None:
        self.documents = documents
        super().__init__({name: self})

    def find(self) -> tuple[dict[str, Any], ...]:
        return self.documents


def test_a_wrong_a_missing_and_a_superfluous_figure_are_told() -> None:
    wanted = expected([_entries("TH", "2013-H1", KH=4, MM=0)])
    good = {"_id": "2013-H1|citizenship|TH", "cells": {"illegal_entries": {"KH": 4, "MM": 0}}}
    missing = {"_id": "2013-H1|citizenship|TH", "cells": {"illegal_entries": {"KH": 4}}}
    none = {"_id": "2013-H1|mode|TH", "cells": {}}
    other = {"_id": "2013-H1|citizenship|LA", "cells": {"illegal_entries": {"KH": 1}}}
    assert aggregates_differ(_Database("aggregates", good, none), wanted) == []  # type: ignore[arg-type]
    assert aggregates_differ(_Database("aggregates", missing), wanted)  # type: ignore[arg-type]
    assert aggregates_differ(_Database("aggregates", good, other), wanted)  # type: ignore[arg-type]
    cell = {"_id": "2013-H1|citizenship|KH|illegal_entries", "value": 4}
    assert cells_differ(_Database("cells", cell), wanted) == []  # type: ignore[arg-type]
    assert cells_differ(_Database("cells", {**cell, "value": 5}), wanted)  # type: ignore[arg-type]


def test_a_topic_is_read_to_its_end_when_every_offset_is_committed() -> None:
    filled = Filled("feed", "topic", {0: [0, 10, 15], 3: [0, 7]})
    assert (filled.total, filled.messages) == (22, 3)
    assert filled.done({0: 1}) == 10
    assert not filled.ended({0: 2})
    assert filled.ended({0: 2, 3: 1})


def test_what_is_withdrawn_brings_no_report() -> None:
    with pytest.raises(KeyError):
        FEED.report(Sent("TH", "2013-H1", 2, withdrawn=True))


def test_a_seed_gives_the_same_feed_in_every_process() -> None:
    told = "from bench.feed import Feed; f = Feed(1, 40); print([f.report(s) for s in f.order if not s.withdrawn])"
    said = {
        subprocess.run(
            [sys.executable, "-c", told], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
