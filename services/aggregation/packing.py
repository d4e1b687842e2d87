"""The figures of one return as tables, and as the bytes that memory and database keep of them.

A table is what one question fills: ``"illegal_entries|citizenship"`` to ``{"KH": 10000, "MM": 500}``. Packed, a
million cells by country take about 7 MB; as dictionaries they take more than ten times that.
"""

import re
from collections.abc import Iterable

import msgspec

from contracts.figures import Figure

Tables = dict[str, dict[str, int]]
"""``indicator|dimension`` to member to value: the names that ``answered`` and ``centre_only`` use."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,99}\|[A-Za-z][A-Za-z0-9_\-]{0,99}", re.ASCII)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Tables)


class FiguresError(ValueError):
    """Figures that break the contract. ``reason`` is a short code; the text says where, without a value."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def table_name(indicator: str, dimension: str) -> str:
    return f"{indicator}|{dimension}"


def tables_of(figures: Iterable[Figure | tuple[str, str, str, int]]) -> Tables:
    """Order the figures of a return by table.

    Raises FiguresError for a name that cannot be a field of a document, and for a cell that stands twice: which
    of the two holds would depend on who reads them.
    """
    tables: Tables = {}
    table: dict[str, int] = {}
    last_indicator = last_dimension = ""
    count = 0
    for indicator, dimension, member, value in figures:
        if indicator != last_indicator or dimension != last_dimension:
            last_indicator, last_dimension = indicator, dimension
            table = tables.setdefault(f"{indicator}|{dimension}", {})
        table[member] = value
        count += 1
    for name in tables:
        if not _NAME.fullmatch(name):
            raise FiguresError("figure_name", "an indicator or dimension has a name that is none")
    if sum(map(len, tables.values())) != count:
        raise FiguresError("figure_twice", f"{count} figures, some for the same cell")
    return tables


def pack(tables: Tables) -> bytes:
    """Tables as bytes (MessagePack)."""
    return _encoder.encode(tables)


def unpack(packed: bytes) -> Tables:
    """The tables that ``pack`` was given. Raises ValueError for other bytes."""
    return _decoder.decode(packed)


def cells_in(tables: Tables) -> int:
    """How many figures the tables hold."""
    return sum(map(len, tables.values()))
