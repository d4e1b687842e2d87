"""Health, readiness and metrics: all of aggregation that speaks HTTP. Aggregates are read through the gateway."""

from fastapi import FastAPI

from runtime import health
from runtime.health import Check


def build(kafka: Check, mongo: Check) -> FastAPI:
    """Ready is: the group has given this worker its share, and the database answers."""
    return health.app({"kafka": kafka, "mongo": mongo})
