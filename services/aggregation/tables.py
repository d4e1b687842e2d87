"""The figures of one return, ordered as they are stored: by dimension, then indicator, then member."""

import re
from collections.abc import Iterable

from contracts.figures import Figure

Table = dict[str, dict[str, int]]
"""What stands under one dimension: indicator to member to value."""
Tables = dict[str, Table]
"""``{"citizenship": {"illegal_entries": {"KH": 10000, "MM": 500}}}``."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,99}", re.ASCII)


class FiguresError(ValueError):
    """Figures that break the contract. ``reason`` is a short code; the text says where, without a value."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def tables_of(figures: Iterable[Figure | tuple[str, str, str, int]]) -> Tables:
    """Order the figures of a return.

    Raises FiguresError for a name that cannot be a field of a document, and for a cell that stands twice: which
    of the two holds would depend on who reads them.
    """
    tables: Tables = {}
    cells: dict[str, int] = {}
    last_indicator = last_dimension = ""
    count = 0
    for indicator, dimension, member, value in figures:
        # Figures come table by table, so that this is true a few dozen times in a thousand.
        if indicator != last_indicator or dimension != last_dimension:
            last_indicator, last_dimension = indicator, dimension
            cells = tables.setdefault(dimension, {}).setdefault(indicator, {})
        cells[member] = value
        count += 1
    for dimension, table in tables.items():
        if not all(map(_NAME.fullmatch, (dimension, *table))):
            raise FiguresError("figure_name", "an indicator or dimension has a name that is none")
    if cells_in(tables) != count:
        raise FiguresError("figure_twice", f"{count} figures, some for the same cell")
    return tables


def cells_in(tables: Tables) -> int:
    """How many figures the tables hold."""
    return sum(len(cells) for table in tables.values() for cells in table.values())
