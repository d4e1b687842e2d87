"""The fold's rules: what a return changes, and what is written for it."""

from services.aggregation.packing import Tables, tables_of
from services.aggregation.rules import (
    Change,
    Contribution,
    Place,
    Share,
    add,
    known_of,
    order_of,
    result,
    start,
    widened,
)

CITIZENSHIP = "illegal_entries|citizenship"
REFUSED = "refused_entries|citizenship"


def thai(revision: int, tables: Tables | None = None, judgement: int = 0, **more: object) -> Contribution:
    withdrawn = tables is None
    return Contribution("TH", "2013-H1", revision, judgement, tables or {}, withdrawn=withdrawn, **more)  # type: ignore[arg-type]


def begun(new: Contribution, before: Contribution | None = None) -> Change:
    change = start(known_of(before) if before else None, new)
    assert change is not None
    return change


def written(change: Change) -> dict[str, Share]:
    """Member to share, for changes of one dimension."""
    return {place.member: by["TH"] for place, by in result([change]).items()}


def test_a_first_return_writes_each_of_its_members() -> None:
    change = begun(thai(1, {CITIZENSHIP: {"KH": 10_000, "MM": 500}, REFUSED: {"KH": 7}}))
    assert written(change) == {
        "KH": Share(1_000_000, 1, {"illegal_entries": 10_000, "refused_entries": 7}),
        "MM": Share(1_000_000, 1, {"illegal_entries": 500}),
    }


def test_an_aggregate_is_named_by_period_dimension_and_member() -> None:
    assert set(result([begun(thai(1, {CITIZENSHIP: {"KH": 1}}))])) == {Place("2013-H1", "citizenship", "KH")}


def test_a_member_that_a_revision_leaves_as_it_was_is_not_written() -> None:
    change = begun(thai(2, {CITIZENSHIP: {"KH": 9_000, "MM": 500}}), thai(1, {CITIZENSHIP: {"KH": 10_000, "MM": 500}}))
    assert written(change) == {"KH": Share(2_000_000, 2, {"illegal_entries": 9_000})}


def test_a_changed_member_is_written_with_all_of_its_indicators() -> None:
    before = thai(1, {CITIZENSHIP: {"KH": 1}, REFUSED: {"KH": 2}})
    change = begun(thai(2, {CITIZENSHIP: {"KH": 3}, REFUSED: {"KH": 2}}), before)
    assert written(change)["KH"].cells == {"illegal_entries": 3, "refused_entries": 2}


def test_a_member_that_a_revision_drops_is_written_as_empty() -> None:
    change = begun(thai(2, {CITIZENSHIP: {"MM": 500}}), thai(1, {CITIZENSHIP: {"KH": 10_000, "MM": 500}}))
    assert written(change) == {"KH": Share(2_000_000, 2, {})}


def test_a_withdrawal_empties_every_member() -> None:
    change = begun(thai(2), thai(1, {CITIZENSHIP: {"KH": 1, "MM": 2}}))
    assert written(change) == {"KH": Share(2_000_000, 2, {}), "MM": Share(2_000_000, 2, {})}


def test_a_true_zero_is_a_figure_and_no_absence() -> None:
    assert written(begun(thai(1, {CITIZENSHIP: {"KH": 0}})))["KH"].cells == {"illegal_entries": 0}


def test_the_same_revision_twice_changes_nothing() -> None:
    one = thai(1, {CITIZENSHIP: {"KH": 1}})
    assert start(known_of(one), one) is None
    change = begun(one)
    assert add(change, one) is change


def test_an_older_revision_changes_nothing() -> None:
    assert start(known_of(thai(3, {CITIZENSHIP: {"KH": 1}})), thai(2, {CITIZENSHIP: {"MM": 1}})) is None


def test_a_later_judgement_of_the_same_revision_is_newer() -> None:
    assert order_of(1, 1) > order_of(1, 0)
    assert order_of(2, 0) > order_of(1, 999_999)


def test_a_cell_that_came_and_went_between_two_writes_is_written_as_empty() -> None:
    # A sleeping worker may still write revision 2: it must find something newer in that very cell.
    first = thai(1, {CITIZENSHIP: {"KH": 1}})
    change = add(begun(thai(2, {CITIZENSHIP: {"KH": 1, "MM": 5}}), first), thai(3, {CITIZENSHIP: {"KH": 1}}))
    assert written(change) == {"MM": Share(3_000_000, 3, {})}


def test_a_cell_that_changed_and_changed_back_is_written_at_the_later_revision() -> None:
    first = thai(1, {CITIZENSHIP: {"KH": 1}})
    change = add(begun(thai(2, {CITIZENSHIP: {"KH": 2}}), first), thai(3, {CITIZENSHIP: {"KH": 1}}))
    assert written(change) == {"KH": Share(3_000_000, 3, {"illegal_entries": 1})}


def test_a_missing_base_means_that_the_whole_return_is_written() -> None:
    change = begun(thai(2, {CITIZENSHIP: {"KH": 2, "MM": 5}}), thai(1, {CITIZENSHIP: {"KH": 1, "MM": 5}}))
    wider = widened(change, None)
    assert wider is not None
    assert wider.base == 0
    assert set(written(wider)) == {"KH", "MM"}


def test_an_unexpected_older_base_widens_what_is_written_by_its_cells() -> None:
    change = begun(thai(3, {CITIZENSHIP: {"KH": 2}}))
    wider = widened(change, thai(2, {CITIZENSHIP: {"LA": 9}}))
    assert wider is not None
    assert wider.base == order_of(2, 0)
    assert written(wider)["LA"] == Share(3_000_000, 3, {})


def test_a_newer_contribution_is_carried_into_the_cells_that_we_wrote() -> None:
    change = begun(thai(2, {CITIZENSHIP: {"KH": 2, "MM": 1}}))
    wider = widened(change, thai(3, {CITIZENSHIP: {"MM": 8}}))
    assert wider is not None
    assert written(wider) == {
        "KH": Share(3_000_000, 3, {}),
        "MM": Share(3_000_000, 3, {"illegal_entries": 8}),
    }


def test_nothing_is_left_to_do_when_another_worker_wrote_the_same_return() -> None:
    change = begun(thai(2, {CITIZENSHIP: {"KH": 2}}))
    assert widened(change, thai(2, {CITIZENSHIP: {"KH": 2}})) is None


def test_what_a_revision_closes_is_known_before_it_is_written() -> None:
    before = thai(1, {CITIZENSHIP: {"KH": 1}}, centre_only=(REFUSED,))
    change = begun(thai(2, {CITIZENSHIP: {"KH": 2}}, centre_only=(CITIZENSHIP, REFUSED)), before)
    assert change.closing == (CITIZENSHIP,)


def test_a_first_return_closes_nothing_because_nothing_of_it_can_be_seen_yet() -> None:
    assert begun(thai(1, {CITIZENSHIP: {"KH": 1}}, centre_only=(CITIZENSHIP,))).closing == ()


def test_members_are_values_whatever_they_say() -> None:
    odd = "TH:$by.|Padang Besar\u0000"
    tables = tables_of([("illegal_entries", "entry_point", odd, 4)])
    assert written(begun(thai(1, tables)))[odd].cells == {"illegal_entries": 4}
