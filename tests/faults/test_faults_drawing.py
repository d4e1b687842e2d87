"""A seed is a run: what is drawn from it must be the same in every process, and of every kind."""

import subprocess
import sys
from datetime import UTC, datetime

from tests.faults.faults import DEALT, SLOW, TARGET, WORKERS, draw, side_by_side
from tests.faults.script import Script
from tests.faults.world import build

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
PRINT = (
    "import datetime as d, hashlib; from tests.faults.script import Script; from tests.faults.world import build;"
    "s = Script(build(d.datetime(2026, 3, 1, 10, tzinfo=d.UTC)), 5, 200);"
    "said = repr([(a.kind, a.expect, a.body) for a in s.actions]);"
    "print(hashlib.sha256(said.encode()).hexdigest())"
)


def test_the_same_seed_draws_the_same_faults_and_another_seed_does_not() -> None:
    assert draw(3, 40) == draw(3, 40)
    assert draw(3, 40) != draw(4, 40)


def test_a_seed_gives_the_same_submissions_in_every_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", PRINT], env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."}, capture_output=True,
            text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


def test_what_is_dealt_meets_every_family() -> None:
    assert {one.family for one in draw(9, len(DEALT))} == set(TARGET)
    links = [one.target for one in draw(9, 60) if one.family == "link"]
    assert links
    assert all(link.partition(">")[0] in WORKERS for link in links)


def test_a_long_run_has_sleeps_of_a_minute_full_disks_and_a_restore_that_stands_alone() -> None:
    drawn = draw(9, len(DEALT) + len(SLOW), slow=True)
    assert sum(one.kind == "stop" and one.hold >= 30 for one in drawn) == 4
    assert {one.target for one in drawn if one.kind == "disk_full"} == {"kafka", "mongo"}
    together = side_by_side(drawn, 9, most=3)
    assert [one for some in together for one in some] == drawn
    assert all(len(some) == 1 for some in together if some[0].kind == "restore")
    assert all(len({one.target for one in some}) == len(some) for some in together)


def test_up_to_so_many_faults_as_asked_for_happen_at_a_time() -> None:
    assert max(map(len, side_by_side(draw(9, 100), 9))) == 2
    assert max(map(len, side_by_side(draw(9, 100), 9, most=3))) == 3


def test_a_script_has_what_a_hard_day_brings() -> None:
    actions = Script(build(NOW), 7, 600).actions
    kinds = {one.kind for one in actions}
    assert {"report", "withdrawal", "explanation", "garbage"} <= kinds
    assert {"accept", "reject", "explain", "conflict", "refuse"} <= {one.expect for one in actions}
    assert 0.07 < sum(one.repeat for one in actions) / 600 < 0.13
    assert any(one.straight and one.kind == "report" for one in actions)
