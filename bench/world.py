"""The whole system under measurement: cycles and participants made over HTTP, returns sent, and all of it followed."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from bench.feed import Sent, Work
from bench.reports import COMMENT
from bench.rig import Rig
from bench.sending import Connection, connected, request, token
from bench.usage import cpu_seconds
from contracts.topics import JUDGED, PARTITIONS, RECORDED, SUBMISSIONS

READERS = {
    "vrs.ingest": SUBMISSIONS,
    "vrs.validation": RECORDED,
    "vrs.aggregation": JUDGED,
    "vrs.ingest.judged": JUDGED,
}
"""Who has to have read what, once a return is through; notification tells people, and no figure waits for it."""
SERVICES = ("gateway", "ingest", "validation", "aggregation")


class World:
    """A rig with the services of the pipeline running on it."""

    def __init__(self, rig: Rig, workers: int) -> None:
        self.rig = rig
        more = range(2, workers + 1)
        self.names = (*SERVICES, *(f"{name}-{number}" for number in more for name in SERVICES if name != "gateway"))
        self._bearers: dict[str, str] = {}

    async def start(self, participants: Sequence[str], cycles: Sequence[str]) -> None:
        """Services ready, cycles open, participants known."""
        await self.rig.services(*self.names)
        today = datetime.now(UTC).date()
        days = {"opens": today - timedelta(days=9), "due": today + timedelta(days=60), "closes": today + timedelta(400)}
        async with connected(self.rig.stack.ports.gateway) as connection:
            for one in participants:
                await self._make(connection, "PUT", f"/participants/{one}", {"name": one, "time_zone": "UTC"})
            for one in cycles:
                await self._make(connection, "POST", "/cycles", {"id": one, **{k: f"{v}" for k, v in days.items()}})

    async def end(self) -> None:
        await self.rig.end(*self.names)

    def bearer(self, participant: str | None) -> str:
        """A focal point's token, or the centre's."""
        if (participant or "") not in self._bearers:
            role = "focal-point" if participant else "centre"
            self._bearers[participant or ""] = token(self.rig.key, role, participant)
        return self._bearers[participant or ""]

    def submission(self, report: dict[str, Any]) -> bytes:
        """A request. Drawn figures jump from cycle to cycle, which asks for a word at each answer."""
        answers = {name: {**answer, "comment": COMMENT} for name, answer in report["answers"].items()}
        report = {**report, "answers": answers}
        return request("POST", "/api/v1/submissions", self.bearer(report["reporter"]), report)

    async def submit(self, work: Work, order: Sequence[Sent], connections: int = 8) -> float:
        """Send returns as fast as they are taken, each State's in their order; the seconds that took."""
        lines: dict[str, list[bytes]] = defaultdict(list)
        for sent in order:
            lines[sent.participant].append(self.submission(work.report(sent)))
        waiting, began = list(lines.values()), time.perf_counter()

        async def one() -> None:
            async with connected(self.rig.stack.ports.gateway) as connection:
                while waiting:
                    for each in waiting.pop():
                        answer = await connection.send(each)
                        if answer.status != 202:
                            raise RuntimeError(f"{answer.status}: {answer.body[:500]!r}")

        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(one())
        return time.perf_counter() - began

    def accepted(self) -> int:
        """How many revisions have been accepted."""
        return self.rig.client["vrs"]["reports"].count_documents({"outcome": "accepted"})

    async def through(self, seconds: float = 300.0) -> None:
        """Wait until every service has read what was sent, and what followed from it."""
        deadline = time.perf_counter() + seconds
        async with self.rig.admin() as admin:
            while behind := await self._behind(admin):
                if time.perf_counter() > deadline:
                    raise TimeoutError(f"{behind} messages are not read after {seconds:g} s")
                await asyncio.sleep(0.05)

    def cpu(self, before: Mapping[str, float] | None = None) -> dict[str, float]:
        """CPU seconds used since ``before`` (else so far), by service, whatever its number of workers, and of Kafka and
        MongoDB."""
        used = dict.fromkeys((*SERVICES, "kafka", "mongo"), 0.0)
        for name in self.names:
            used[name.partition("-")[0]] += cpu_seconds(self.rig.stack.pid(name))
        used |= {name: cpu_seconds(pid) for name, pid in self.rig.pids.items()}
        return {name: seconds - (before or {}).get(name, 0.0) for name, seconds in used.items()}

    def kept(self) -> dict[str, int]:
        """Bytes on disk: Kafka's log, MongoDB's collections and indexes."""
        log = sum(file.stat().st_size for file in (self.rig.stack.var / "kafka").rglob("*.log"))
        self.rig.client.admin.command("fsync")
        stats = self.rig.client["vrs"].command("dbStats")
        return {"kafka": log, "mongo": int(stats["storageSize"] + stats["indexSize"])}

    async def _behind(self, admin: AIOKafkaAdminClient) -> int:
        """How many messages are still to be read. Readers in the order of the pipeline: what one has read it has
        also published, so the ends that are asked for last hold everything."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.rig.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            behind = 0
            for group, topic in READERS.items():
                places = [TopicPartition(topic.name, number) for number in range(PARTITIONS)]
                done = await admin.list_consumer_group_offsets(group)
                ends = await consumer.end_offsets(places)
                behind += sum(end - max(0, done[p].offset if p in done else 0) for p, end in ends.items())
            return behind
        finally:
            await consumer.stop()

    async def _make(self, connection: Connection, method: str, path: str, body: dict[str, Any]) -> None:
        answer = await connection.send(request(method, f"/api/v1{path}", self.bearer(None), body))
        if answer.status not in (200, 201, 202):
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:500]!r}")
