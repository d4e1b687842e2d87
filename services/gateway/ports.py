"""What the HTTP interface stands on: each port with a real side (app.py) and one in memory (tests)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel

from contracts.events import Payload, ReportRecorded
from contracts.findings import Finding
from contracts.topics import Topic
from services.gateway.held import Shelf
from services.gateway.keys.keyring import Keyring
from services.gateway.rate import Rate
from services.gateway.settings import GatewaySettings
from services.gateway.store import Reads
from services.gateway.view import PatientView


class Outbox(Protocol):
    async def publish(self, topic: Topic, key: str, event_id: str, data: Payload, subject: str | None) -> None:
        """Returns once Kafka has the event durably. Raises NotNow when that is not known in time, and TooLargeError."""
        ...

    async def remove(self, topic: Topic, key: str) -> None:
        """Returns once there is durably nothing under a compacted topic's key any more. Raises NotNow."""
        ...


class AgencyTopics(Protocol):
    async def make(self, agency: str) -> None:
        """Make an agency's two topics; that they exist is success. Raises NotNow."""
        ...


class Judgement(BaseModel):
    """What validation says of a report without keeping it."""

    outcome: Literal["accepted", "rejected", "needs_explanation"]
    findings: list[Finding]


class Judge(Protocol):
    async def judge(self, recorded: ReportRecorded) -> Judgement:
        """Raises NotNow when validation does not answer."""
        ...


@dataclass(frozen=True)
class Gateway:
    """Everything a route may use."""

    settings: GatewaySettings
    reads: Reads
    view: PatientView
    outbox: Outbox
    agency_topics: AgencyTopics
    judge: Judge
    key: bytes
    now: Callable[[], datetime]
    rate: Rate
    keys: Keyring
    older_keys: tuple[bytes, ...] = ()
    """Of tokens: ``key`` signs, these still verify."""
    shelf: Shelf = field(default_factory=Shelf)
