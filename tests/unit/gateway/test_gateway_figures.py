"""Figures over States and periods: nobody counted twice, no order felt, nothing unseen summed."""

import gc
import random
import weakref
from dataclasses import replace
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.figures import Table, field_of
from contracts.period import Period, parse_span, rolling
from services.gateway.figures import (
    Answer,
    Coverage,
    Gathered,
    closed_doors,
    coverage,
    latest,
)
from services.gateway.held import HELD_SECONDS, OWN_WEIGHT, Counted, Place, Shelf
from services.gateway.in_force import MOST_ROWS, REMEMBERED, InForce
from services.gateway.subject import Subject
from services.gateway.visibility import Contribution, contributions

ENTRIES = Table("illegal_entries", "citizenship")
CENTRE = Subject("c", "centre")
TH = Subject("t", "focal-point", "TH")


class Cell(NamedTuple):
    """One State's figure of one cycle."""

    participant: str
    cycle: Period
    indicator: str
    dimension: str
    member: str
    value: int
    revision: int = 0


def p(text: str) -> Period:
    return Period.parse(text)


def give(participant: str, cycle: str, *, centre_only: bool = False, table: Table = ENTRIES) -> Contribution:
    return Contribution(participant, p(cycle), frozenset({table}), frozenset({table} if centre_only else ()))


def cell(participant: str, cycle: str, value: int, member: str = "KH", table: Table = ENTRIES) -> Cell:
    return Cell(participant, p(cycle), *table, member, value)


