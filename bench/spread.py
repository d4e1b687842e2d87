"""Repeated measurements as one number and how far they lie apart."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Spread(NamedTuple):
    """The median of repeated measurements, and the lowest and highest of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{short(self.median)} ({short(self.low)}–{short(self.high)})"


def ratios(some: Sequence[float], others: Sequence[float]) -> Spread:
    """Round by round, since a slow minute of the machine slows both; the median of these ratios."""
    return Spread.of([one / other for one, other in zip(some, others, strict=True)])


def short(value: float) -> str:
    """Three significant digits, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
