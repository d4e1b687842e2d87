"""A figure: the smallest thing that is counted, and how figures combine over States and over time."""

import re
from collections.abc import Callable, Iterable, Mapping
from statistics import median_low
from typing import NamedTuple


class Figure(NamedTuple):
    """``value`` of ``indicator`` for one ``member`` of one ``dimension``, as one State reports it for one cycle.

    ``("illegal_entries", "citizenship", "KH", 10000)``. Indicators are the template's groups; the dimension
    ``total`` has the single member ``total``. Values are whole numbers: sums of floats depend on their order.
    """

    indicator: str
    dimension: str
    member: str
    value: int


class Table(NamedTuple):
    """What one question fills: an indicator by a dimension. Answers and sharing are known table by table."""

    indicator: str
    dimension: str


ROUTES_LISTED = "routes_listed"
"""In how many States' returns a route or corridor stands; `routes` itself counts the persons, where given."""
FEE_MIN, FEE_TYPICAL, FEE_MAX = "fee_min_usd", "fee_typical_usd", "fee_max_usd"

Combine = Callable[[Iterable[int]], int]

_OVER_STATES: dict[str, Combine] = {FEE_MIN: min, FEE_TYPICAL: median_low, FEE_MAX: max}
_OVER_TIME: dict[str, Combine] = {
    **_OVER_STATES,
    # Named in both halves of a year is named in that year once, not twice.
    ROUTES_LISTED: max,
    "methods_and_fees": max,
    "other_crime_areas": max,
}


def over_states(indicator: str) -> Combine:
    """How the figures of several States make one: a sum, except for fees (lowest, middle, highest)."""
    return _OVER_STATES.get(indicator, sum)


def over_time(indicator: str) -> Combine:
    """How the figures of one State for parts of a period make one for the whole of it."""
    return _OVER_TIME.get(indicator, sum)


# As the name of a field of a document: paths are written with dots, operators with a dollar sign, and NUL ends a name.
_UNFIT, _QUOTED = re.compile(r"[%.$\0]"), re.compile(r"%([0-9A-F]{2})")
_EMPTY = "%"


def field_of(member: str) -> str:
    """The field name by which an aggregate keeps a member, which may hold any text: ``Mt%2E Elgon``."""
    return _UNFIT.sub(lambda one: f"%{ord(one[0]):02X}", member) or _EMPTY


def member_of(field: str) -> str:
    """The member that a field name stands for."""
    return "" if field == _EMPTY else _QUOTED.sub(lambda one: chr(int(one[1], 16)), field)


def fields_of(cells: Mapping[str, int]) -> Mapping[str, int]:
    """Cells by field name. Nearly always their members can stand as they are, and the same cells are given back."""
    if "" not in cells and not _UNFIT.search("\n".join(cells)):
        return cells
    return {field_of(member): value for member, value in cells.items()}


def members_of(cells: Mapping[str, int]) -> dict[str, int]:
    """Cells by member, from cells by field name."""
    return {member_of(field) if "%" in field else field: int(value) for field, value in cells.items()}