def stored(held: list[Cell]) -> list[dict[str, Any]]:
    """Figures as aggregation writes them, in the order of their arrival."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in held:
        key = (str(one.cycle), one.dimension, one.participant)
        fields = dict(zip(("period", "dimension", "participant"), key, strict=True))
        document = found.setdefault(key, {**fields, "revision": one.revision, "cells": {}})
        document["cells"].setdefault(one.indicator, {})[field_of(one.member)] = one.value
    return list(found.values())


def counted(documents: list[dict[str, Any]], in_force: InForce) -> dict[str, Counted]:
    """The figures of each cycle that count under its returns, as reading does it."""
    found: dict[str, Counted] = {}
    for document in documents:
        revisions = {code: revision for code, revision, _ in in_force.versions.get(document["period"], ())}
        found.setdefault(document["period"], Counted(revisions)).add(document)
    return found


def answered(
    who: Subject,
    held: list[Cell],
    returns: list[Contribution],
    period: str,
    half_years: int = 0,
    indicator: str | None = None,
    reporter: str | None = None,
) -> Answer:
    dimension = held[0].dimension if held else ENTRIES.dimension
    span, in_force = parse_span(period), InForce(returns)
    window = {one: in_force.standing(who, dimension, (one,), indicator) for one in rolling(span[-1], half_years)}
    gathered = Gathered(in_force.standing(who, dimension, span, indicator), window, reporter)
    for cycle, one in counted(stored(held), in_force).items():
        gathered.add(cycle, one.cells)
    return gathered.answer()


def seen(who: Subject, held: list[Cell], returns: list[Contribution], period: str) -> list[tuple[Any, ...]]:
    found = answered(who, held, returns, period)
    return [(one.member, one.value, one.reporters, one.complete) for one in found]


def test_figures_of_several_states_are_summed_and_named() -> None:
    returns = [give("TH", "2013-H1"), give("MY", "2013-H1")]
    held = [cell("TH", "2013-H1", 10_000), cell("MY", "2013-H1", 5)]
    assert seen(CENTRE, held, returns, "2013-H1") == [("KH", 10_005, ("MY", "TH"), True)]


def test_an_annual_report_stands_for_the_year_and_its_halves_are_not_added() -> None:
    returns = [give("TH", "2013"), give("TH", "2013-H1"), give("TH", "2013-H2")]
    held = [cell("TH", "2013", 100), cell("TH", "2013-H1", 60), cell("TH", "2013-H2", 50)]
    assert seen(TH, held, returns, "2013") == [("KH", 100, ("TH",), True)]
    assert seen(TH, held, returns, "2013-H1") == [("KH", 60, ("TH",), True)]


def test_a_year_of_one_half_and_one_quarter_is_incomplete() -> None:
    returns = [give("TH", "2013-H1"), give("TH", "2013-Q4")]
    held = [cell("TH", "2013-H1", 60), cell("TH", "2013-Q4", 5)]
    assert seen(TH, held, returns, "2013") == [("KH", 65, ("TH",), False)]


def test_a_member_absent_from_one_answered_half_leaves_the_year_complete() -> None:
    returns = [give("TH", "2013-H1"), give("TH", "2013-H2")]
    assert seen(TH, [cell("TH", "2013-H1", 60)], returns, "2013") == [("KH", 60, ("TH",), True)]


def test_a_table_that_one_half_does_not_answer_leaves_the_year_incomplete() -> None:
    returns = [give("TH", "2013-H1"), give("TH", "2013-H2", table=Table("refused_entries", "total"))]
    assert seen(TH, [cell("TH", "2013-H1", 60)], returns, "2013") == [("KH", 60, ("TH",), False)]


def test_others_figures_of_a_cycle_open_with_ones_own_return_of_that_cycle() -> None:
    held = [cell("MY", "2012", 7), cell("MY", "2013-H1", 5), cell("TH", "2013-H1", 1)]
    returns = [give("MY", "2012"), give("MY", "2013-H1")]
    assert seen(TH, held, returns, "2013-H1") == []
    assert closed_doors(TH, InForce(returns), [parse_span("2012..2013")]) == [p("2012"), p("2013-H1")]
    returns.append(give("TH", "2013-H1"))
    assert seen(TH, held, returns, "2013-H1") == [("KH", 6, ("MY", "TH"), True)]
    assert seen(TH, held, returns, "2012") == []
    assert closed_doors(TH, InForce(returns), [parse_span("2012..2013")]) == [p("2012")]


def test_what_its_owner_keeps_to_the_centre_is_not_summed_for_others() -> None:
    held = [cell("MY", "2013-H1", 5), cell("TH", "2013-H1", 1)]
    returns = [give("MY", "2013-H1", centre_only=True), give("TH", "2013-H1", centre_only=True)]
    assert seen(TH, held, returns, "2013-H1") == [("KH", 1, ("TH",), True)]
    assert seen(CENTRE, held, returns, "2013-H1") == [("KH", 6, ("MY", "TH"), True)]


def test_a_half_that_is_kept_to_the_centre_is_missing_from_the_year_of_others() -> None:
    held = [cell("MY", "2013-H1", 5), cell("MY", "2013-H2", 6)]
    returns = [
        give("MY", "2013-H1"),
        give("MY", "2013-H2", centre_only=True),
        give("TH", "2013-H1"),
        give("TH", "2013-H2"),
    ]
    assert seen(TH, held, returns, "2013") == [("KH", 5, ("MY",), False)]


def test_an_operator_sees_no_figure() -> None:
    assert seen(Subject("o", "operator"), [cell("TH", "2013-H1", 1)], [give("TH", "2013-H1")], "2013-H1") == []


def test_figures_without_a_return_in_force_do_not_count() -> None:
    assert seen(CENTRE, [cell("TH", "2013-H1", 1)], [], "2013-H1") == []


def test_fees_are_combined_as_the_lowest_the_middle_and_the_highest() -> None:
    tables = {one: Table(one, "corridor") for one in ("fee_min_usd", "fee_typical_usd", "fee_max_usd")}
    returns = [Contribution(code, p("2013-H1"), frozenset(tables.values()), frozenset()) for code in ("TH", "MY", "ID")]
    held = [
        cell(code, "2013-H1", value, "AF>ID", tables[one])
        for one in tables
        for code, value in (("TH", 4000), ("MY", 6000), ("ID", 9000))
    ]
    found = answered(CENTRE, held, returns, "2013-H1")
    assert {one.indicator: one.value for one in found} == {
        "fee_min_usd": 4000,
        "fee_typical_usd": 6000,
        "fee_max_usd": 9000,
    }


def test_a_route_listed_in_both_halves_is_listed_once_in_the_year() -> None:
    table = Table("routes_listed", "route")
    returns = [give("TH", "2013-H1", table=table), give("TH", "2013-H2", table=table)]
    held = [cell("TH", one, 1, "AF>PK", table) for one in ("2013-H1", "2013-H2")]
    assert seen(TH, held, returns, "2013") == [("AF>PK", 1, ("TH",), True)]


def test_rolling_gives_the_last_half_years_and_no_value_where_nobody_reported() -> None:
    returns = [give("TH", "2012"), give("TH", "2012-H2"), give("TH", "2013-H1")]
    held = [cell("TH", "2012", 30), cell("TH", "2012-H2", 20), cell("TH", "2013-H1", 40)]
    [row] = answered(TH, held, returns, "2013-H1", 3)
    assert [(str(one.period), one.value, one.complete) for one in row.rolling] == [
        ("2012-H1", None, False),
        ("2012-H2", 20, True),
        ("2013-H1", 40, True),
    ]


def test_coverage_counts_expected_participants_once_and_never_more_than_all() -> None:
    expected = [(p("2013-H1"), ["TH", "MY"]), (p("2013-H2"), ["TH"]), (p("2012"), ["AU"])]
    returns = [give("TH", "2013-H1"), give("TH", "2013-H2"), give("ID", "2013-H1")]
    assert coverage(expected, InForce(returns), parse_span("2013")) == Coverage(1, 2)


def test_the_latest_cycle_ends_last_and_is_the_shortest_of_those() -> None:
    assert latest([p("2012"), p("2013"), p("2013-H2"), p("2013-H1")]) == p("2013-H2")
    assert latest([]) is None


def test_documents_are_read_as_aggregation_writes_them() -> None:
    documents: list[dict[str, Any]] = [
        {"participant": "TH", "centre_only": ["a|b"], "withdrawn": False, "revision": 2, "order": 2_001},
        {"participant": "MY", "centre_only": [], "withdrawn": True, "revision": 1},
    ]
    documents = [{**one, "cycle": "2013-H1", "answered": ["a|b"]} for one in documents]
    table = Table("a", "b")
    assert contributions(documents) == [
        Contribution("TH", p("2013-H1"), frozenset({table}), frozenset({table}), 2, 2_001)
    ]


def test_only_the_indicator_and_the_participant_that_are_asked_for_are_given() -> None:
    refused = Table("refused_entries", "citizenship")
    returns = [Contribution(code, p("2013-H1"), frozenset({ENTRIES, refused})) for code in ("TH", "MY")]
    held = [cell(code, "2013-H1", 5, table=table) for code in ("TH", "MY") for table in (ENTRIES, refused)]

    def given(indicator: str | None = None, reporter: str | None = None) -> list[tuple[str, int, tuple[str, ...]]]:
        found = answered(CENTRE, held, returns, "2013-H1", 0, indicator, reporter)
        return [(one.indicator, one.value, one.reporters) for one in found]

    both = ("MY", "TH")
    assert given() == [("illegal_entries", 10, both), ("refused_entries", 10, both)]
    assert given(indicator="refused_entries") == [("refused_entries", 10, both)]
    assert given(indicator="refused_entries", reporter="TH") == [("refused_entries", 5, ("TH",))]
    assert given(reporter="AU") == []


def test_figures_of_a_return_later_than_the_one_that_was_read_are_nobodys_and_say_so() -> None:
    returns = [give("TH", "2013-H1"), give("MY", "2013-H1")]
    later = cell("TH", "2013-H1", 7)._replace(revision=1)
    held = [later, cell("MY", "2013-H1", 5)]
    assert seen(CENTRE, held, returns, "2013-H1") == [("KH", 5, ("MY",), True)]
    assert counted(stored(held), InForce(returns))["2013-H1"].behind
    only_my = [give("MY", "2013-H1")]
    assert seen(CENTRE, [later], only_my, "2013-H1") == []
    assert counted(stored([later]), InForce(only_my))["2013-H1"].behind, "a first return, not read yet"
    assert not counted(stored([cell("TH", "2013-H1", 7)]), InForce(returns))["2013-H1"].behind


def test_what_a_withdrawn_return_leaves_behind_is_no_reason_to_read_again() -> None:
    left = {"period": "2013-H1", "dimension": "citizenship", "participant": "TH", "revision": 2, "cells": {}}
    found = counted([left], InForce([give("MY", "2013-H1")]))["2013-H1"]
    assert (found.size, found.behind) == (0, False)


def test_a_cycles_figures_are_held_under_the_version_they_were_read_under_and_not_for_ever() -> None:
    shelf, place = Shelf(), Place("2013-H1", "citizenship", None)
    first, then = InForce([give("TH", "2013-H1")]), InForce([replace(give("TH", "2013-H1"), order=2)])
    one = counted(stored([cell("TH", "2013-H1", 7)]), first)["2013-H1"]
    shelf.put(place, first.versions["2013-H1"], 0.0, one)
    assert shelf.get(place, first.versions["2013-H1"], HELD_SECONDS - 1) is one
    assert shelf.get(place, then.versions["2013-H1"], 1.0) is None, "the same revision, judged again"
    assert shelf.get(place._replace(indicator="illegal_entries"), first.versions["2013-H1"], 1.0) is None
    assert shelf.get(place, first.versions["2013-H1"], HELD_SECONDS) is None


def test_what_was_put_on_the_shelf_first_makes_room() -> None:
    in_force, shelf = InForce([give("TH", "2013-H1")]), Shelf(most=2 + 2 * OWN_WEIGHT)
    one = counted(stored([cell("TH", "2013-H1", 7)]), in_force)["2013-H1"]
    places = [Place("2013-H1", "citizenship", indicator) for indicator in ("illegal_entries", "refused_entries", None)]
    for place in places:
        shelf.put(place, 1, 0.0, one)
    shelf.put(places[1], 1, 0.0, one)
    assert [shelf.get(place, 1, 0.0) for place in places] == [None, one, one]


def test_cycles_without_a_figure_make_room_on_the_shelf_too() -> None:
    shelf, nothing = Shelf(most=2 * OWN_WEIGHT), Counted({"TH": 1})
    places = [Place(cycle, "citizenship", None) for cycle in ("2012", "2013", "2014")]
    for place in places:
        shelf.put(place, 1, 0.0, nothing)
    assert [shelf.get(place, 1, 0.0) for place in places] == [None, nothing, nothing]


def test_what_is_too_old_leaves_the_shelf_when_something_else_is_put_there() -> None:
    shelf, old = Shelf(), Counted({})
    gone = weakref.ref(old)
    shelf.put(Place("2012", "citizenship", None), 1, 0.0, old)
    shelf.put(Place("2013", "citizenship", None), 1, 1.0, Counted({}))
    del old
    assert gone() is not None
    shelf.put(Place("2014", "citizenship", None), 1, HELD_SECONDS, Counted({}))
    assert gone() is None
    assert shelf.get(Place("2013", "citizenship", None), 1, HELD_SECONDS) is not None


def test_returns_that_are_no_longer_in_force_leave_memory_at_once_with_all_that_followed_from_them() -> None:
    in_force = InForce([give("TH", "2013-H1"), give("MY", "2013-H1")])
    standing = in_force.standing(TH, "citizenship", parse_span("2013"), None)
    assert in_force.standing(TH, "citizenship", parse_span("2013"), None) is standing, "found once"
    gone = [weakref.ref(one) for one in (in_force, standing)]
    collecting = gc.isenabled()
    gc.disable()
    try:
        del in_force, standing
        assert [one() for one in gone] == [None, None]
    finally:
        if collecting:
            gc.enable()


def test_answers_are_remembered_up_to_so_many_and_so_many_rows() -> None:
    in_force = InForce([give("TH", "2013-H1")])
    for number in range(REMEMBERED + 1):
        in_force.keep(number, f"answer {number}", 1)
    assert [in_force.answer(number) for number in (0, 1, REMEMBERED)] == [None, "answer 1", f"answer {REMEMBERED}"]
    in_force.keep("long", "rows", MOST_ROWS - 1)
    assert [in_force.answer(one) for one in (REMEMBERED - 1, REMEMBERED, "long")] == [
        None,
        f"answer {REMEMBERED}",
        "rows",
    ]
    in_force.keep("longer", "too many", MOST_ROWS + 1)
    assert [in_force.answer(one) for one in ("long", "longer")] == [None, None]
    in_force.keep("again", "rows", MOST_ROWS)
    assert in_force.answer("again") == "rows"


def test_returns_of_the_cycles_within_some_spans() -> None:
    returns = [give("TH", one) for one in ("2012", "2013-H1", "2013-Q3", "2014")]
    found = InForce(returns).within([parse_span("2013"), parse_span("2012-H1")])
    assert [str(one.cycle) for one in found] == ["2013-H1", "2013-Q3"]


CODES = ("TH", "MY", "ID")
CYCLES = ("2013", "2013-H1", "2013-H2", "2013-Q1", "2013-Q2", "2013-Q3", "2013-Q4")
worlds = st.dictionaries(
    st.tuples(st.sampled_from(CODES), st.sampled_from(CYCLES)),
    st.tuples(st.integers(0, 10**6), st.booleans(), st.booleans()),
    max_size=21,
)
World = dict[tuple[str, str], tuple[int, bool, bool]]


def unfold(world: World) -> tuple[list[Cell], list[Contribution]]:
    held = [cell(code, cycle, value) for (code, cycle), (value, has, _) in world.items() if has]
    returns = [give(code, cycle, centre_only=kept) for (code, cycle), (_, _, kept) in world.items()]
    return held, returns


@settings(deadline=None)
@given(worlds, st.sampled_from([CENTRE, TH]), st.sampled_from(["2013", "2013-H1", "2012..2013-H2"]), st.randoms())
def test_no_order_of_arrival_changes_a_figure(world: World, who: Subject, period: str, shuffler: random.Random) -> None:
    held, returns = unfold(world)
    first = seen(who, held, returns, period)
    shuffler.shuffle(held)
    shuffler.shuffle(returns)
    assert seen(who, held, returns, period) == first


@settings(deadline=None)
@given(worlds)
def test_no_month_of_a_state_is_counted_twice(world: World) -> None:
    """With one per month, a State's figure of a year is the months that its reports cover: at most twelve."""
    months = {key: (p(key[1]).months, True, False) for key in world}
    held, returns = unfold(months)
    for code in CODES:
        mine = [one for one in held if one.participant == code]
        covered = {month for one in mine for month in range(one.cycle.first_month, one.cycle.end)}
        found = seen(CENTRE, mine, returns, "2013")
        assert [row[1] for row in found] == ([len(covered)] if covered else [])
        assert [row[3] for row in found] == ([len(covered) == 12] if covered else [])


@settings(deadline=None)
@given(worlds)
def test_what_one_may_see_is_never_more_than_what_the_centre_sees(world: World) -> None:
    held, returns = unfold(world)
    for _, _, reporters, _ in seen(TH, held, returns, "2013"):
        for code in reporters:
            assert code == "TH" or any(one.participant == "TH" for one in returns)
