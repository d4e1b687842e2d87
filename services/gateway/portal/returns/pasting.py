"""Rows from a block that was copied out of a spreadsheet. Pure.

In: lines with cells between tabs (or semicolons, where there is no tab). Out: rows as typed. A cell is what its column
is by its place: the dimensions in the order of the page, then the number, then a comment. A heading is passed over.
"""

import csv
import io
from collections.abc import Sequence

from services.gateway.portal.returns.typed import MOST_LINES, Line


class NotRows(ValueError):
    """The block cannot be taken apart: a cell without an end, or control characters."""


def rows_of(block: str, dimensions: Sequence[str], fixed: Line) -> list[Line]:
    """The rows of a block; each gets ``fixed`` (the way of travel of its sub-question) as well. Raises NotRows."""
    separator = "\t" if "\t" in block else ";"
    try:
        lines = list(csv.reader(io.StringIO(block.strip("\n\r")), delimiter=separator))
    except csv.Error as error:
        raise NotRows from error
    names = (*dimensions, "value", "comment")
    found: list[Line] = []
    for cells in lines:
        cells = [cell.strip()[:2_000] for cell in cells]
        if any(cells) and len(found) < MOST_LINES:
            found.append({**fixed, **dict(zip(names, cells, strict=False))})
    return found[1:] if found and _heading(found[0]) and len(found) > 1 else found


def _heading(row: Line) -> bool:
    value = row.get("value", "")
    return bool(value) and not any(letter.isdigit() for letter in value)
