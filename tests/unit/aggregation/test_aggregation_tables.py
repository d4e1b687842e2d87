"""Figures in the order in which they are stored."""

import pytest

from services.aggregation.tables import FiguresError, cells_in, tables_of


def test_figures_are_ordered_by_dimension_and_indicator_however_they_are_mixed() -> None:
    figures = [("a", "x", "1", 1), ("b", "x", "1", 2), ("a", "y", "1", 4), ("a", "x", "2", 3)]
    assert tables_of(figures) == {"x": {"a": {"1": 1, "2": 3}, "b": {"1": 2}}, "y": {"a": {"1": 4}}}


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


def test_cells_are_counted_over_all_tables() -> None:
    assert cells_in({"x": {"a": {"1": 1, "2": 3}, "b": {"1": 2}}, "y": {}}) == 3
