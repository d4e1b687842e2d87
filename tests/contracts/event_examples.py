"""The examples of contracts/examples as tests use them: as events, and as the bytes of a Kafka message."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.events import BY_TYPE, Payload
from contracts.wire import Event, encode

FOLDER = Path(__file__).resolve().parents[2] / "contracts" / "examples"


@dataclass(frozen=True)
class Example:
    """One file: where the event goes, and the event."""

    topic: str
    key: str
    event: Event[Payload]

    @property
    def message(self) -> tuple[bytes, list[tuple[str, bytes]]]:
        """Value and headers."""
        return encode(self.event)


def raw(kind: str) -> dict[str, Any]:
    """The file as JSON. ``kind``: the CloudEvent's type."""
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))
    return found


def load(kind: str) -> Example:
    file = raw(kind)
    event = file["event"]
    data = BY_TYPE[event["type"]].model_validate(event["data"])
    at = datetime.fromisoformat(event["time"])
    return Example(file["topic"], file["key"], Event(event["id"], event["source"], at, data, event.get("subject")))
