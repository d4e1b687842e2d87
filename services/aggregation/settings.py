"""What an aggregation worker is told from outside."""

from pydantic import Field

from runtime.settings import ServiceSettings


class AggregationSettings(ServiceSettings):
    """Defaults fit the local stack."""

    aggregation_port: int = 0
    """Port of health and metrics; 0 takes a free one."""
    aggregation_flush_seconds: float = Field(default=0.25, gt=0)
    """One write of the changed aggregates in this time: the first change is written at once, those that follow are
    gathered, until no more may wait."""
    aggregation_figures_per_flush: int = Field(default=100_000, ge=1)
    """So many figures are folded ahead of their writing; then they are written at once, and the stream waits where
    the write before is still under way. It bounds the time between two writes and the memory of what waits."""
    aggregation_operations_per_call: int = Field(default=1_000, ge=1)
    """How many documents one call to the database names, so that a call stays well below its deadline."""
