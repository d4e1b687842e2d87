"""A search's table to take away, as CSV or as a spreadsheet. Pure: texts in, bytes out.

Nothing in a cell is a formula: in CSV a text that a spreadsheet would calculate gets an apostrophe before it (OWASP,
"CSV Injection"), in XLSX every text is written as a text.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

Cell = str | int | None
CALCULATED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Table:
    """``notes``: what a reader of the table must know; they stand below it."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def harmless(cell: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(CALCULATED) else cell


def as_csv(table: Table) -> bytes:
    """With a byte order mark, without which spreadsheets misread the names of places."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (table.header, *table.rows, (), *([note] for note in (table.title, *table.notes))):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """One sheet: title, table, notes; figures are numbers."""
    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet("VRS-MSRC")
        bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, table.title, bold)
        for column, text in enumerate(table.header):
            sheet.write_string(2, column, text, head)
            lengths = [len(str(row[column] or "")) for row in table.rows]
            sheet.set_column(column, column, min(60, max(12, *(one + 2 for one in lengths), 12)) if lengths else 12)
        for place, row in enumerate(table.rows, 3):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(place, column, cell, number)
                elif cell:
                    sheet.write_string(place, column, cell)
        for place, note in enumerate(table.notes, len(table.rows) + 4):
            sheet.write_string(place, 0, note)
        sheet.freeze_panes(3, 1)
    return out.getvalue()
