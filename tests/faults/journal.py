"""The sender's own record of a run: every call before it is made and every answer, on disk before it counts.

The oracle believes this file and nothing that was kept in memory: what is written here as acknowledged must be in the
system, whatever happened to either side.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from tests.faults.script import Action

Outcome = Literal["acknowledged", "unknown", "refused", "skipped"]


@dataclass
class Call:
    """One action and what its sender knows of it."""

    key: str
    kind: str
    expect: str
    sender: str
    participant: str
    cycle: str
    agency: str | None
    body: Any
    straight: bool
    repeat: bool
    canary: str | None
    number: int
    outcome: Outcome = "unknown"
    id: str | None = None
    statuses: list[int] = field(default_factory=list)
    place: tuple[str, int, int] | None = None
    """Where Kafka put it: topic, partition, offset."""


class Journal:
    """Append-only JSON lines; each is synced before the caller goes on."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self._out = file.open("ab")
        self._number = 0

    def intent(self, action: Action) -> int:
        """Write down what is about to be sent; gives its number."""
        self._number += 1
        said = {name: value for name, value in asdict(action).items() if name not in ("raw", "headers", "after")}
        self._line({"n": self._number, "intent": said})
        return self._number

    def answer(self, number: int, outcome: Outcome, **known: Any) -> None:
        """Write down an answer, or that there was none."""
        self._line({"n": number, "outcome": outcome, **known})

    def note(self, what: str, **known: Any) -> None:
        """Write down something about the run itself, as a fault."""
        self._line({"note": what, **known})

    def close(self) -> None:
        self._out.close()

    def _line(self, line: dict[str, Any]) -> None:
        whole = json.dumps({"at": datetime.now(UTC).isoformat(), **line}, ensure_ascii=False)
        self._out.write(whole.encode() + b"\n")
        self._out.flush()
        os.fdatasync(self._out.fileno())


def read(file: Path) -> list[Call]:
    """The calls of a journal, each with the best that is known of it: one acknowledgement outweighs any doubt."""
    calls: dict[int, Call] = {}
    rank = {"acknowledged": 3, "unknown": 2, "refused": 1, "skipped": 0}
    answered: set[int] = set()
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        if "intent" in line:
            said = {name: line["intent"][name] for name in Call.__dataclass_fields__ if name in line["intent"]}
            calls[line["n"]] = Call(**said, number=line["n"])
        elif "n" in line:
            call = calls[line["n"]]
            if call.number not in answered or rank[line["outcome"]] > rank[call.outcome]:
                call.outcome = line["outcome"]
            answered.add(call.number)
            call.id = line.get("id") or call.id
            if line.get("status"):
                call.statuses.append(line["status"])
            if line.get("place"):
                topic, partition, offset = line["place"]
                call.place = (topic, partition, offset)
    return list(calls.values())
