"""Figures as tables, and as bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.packing import FiguresError, cells_in, pack, tables_of, unpack

TABLES = st.dictionaries(
    st.sampled_from(["illegal_entries|citizenship", "routes|route"]),
    st.dictionaries(st.text(max_size=10), st.integers(-(2**63), 2**63 - 1), min_size=1),
)


def test_figures_are_ordered_by_table_however_they_are_mixed() -> None:
    figures = [("a", "x", "1", 1), ("b", "x", "1", 2), ("a", "x", "2", 3)]
    assert tables_of(figures) == {"a|x": {"1": 1, "2": 3}, "b|x": {"1": 2}}


def test_the_same_cell_twice_is_refused() -> None:
    with pytest.raises(FiguresError) as caught:
        tables_of([("a", "x", "1", 1), ("b", "x", "1", 2), ("a", "x", "1", 1)])
    assert caught.value.reason == "figure_twice"


@pytest.mark.parametrize("name", ["", "a.b", "$where", "a|b", "ä", "a\u0000", "x" * 101])
def test_a_name_that_could_not_be_a_field_is_refused(name: str) -> None:
    for figure in ((name, "x", "1", 1), ("a", name, "1", 1)):
        with pytest.raises(FiguresError) as caught:
            tables_of([figure])
        assert caught.value.reason == "figure_name"


@given(TABLES)
def test_what_is_packed_is_unpacked_the_same(tables: dict[str, dict[str, int]]) -> None:
    assert unpack(pack(tables)) == tables


def test_other_bytes_are_refused_and_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="Expected"):
        unpack(b"\x01")


def test_cells_are_counted_over_all_tables() -> None:
    assert cells_in({"a|x": {"1": 1, "2": 3}, "b|x": {"1": 2}}) == 3
