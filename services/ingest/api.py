"""The HTTP of ingest: health, readiness and metrics, nothing else."""

from collections.abc import Mapping

from fastapi import FastAPI

from runtime import health
from runtime.health import Check
from runtime.reference import ReferenceView
from services.ingest.store import Store


def build(consumers: Mapping[str, Check], store: Store, reference: ReferenceView) -> FastAPI:
    """Ready is: each consumer has joined its group, MongoDB answers, cycles and participants are read."""
    checks = {f"kafka_{name}": joined for name, joined in consumers.items()}
    return health.app({**checks, "mongo": store.reachable, "reference": reference.ready})
