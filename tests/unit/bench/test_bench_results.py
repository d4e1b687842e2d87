"""How measurements become results: ratios, goals, pages, plans."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from bench import small
from bench.capacity import LOADS, Costs, busiest, costs_table, limits_table, needs_table, skew, workers
from bench.drain import Cpu, _Look, _summed
from bench.goals import GOALS, contestants, one, table
from bench.run import BEGIN, END, replace_between
from bench.small import fallen
from bench.spread import Spread, ratios

COSTS = Costs(
    {"gateway": 5, "ingest": 20, "validation": 15, "aggregation": 3, "kafka": 4, "mongo": 10}, {"mongo": 400}, 40
)


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios([10, 40, 30], [5, 10, 10]) == Spread(3, 2, 4)


def test_a_goal_is_reached_from_its_own_side() -> None:
    assert GOALS["gateway"].reached(0.7) == "goal"
    assert GOALS["gateway"].reached(0.9) == "stretch"
    assert GOALS["gateway"].reached(0.5) == "missed"
    assert GOALS["longest_gap"].reached(0.4) == "goal"
    assert GOALS["longest_gap"].reached(0.6) == "missed"
    assert GOALS["pipeline_one"].reached(1) == ""


def test_a_result_has_to_be_one_of_the_goals() -> None:
    with pytest.raises(KeyError):
        one("speed", 1.0)


def test_the_table_has_a_row_for_each_result() -> None:
    lines = table([one("gateway", 0.5, 0.7, 0.6), one("longest_gap", 0.31)]).splitlines()
    assert len(lines) == 4
    assert lines[2].endswith("| 0.6 (0.5–0.7) | 0.6 | 0.85 | goal |")
    assert lines[3].endswith("| 0.31 (0.31–0.31) s | 0.5 s | 0.3 s | goal |")


def test_a_page_keeps_what_stands_around_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    replace_between(page, "new")
    assert page.read_text("utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_a_ratio_that_falls_by_more_than_a_third_is_told() -> None:
    kept = {"gateway": 0.6, "read": 0.3, "gone": 0.5}
    assert fallen({"gateway": 0.41, "read": 0.19, "new": 0.1}, kept) == ["read"]


@pytest.mark.parametrize(
    ("ratios", "ends"),
    [([0.5], False), ([0.3, 0.5], False), ([0.3, 0.35], True)],
    ids=["as-before", "noise", "slow"],
)
def test_what_has_fallen_is_measured_once_more_and_only_what_falls_again_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ratios: list[float], ends: bool
) -> None:
    left = iter(ratios)

    async def measured() -> dict[str, float]:
        return {"gateway": next(left)}

    monkeypatch.setattr(small, "measure", measured)
    monkeypatch.setattr(small, "KEPT", tmp_path / "small.json")
    small.KEPT.write_text('{"gateway": 0.6}', "utf-8")
    with pytest.raises(SystemExit, match="gateway") if ends else nullcontext():
        small.main(keep=False)
    assert next(left, None) is None


def test_one_key_is_on_one_partition_and_many_even_keys_are_spread() -> None:
    assert busiest(["TH"], [3.0]) == 1
    median, worst = skew(200, draws=50)
    assert 1 / 12 < median < worst <= 1


def test_workers_follow_the_load_until_the_busiest_partition_is_too_much_for_one() -> None:
    assert workers(0.001, 0.3) == "1 worker"
    assert workers(1.6, 0.3) == "4 workers"
    assert workers(1.7, 0.3) == "more than 12 workers"


def test_the_plan_has_a_column_for_each_load() -> None:
    lines = needs_table(COSTS).splitlines()
    assert all(line.count("|") == len(LOADS) + 2 for line in lines)
    assert "| validation | 15 | 66,667 |" in costs_table(COSTS)
    assert "gateway" not in limits_table(COSTS)


def test_contestants_stand_in_a_table_with_what_they_cost() -> None:
    columns = ("figures", "figures_per_second", "cpu_per_million_service", "cpu_per_million_kafka",
               "cpu_per_million_mongo", "operations_and_messages_per_figure", "longest_gap", "memory_mib",
               "seconds_from_start")  # fmt: skip
    own = one("aggregation_of_ceiling", 0.3, who="vrs aggregation", **dict.fromkeys(columns, 1.5))
    lines = contestants([own, one("gateway", 0.5)]).splitlines()
    assert lines[2] == "| vrs aggregation |" + " 1.5 |" * 9
    assert len(lines) == 3


@pytest.mark.parametrize(("first", "per_second"), [(4.0, 56.25), (19.0, 50.0)], ids=["early", "when most is over"])
def test_a_first_commit_when_most_of_the_time_is_over_tells_no_start_apart(first: float, per_second: float) -> None:
    looks = [_Look(0.0, 0, Cpu(0, 0, 0)), _Look(first, 100, Cpu(1, 0, 0)), _Look(20.0, 1_000, Cpu(2, 0, 0))]
    assert _summed("one", looks, 0, 0, 0, []).figures_per_second == per_second
