"""The gateway on ports in memory: what it publishes is a list, what it reads are lists of documents."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.directory import Directory
from contracts.events import (
    AgencyChanged,
    CycleChanged,
    ExtensionGranted,
    FocalPointChanged,
    ParticipantChanged,
    Payload,
    ReportRecorded,
)
from contracts.records import Cycle, Participant
from contracts.topics import Topic
from runtime.outcome import NotNow
from services.gateway.api import build_app
from services.gateway.keys.keyring import Keyring
from services.gateway.keys.store import MemoryKeys
from services.gateway.ports import Gateway, Judgement
from services.gateway.rate import Rate
from services.gateway.settings import GatewaySettings
from services.gateway.store import MemoryReads
from services.gateway.tokens import mint
from services.gateway.view import PatientView

KEY = b"k" * 32
NOW = datetime(2013, 7, 20, 12, tzinfo=UTC)
Record = CycleChanged | ExtensionGranted | ParticipantChanged | FocalPointChanged | AgencyChanged


@dataclass
class Published:
    topic: str
    key: str
    event_id: str
    data: Any
    subject: str | None


@dataclass
class MemoryOutbox:
    """Keeps what is published; a record is seen by the view at its next refresh, as from the topic."""

    view: "MemoryView"
    published: list[Published] = field(default_factory=list)
    away: bool = False

    async def publish(self, topic: Topic, key: str, event_id: str, data: Payload, subject: str | None) -> None:
        if self.away:
            raise NotNow("Kafka is away")
        self.published.append(Published(topic.name, key, event_id, data, subject))
        if isinstance(data, Record):
            self.view.waiting.append(data)

    async def remove(self, topic: Topic, key: str) -> None:
        if self.away:
            raise NotNow("Kafka is away")
        self.view.waiting.append(key)


@dataclass
class MemoryView:
    directory: Directory = field(default_factory=Directory)
    waiting: list[Record | str] = field(default_factory=list)
    """Changes, and keys of what is removed."""
    away: bool = False

    async def refresh(self) -> None:
        if self.away:
            raise NotNow("Kafka is away")
        while self.waiting:
            change = self.waiting.pop(0)
            if isinstance(change, str):
                self.directory.remove(change)
            else:
                self.directory.put(change.record)


@dataclass
class MemoryJudge:
    answer: Judgement = field(default_factory=lambda: Judgement(outcome="accepted", findings=[]))
    asked: list[ReportRecorded] = field(default_factory=list)
    away: bool = False

    async def judge(self, recorded: ReportRecorded) -> Judgement:
        if self.away:
            raise NotNow("validation is away")
        self.asked.append(recorded)
        return self.answer


@dataclass
class MemoryAgencyTopics:
    outbox: MemoryOutbox
    made: list[tuple[str, int]] = field(default_factory=list)

    async def make(self, agency: str) -> None:
        """Remembers how many events had been published before."""
        self.made.append((agency, len(self.outbox.published)))


@dataclass
class World:
    """The gateway, its ports, and a client per role."""

    gateway: Gateway
    client: httpx.AsyncClient
    reads: MemoryReads
    view: MemoryView
    outbox: MemoryOutbox
    topics: MemoryAgencyTopics
    judge: MemoryJudge

    def token(self, who: str, lifetime: timedelta = timedelta(hours=1)) -> str:
        role, participant, agency = (*who.split(":"), None, None)[:3]
        assert role is not None
        return mint(f"test {who}", role, participant, agency, lifetime, KEY, now=NOW)

    async def call(self, who: str | None, method: str, path: str, **rest: Any) -> httpx.Response:
        headers = {**({"Authorization": f"Bearer {self.token(who)}"} if who else {}), **rest.pop("headers", {})}
        url = path if path.startswith(("/openapi", "/asyncapi")) else f"/api/v1{path}"
        return await self.client.request(method, url, headers=headers, **rest)

    async def get(self, who: str | None, path: str, **query: Any) -> httpx.Response:
        params = {name: value for name, value in query.items() if value is not None}
        return await self.call(who, "GET", path, **({"params": params} if params else {}))

    async def post(self, who: str | None, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.call(who, "POST", path, json=body, headers=named)

    async def put(self, who: str | None, path: str, body: Any) -> httpx.Response:
        return await self.call(who, "PUT", path, json=body)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Three participants and the cycle 2013-H1, due at the end of July 2013; it is the 20th of July."""
    view = MemoryView()
    outbox = MemoryOutbox(view)
    judge = MemoryJudge()
    topics = MemoryAgencyTopics(outbox)
    reads = MemoryReads()
    for code, name, zone in (("TH", "Thailand", "Asia/Bangkok"), ("MY", "Malaysia", "Asia/Kuala_Lumpur"),
                             ("PIDC", "Pacific Immigration Directors' Conference", "Pacific/Fiji")):  # fmt: skip
        view.directory.put(Participant(code=code, name=name, time_zone=zone))
    view.directory.put(
        Cycle(
            id="2013-H1",
            opens=date(2013, 7, 1),
            due=date(2013, 7, 31),
            closes=date(2013, 9, 30),
            expected=["TH", "MY", "PIDC"],
        )
    )
    settings = GatewaySettings(submission_wait_seconds=0.0)
    patient = PatientView(view, 1.0)
    keys = Keyring(MemoryKeys(), patient, lambda: NOW)
    gateway = Gateway(settings, reads, patient, outbox, topics, judge, KEY, lambda: NOW, Rate(0), keys)
    transport = httpx.ASGITransport(build_app(gateway, {}), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield World(gateway, client, reads, view, outbox, topics, judge)


@pytest.fixture
def report() -> dict[str, Any]:
    """The report of the interface's description."""
    return {
        "template": "ort/1",
        "reporter": "TH",
        "cycle": "2013-H1",
        "agency": None,
        "scope": "full",
        "answers": {
            "illegal_entries.total": {"value": 12000},
            "illegal_entries.by_citizenship": {
                "rows": [
                    {"citizenship": "MM", "value": 500},
                    {"citizenship": "KH", "value": 10000},
                    {"citizenship": "Lao PDR", "value": 500, "comment": "estimate", "caveat": "e"},
                ]
            },
            "smuggled_migrants.by_mode_and_last_exit": {"rows": [{"mode": "sea", "last_exit": "MY", "value": 120}]},
            "refused_entries.total": {"status": "not_collected"},
            "illegal_exits.by_citizenship": {"nothing_to_report": True},
            "routes.by_countries": {
                "routes": [
                    {
                        "citizenship": "AF",
                        "legs": [
                            {"country": "AF", "type": "origin"},
                            {"country": "PK", "type": "transit"},
                            {"country": "MY", "type": "transit"},
                            {"country": "ID", "type": "transit"},
                        ],
                        "persons": 340,
                        "comment": None,
                    }
                ]
            },
            "methods_and_fees.by_from_to": {
                "fees": [
                    {
                        "from": "AF",
                        "to": "ID",
                        "mode": "air",
                        "methods": ["fraudulent_documents"],
                        "fee_min": 4000,
                        "fee_typical": 6000,
                        "fee_max": 10000,
                        "currency": "USD",
                        "payment": ["instalments"],
                    }
                ]
            },
            "interaction.description": {"text": "Loose groups along the border work together."},
        },
        "sharing": {"methods_and_fees.by_from_to": "centre_only"},
    }
