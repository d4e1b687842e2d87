"""Sending as a State's machine would: by HTTP or straight to Kafka, again under the same key until it is known."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.faults.journal import Journal
from tests.faults.script import Action

TRIES = 8
TIMEOUT = 8.0
EXPLAINABLE_SECONDS = 60.0
HEADERS = (
    ("ce_specversion", b"1.0"),
    ("ce_type", b"vrs.submission.received.v1"),
    ("content-type", b"application/json"),
)


class Sender:
    """One client machine. Every call and answer is in the journal before it counts."""

    def __init__(self, gateways: Sequence[str], bootstrap: str, key: Path, journal: Journal, seed: int) -> None:
        self._gateways, self._bootstrap = list(gateways), bootstrap
        self._key = OctKey.import_key(key.read_bytes().strip())
        self._journal, self._rng = journal, random.Random(seed)
        self._http = httpx.AsyncClient(timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=8))
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
        self._ids: dict[str, str] = {}
        """Key to the id that a 202 gave."""
        self.acknowledged: set[str] = set()
        """The ids of all reports that were taken by HTTP."""

    async def close(self) -> None:
        await self._http.aclose()
        if self._producer is not None:
            await self._producer.stop()

    def token(self, role: str) -> str:
        """A bearer token for ``centre``, ``focal-point:TH`` or ``agency:TH:TH-IMM``."""
        name, *rest = role.split(":")
        named = dict(zip(("participant", "agency"), rest, strict=False))
        now = int(time.time())
        claims = {
            "iss": "vrs-msrc", "aud": "vrs", "sub": f"fault-run-{role}", "role": name, "iat": now,
            "exp": now + 7_200, **named,
        }  # fmt: skip
        return jwt.encode({"alg": "HS256"}, claims, self._key, algorithms=["HS256"])

    async def ask(self, method: str, path: str, role: str, body: Any = None) -> httpx.Response:
        """One call that must succeed soon: what is set up before the load. Raises for an error answer."""
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = await self._call(method, path, role, body, None)
                if answer.status_code < 500:
                    answer.raise_for_status()
                    return answer
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"waited 60 s for {method} {path}: {error!r}") from error
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited 60 s for {method} {path}")
            await asyncio.sleep(0.3)

    async def send(self, action: Action) -> bool:
        """Send one action until its fate is known or the tries are used up; whether it was acknowledged."""
        number = self._journal.intent(action)
        if action.straight:
            return await self._publish(number, action)
        path, body = self._request(action)
        if action.kind == "explanation" and not await self._waits_for_explanation(action):
            self._journal.answer(number, "skipped")
            return False
        for attempt in range(TRIES):
            try:
                answer = await self._call("POST", path, action.sender, body, action.key)
            except httpx.TransportError as error:
                self._journal.answer(number, "unknown", error=repr(error)[:200])
            else:
                if answer.status_code == 202:
                    identity = answer.json()["id"]
                    self._ids.setdefault(action.key, identity)
                    if action.kind == "report":
                        self.acknowledged.add(identity)
                    self._journal.answer(number, "acknowledged", status=202, id=identity)
                    return True
                outcome = "unknown" if answer.status_code >= 500 or answer.status_code in (408, 429) else "refused"
                text = "" if outcome == "unknown" or action.canary else answer.text[:500]
                self._journal.answer(number, outcome, status=answer.status_code, text=text)  # type: ignore[arg-type]
                if outcome == "refused":
                    return False
            await asyncio.sleep(min(0.2 * 2**attempt, 3.0) * self._rng.uniform(0.7, 1.3))
        return False

    async def status(self, identity: str, role: str) -> str | None:
        """The state of a submission as its sender sees it, None where nobody answers."""
        try:
            answer = await self._call("GET", f"/submissions/{identity}", role, None, None)
        except httpx.TransportError:
            return None
        return str(answer.json()["state"]) if answer.status_code == 200 else None

    def _request(self, action: Action) -> tuple[str, Any]:
        match action.kind:
            case "withdrawal":
                return f"/reports/{action.participant}/{action.cycle}/withdraw", action.body
            case "release":
                return f"/reports/{action.participant}/{action.cycle}/release", action.body
            case "explanation":
                return f"/submissions/{self._ids.get(action.after or '')}/explanations", action.body
            case _:
                return "/submissions", action.body

    async def _waits_for_explanation(self, action: Action) -> bool:
        """Wait until the report that is to be explained asks for it; a later one may have taken its place meanwhile."""
        identity = self._ids.get(action.after or "")
        deadline = time.monotonic() + EXPLAINABLE_SECONDS
        while identity and time.monotonic() < deadline:
            state = await self.status(identity, action.sender)
            if state not in (None, "received", "recorded"):
                return state == "needs_explanation"
            await asyncio.sleep(0.3)
        return False

    async def _call(self, method: str, path: str, role: str, body: Any, key: str | None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(role)}"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        if key is not None:
            headers["Idempotency-Key"] = key
        base = self._rng.choice(self._gateways)
        return await self._http.request(method, f"{base}/api/v1{path}", headers=headers, content=content)

    async def _publish(self, number: int, action: Action) -> bool:
        topic, value, headers = action.topic, action.raw, list(action.headers)
        if action.kind != "garbage":
            topic, value = f"vrs.in.{action.agency}", json.dumps(action.body).encode()
            headers = [*HEADERS, ("ce_id", action.key.encode()), ("ce_source", f"urn:agency:{action.agency}".encode())]
        for attempt in range(TRIES):
            try:
                producer = await self._connected()
                async with asyncio.timeout(TIMEOUT):
                    sent = await producer.send_and_wait(
                        topic, value=value, key=action.participant.encode() or b"?", headers=headers
                    )
            except (KafkaError, TimeoutError, OSError) as error:
                self._journal.answer(number, "unknown", error=repr(error)[:200])
                await self._disconnect()
                await asyncio.sleep(min(0.2 * 2**attempt, 3.0))
            else:
                self._journal.answer(number, "acknowledged", place=[topic, sent.partition, sent.offset])
                return True
        return False

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True, request_timeout_ms=8_000
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def _disconnect(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                async with asyncio.timeout(3):
                    await producer.stop()
            except (KafkaError, TimeoutError, OSError):
                return
