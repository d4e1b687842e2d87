"""Turns log lines of the stack's programs into lines for people. Pure: a line in, a line and its level out."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
_MONGO_LEVELS = {"I": "info", "W": "warning", "E": "error", "F": "critical"}
_KAFKA_LINE = re.compile(r"^\S+ \S+ (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) (.*)$")
_KAFKA_LEVELS = {"TRACE": "debug", "DEBUG": "debug", "WARN": "warning", "ERROR": "error", "FATAL": "critical"}
# Already in the prefix, or of use to machines only.
_LEFT_OUT = {"event", "level", "timestamp", "logger", "service", "exception"}


class Line(NamedTuple):
    """A log line for people."""

    level: int
    text: str


def readable(raw: str) -> Line | None:
    """The line for people; None for an empty one. A line nobody can parse comes as it is, as information."""
    raw = raw.rstrip()
    if not raw:
        return None
    if raw.startswith("{"):
        try:
            entry = json.loads(raw)
        except ValueError:
            return Line(LEVELS["info"], raw)
        return _of_mongo(entry) if "msg" in entry and "s" in entry else _of_service(entry)
    kafka = _KAFKA_LINE.match(raw)
    if kafka:
        return _line(_KAFKA_LEVELS.get(kafka.group(1), "info"), kafka.group(2))
    # A traceback that was never logged: the most important lines of all.
    level = "error" if raw.startswith(("Traceback", "Exception in thread")) else "info"
    return Line(LEVELS[level], raw)


def _of_service(entry: dict[str, Any]) -> Line:
    details = [f"{key}={_short(value)}" for key, value in entry.items() if key not in _LEFT_OUT]
    text = " ".join([str(entry.get("event", "")), *details])
    if "exception" in entry:
        # What was raised says most; the way there is in the log file.
        text += "\n" + str(entry["exception"]).rstrip().rpartition("\n")[2]
    return _line(str(entry.get("level", "info")).lower(), text)


def _of_mongo(entry: dict[str, Any]) -> Line:
    text = f"{entry['msg']} {json.dumps(entry.get('attr', {}))}"
    return _line(_MONGO_LEVELS.get(entry["s"], "debug"), text[:500])


def _line(level: str, text: str) -> Line:
    number = LEVELS.get(level, LEVELS["info"])
    return Line(number, text if number <= LEVELS["info"] else f"{level.upper()} {text}")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 200 else text[:199] + "…"
