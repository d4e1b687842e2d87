"""The fold's rules: what a return changes, and what is written for it."""

from dataclasses import replace

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
from services.aggregation.tables import Table

ENTRIES = "illegal_entries"
CLOSED, OTHER = "illegal_entries|citizenship", "refused_entries|citizenship"


def thai(revision: int, judgement: int = 0, centre_only: tuple[str, ...] = (), **tables: Table) -> Contribution:
    """Thailand's return of 2013-H1, by dimension; a withdrawal without any."""
    return Contribution(
        "TH",
        "2013-H1",
        revision,
        judgement,
        dimensions=tuple(sorted(tables)),
        centre_only=centre_only,
        withdrawn=not tables,
        tables=tables,
    )


def entries(**members: int) -> Table:
    return {ENTRIES: members}


def stored(contribution: Contribution) -> Contribution:
    """As it comes from the database: its figures stand in the aggregates."""
    return replace(contribution, tables={})


def begun(new: Contribution, before: Contribution | None = None) -> Change:
    change = start(known_of(before) if before else None, new)
    assert change is not None
    return change


def written(change: Change) -> dict[str, Share]:
    """Dimension to share."""
    return {place.dimension: share for place, share in result([change]).items()}


def test_a_first_return_writes_each_of_its_dimensions() -> None:
    citizenship = {ENTRIES: {"KH": 10_000, "MM": 500}, "refused_entries": {"KH": 7}}
    assert written(begun(thai(1, citizenship=citizenship, mode=entries(sea=3)))) == {
        "citizenship": Share(1_000_000, 1, citizenship),
        "mode": Share(1_000_000, 1, {ENTRIES: {"sea": 3}}),
    }


def test_an_aggregate_is_named_by_period_dimension_and_state() -> None:
    assert set(result([begun(thai(1, citizenship=entries(KH=1)))])) == {Place("2013-H1", "citizenship", "TH")}


def test_a_dimension_that_a_revision_drops_is_written_as_empty() -> None:
    change = begun(thai(2, mode=entries(sea=5)), thai(1, citizenship=entries(KH=1), mode=entries(sea=5)))
    assert written(change) == {
        "citizenship": Share(2_000_000, 2, {}),
        "mode": Share(2_000_000, 2, {ENTRIES: {"sea": 5}}),
    }


def test_a_withdrawal_empties_every_dimension() -> None:
    change = begun(thai(2), thai(1, citizenship=entries(KH=1), mode=entries(sea=2)))
    assert written(change) == {"citizenship": Share(2_000_000, 2, {}), "mode": Share(2_000_000, 2, {})}


def test_a_true_zero_is_a_figure_and_no_absence() -> None:
    assert written(begun(thai(1, mode=entries(sea=0))))["mode"].cells == {ENTRIES: {"sea": 0}}


def test_the_same_revision_twice_changes_nothing() -> None:
    one = thai(1, mode=entries(sea=1))
    assert start(known_of(one), one) is None
    change = begun(one)
    assert add(change, one) is change


def test_an_older_revision_changes_nothing() -> None:
    assert start(known_of(thai(3, mode=entries(sea=1))), thai(2, mode=entries(land=1))) is None


def test_a_later_judgement_of_the_same_revision_is_newer() -> None:
    assert order_of(1, 1) > order_of(1, 0)
    assert order_of(2, 0) > order_of(1, 999_999)


def test_a_dimension_that_came_and_went_between_two_writes_is_written_as_empty() -> None:
    # A sleeping worker may still write revision 2: it must find something newer in that very place.
    first, third = thai(1, mode=entries(sea=1)), thai(3, mode=entries(sea=1))
    change = add(begun(thai(2, mode=entries(sea=1), citizenship=entries(MM=5)), first), third)
    assert written(change)["citizenship"] == Share(3_000_000, 3, {})


def test_a_missing_base_means_that_there_is_none() -> None:
    wider = widened(begun(thai(2, mode=entries(sea=2)), thai(1, mode=entries(sea=1))), None)
    assert wider is not None
    assert wider.base == 0
    assert set(written(wider)) == {"mode"}


def test_an_unexpected_older_base_widens_what_is_written_by_its_dimensions() -> None:
    wider = widened(begun(thai(3, mode=entries(sea=2))), stored(thai(2, citizenship=entries(LA=9))))
    assert wider is not None
    assert wider.base == order_of(2, 0)
    assert written(wider)["citizenship"] == Share(3_000_000, 3, {})


def test_a_newer_contribution_empties_what_we_wrote_beyond_it_and_keeps_its_own() -> None:
    change = begun(thai(2, mode=entries(sea=2), citizenship=entries(MM=1)))
    wider = widened(change, stored(thai(3, citizenship=entries(MM=8))))
    assert wider is not None
    assert written(wider) == {"mode": Share(3_000_000, 3, {})}
    assert {place.dimension for place in wider.places} == {"mode", "citizenship"}


def test_nothing_is_left_to_do_when_another_worker_wrote_the_same_return() -> None:
    one = thai(2, mode=entries(sea=2))
    assert widened(begun(one), stored(one)) is None


def test_what_a_revision_closes_is_known_before_it_is_written() -> None:
    before = thai(1, citizenship=entries(KH=1), centre_only=(OTHER,))
    change = begun(thai(2, citizenship=entries(KH=2), centre_only=(CLOSED, OTHER)), before)
    assert change.closing == (CLOSED,)


def test_a_first_return_closes_nothing_because_nothing_of_it_can_be_seen_yet() -> None:
    assert begun(thai(1, citizenship=entries(KH=1), centre_only=(CLOSED,))).closing == ()
