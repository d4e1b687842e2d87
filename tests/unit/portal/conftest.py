"""The portal in memory: its frame and page sets on ports that are lists, with signed-in clients."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any, cast

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
from services.gateway.keys.keyring import Keyring
from services.gateway.keys.store import MemoryKeys
from services.gateway.portal.accounts.passwords import digest_now
from services.gateway.portal.accounts.store import MemoryAccounts
from services.gateway.portal.accounts.user import User
from services.gateway.portal.application import build_portal
from services.gateway.portal.pipeline import MemoryPipeline
from services.gateway.portal.returns.drafts import MemoryDrafts
from services.gateway.portal.settings import PortalSettings
from services.gateway.ports import Gateway, Judgement
from services.gateway.rate import Rate
from services.gateway.settings import GatewaySettings
from services.gateway.store import MemoryReads
from services.gateway.subject import Role
from services.gateway.view import PatientView

NOW = datetime(2013, 7, 20, 12, tzinfo=UTC)
PASSWORD = "four plain words here"
DIGEST = digest_now(PASSWORD)
ADDRESS = "https://portal.example"
Record = CycleChanged | ExtensionGranted | ParticipantChanged | FocalPointChanged | AgencyChanged


@dataclass
class MemoryView:
    """A record that was published is seen at the next refresh, as from the topic."""

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
class MemoryOutbox:
    view: MemoryView
    published: list[tuple[str, str, Payload]] = field(default_factory=list)
    away: bool = False

    async def publish(self, topic: Topic, key: str, event_id: str, data: Payload, subject: str | None) -> None:
        if self.away:
            raise NotNow("Kafka is away")
        self.published.append((topic.name, key, data))
        if isinstance(data, Record):
            self.view.waiting.append(data)

    async def remove(self, topic: Topic, key: str) -> None:
        if self.away:
            raise NotNow("Kafka is away")
        self.view.waiting.append(key)


@dataclass
class MemoryJudge:
    answer: Judgement = field(default_factory=lambda: Judgement(outcome="accepted", findings=[]))
    asked: list[ReportRecorded] = field(default_factory=list)

    async def judge(self, recorded: ReportRecorded) -> Judgement:
        self.asked.append(recorded)
        return self.answer


@dataclass
class MemoryAgencyTopics:
    made: list[str] = field(default_factory=list)

    async def make(self, agency: str) -> None:
        self.made.append(agency)


@dataclass
class Clock:
    """Stands still until it is told to go on."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, by: timedelta) -> None:
        self.now += by


class Visitor:
    """A browser without scripts: keeps cookies, follows redirects, and sends forms with the token of their page."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token = ""

    async def get(self, path: str, **query: str) -> httpx.Response:
        return self._seen(await self.client.get(path, params=query or None))

    async def post(self, path: str, *, to: str | None = None, **fields: Any) -> httpx.Response:
        """Send a form; ``to`` loads the page that holds it first."""
        if to is not None:
            await self.get(to)
        return self._seen(await self.client.post(path, data={"csrf_token": self.token, **fields}))

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/sign-in", to="/sign-in", login=login, password=password)

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        self.token = unescape(found[1]) if found else self.token
        return answer


@dataclass
class World:
    """The portal's ports, to put things into and to look at."""

    gateway: Gateway
    accounts: MemoryAccounts
    reads: MemoryReads
    view: MemoryView
    outbox: MemoryOutbox
    judge: MemoryJudge
    topics: MemoryAgencyTopics
    pipeline: MemoryPipeline
    drafts: MemoryDrafts
    clock: Clock
    transport: httpx.ASGITransport

    def new_client(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self.transport,
            base_url=ADDRESS,
            follow_redirects=True,
            headers={"Origin": ADDRESS, "Accept-Language": "en", **headers},
        )


def user(who: str, login: str | None = None) -> User:
    """A user for `focal-point:TH`; its login is `focal-point-th`, its password PASSWORD."""
    role, participant, agency = (*who.split(":"), None, None)[:3]
    long_ago = NOW - timedelta(days=1)
    name = login or who.replace(":", "-").lower()
    return User(name, DIGEST, cast(Role, role), participant, agency, None, True, 1, long_ago, long_ago)


@pytest.fixture
async def world() -> World:
    """Three participants and the cycle 2013-H1, due at the end of July 2013; it is the 20th of July."""
    view = MemoryView()
    outbox = MemoryOutbox(view)
    judge, topics, reads, pipeline, clock = (
        MemoryJudge(),
        MemoryAgencyTopics(),
        MemoryReads(),
        MemoryPipeline(),
        Clock(),
    )
    for code, name, zone in (
        ("TH", "Thailand", "Asia/Bangkok"),
        ("MY", "Malaysia", "Asia/Kuala_Lumpur"),
        ("PIDC", "Pacific Immigration Directors' Conference", "Pacific/Fiji"),
    ):
        view.directory.put(Participant(code=code, name=name, time_zone=zone))
    days = {"opens": date(2013, 7, 1), "due": date(2013, 7, 31), "closes": date(2013, 9, 30)}
    view.directory.put(Cycle.model_validate({"id": "2013-H1", **days, "expected": ["TH", "MY", "PIDC"]}))
    accounts = MemoryAccounts(
        *map(user, ("centre", "focal-point:TH", "agency:TH:TH-IMM", "analyst:TH", "focal-point:MY", "operator"))
    )
    settings = GatewaySettings(submission_wait_seconds=0.0)
    patient = PatientView(view, 5.0)
    keys = Keyring(MemoryKeys(), patient, clock)
    gateway = Gateway(settings, reads, patient, outbox, topics, judge, b"k" * 32, clock, Rate(0), keys)
    drafts = MemoryDrafts()
    portal = build_portal(PortalSettings(), gateway, accounts, pipeline, drafts)
    transport = httpx.ASGITransport(portal, raise_app_exceptions=False)
    return World(gateway, accounts, reads, view, outbox, judge, topics, pipeline, drafts, clock, transport)


Visit = Callable[[str | None], Awaitable[Visitor]]


@pytest.fixture
async def visitor(world: World) -> AsyncIterator[Visit]:
    """``await visitor("focal-point:TH")``: a signed-in browser; ``await visitor(None)``: one that is not."""
    clients: list[httpx.AsyncClient] = []

    async def visit(who: str | None) -> Visitor:
        client = world.new_client()
        clients.append(client)
        one = Visitor(client)
        if who is not None:
            answer = await one.sign_in(user(who).login)
            assert answer.status_code == 200, answer.text
        return one

    yield visit
    for client in clients:
        await client.aclose()
