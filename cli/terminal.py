"""Tables on the terminal. Wide where the terminal is, never cut where the output goes to a file."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

WIDE = 200  # of what is not a terminal: a reader of a file has no width


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else WIDE)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns. Cells are text, never markup: they hold what others have written."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    console().print(made)
