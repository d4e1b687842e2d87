"""A report as a file on disk."""

from pathlib import Path
from typing import Any

from cli.settings import Refused
from contracts.wire import MAX_REPORT_BYTES, Unreadable, read_json


def read(file: Path) -> dict[str, Any]:
    """The JSON object in the file, read as strictly as the gateway reads it. Raises Refused."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from None
    if len(raw) > MAX_REPORT_BYTES:
        raise Refused(f"{file}: {len(raw)} bytes are more than the {MAX_REPORT_BYTES} that a report may have")
    found = read_json(raw)
    if isinstance(found, Unreadable):
        raise Refused(f"{file} is not JSON: {found.detail}")
    if not isinstance(found, dict):
        raise Refused(f"{file}: a report is a JSON object")
    return found
