"""What the service answers on its own port: health, readiness, metrics. The inbox is read through the gateway."""

from fastapi import FastAPI

from runtime import health


def application(kafka: health.Check, mongo: health.Check) -> FastAPI:
    """Ready: a member of its group, and the database answers. A mail server that is away is no reason to stop."""
    return health.app({"kafka": kafka, "mongo": mongo})
