"""What the numbers were measured with: machine, versions, settings."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import peers
from bench.contestant import FLUSH_MS
from bench.rig import Rig
from contracts.topics import PARTITIONS
from deploy.local.java import find_java
from deploy.local.kafka import POM

LIBRARIES = (
    "aiokafka",
    "faust-streaming",
    "fastapi",
    "msgspec",
    "motor",
    "orjson",
    "pydantic",
    "pymongo",
    "uvicorn",
    "uvloop",
)


def described(rig: Rig) -> dict[str, Any]:
    """For the head of a result."""
    kafka = re.search(r"kafka_2\.13</artifactId>\s*<version>([^<]+)", POM.read_text())
    java = subprocess.run([find_java() or "java", "-version"], capture_output=True, text=True, check=False).stderr
    return {
        "machine": {
            "cpu": _line("/proc/cpuinfo", "model name"),
            "cores": os.cpu_count(),
            "memory": f"{int(_line('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.0f} GB",
            "system": platform.platform(),
        },
        "versions": {
            "python": platform.python_version(),
            "java": java.splitlines()[0] if java else "",
            "kafka": kafka.group(1) if kafka else "",
            "mongod": rig.client.server_info()["version"],
            **{name: version(name) for name in LIBRARIES},
            **peers.versions(),
        },
        "settings": {
            "partitions": PARTITIONS,
            "flush_ms": FLUSH_MS,
            "kafka": "one broker, 512 MB heap, replication 1, no compression",
            "mongod": "replica set of one, 0.5 GB cache, writes w=majority j=true",
        },
        "load": round(os.getloadavg()[0], 1),
    }


def _line(file: str, name: str) -> str:
    found = (line for line in Path(file).read_text().splitlines() if line.startswith(name))
    return next(found, "").partition(":")[2].strip()
