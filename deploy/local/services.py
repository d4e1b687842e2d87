"""The five services as components: the one list of them, and how a worker of each is started."""

from __future__ import annotations

import http.client
import sys
from pathlib import Path

from deploy.local.component import Component
from deploy.local.ports import HOST

SERVICES = ("gateway", "ingest", "validation", "aggregation", "notification")


def component(service: str, worker: int, port: int, var: Path) -> Component:
    """Worker number `worker` (from 1) of a service, with its health and metrics on `port`."""
    if service not in SERVICES:
        raise ValueError(f"no such service: {service}; there are {', '.join(SERVICES)}")
    name = worker_name(service, worker)
    scratch = var / "services" / name
    return Component(
        name=name,
        command=(sys.executable, "-m", f"services.{service}"),
        port=port,
        missing=lambda: unready(port),
        environment={
            f"VRS_{service.upper()}_PORT": str(port),
            "VRS_WORKER": name,  # a name that survives restarts
            "VRS_DATA_DIR": str(scratch),
            "PYTHONUNBUFFERED": "1",
        },
        prepare=lambda: scratch.mkdir(parents=True, exist_ok=True),
        grace=15.0,
    )


def worker_name(service: str, worker: int) -> str:
    """`ingest` for the first, `ingest-2` for the second."""
    return service if worker == 1 else f"{service}-{worker}"


def unready(port: int) -> str | None:
    """None when /readyz answers 200, else what it answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read(500).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return f"http://{HOST}:{port}/readyz: {error!r}"
    finally:
        connection.close()
    return None if answer.status == http.client.OK else f"http://{HOST}:{port}/readyz: {answer.status} {body}"
