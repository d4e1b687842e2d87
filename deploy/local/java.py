"""Finds a Java that Kafka 4 accepts. Standard library only: it runs before anything is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST = 17  # Kafka 4.x brokers start on Java 17 or newer


def find_java() -> str | None:
    """The path of a Java of version 17 or newer: JAVA_HOME, then PATH, then where distributions put them."""
    home = os.environ.get("JAVA_HOME")
    candidates = [str(Path(home, "bin", "java"))] if home else []
    candidates += [found for found in (shutil.which("java"),) if found]
    candidates += sorted(map(str, Path("/usr/lib/jvm").glob("*/bin/java")), reverse=True)
    return next((java for java in candidates if (java_version(java) or 0) >= OLDEST), None)


def java_version(java: str) -> int | None:
    """17 for Java 17.0.15, 8 for 1.8.0; None when it does not run."""
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', answer.stderr)
    return int(found.group(1)) if found else None
