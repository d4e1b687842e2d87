"""The gateway's wiring, and the only file of it that sees Kafka."""

import asyncio
import contextlib
from datetime import UTC, datetime

import httpx
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from contracts.topics import PARTITIONS, agency_in, agency_out
from runtime import health, mongo
from runtime.closing import connected
from runtime.failpoints import passing
from runtime.kafka import brokers
from runtime.logs import logger
from runtime.outcome import NotNow
from runtime.publisher import Publisher
from runtime.reference import ReferenceView
from runtime.retry import retrying
from services.gateway.api import build_app
from services.gateway.judging import RemoteJudge
from services.gateway.keys.keyring import Keyring
from services.gateway.keys.store import MongoKeys
from services.gateway.outbox import PatientOutbox
from services.gateway.portal.wiring import put_beside
from services.gateway.ports import Gateway
from services.gateway.rate import Rate
from services.gateway.settings import GatewaySettings
from services.gateway.store import MongoReads
from services.gateway.tokens import read_key
from services.gateway.view import PatientView

log = logger(__name__)


class KafkaAgencyTopics:
    """Makes an agency's topics on the broker."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings

    async def make(self, agency: str) -> None:
        """Returns once both exist. Raises NotNow."""
        await passing("gateway.topics.before")
        try:
            async with asyncio.timeout(self._settings.effect_timeout_seconds):
                await self._make(agency)
        except (KafkaError, TimeoutError) as error:
            raise NotNow(f"topics of {agency}: {error!r}") from error
        await passing("gateway.topics.after")

    async def _make(self, agency: str) -> None:
        admin = AIOKafkaAdminClient(**brokers(self._settings))
        topics = [
            NewTopic(self._settings.topic(one), PARTITIONS, self._settings.replication_factor, topic_configs=one.config)
            for one in (agency_in(agency), agency_out(agency))
        ]
        async with connected(admin):
            answer = await admin.create_topics(topics)
        # The client raises nothing for a topic that was refused: the answer has a code for each.
        for name, code, *_ in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(name)


async def main(settings: GatewaySettings, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set. Raises what keeps it from starting."""
    key = read_key(settings.token_key_file)
    older_keys = (read_key(settings.token_key_old_file),) if settings.token_key_old_file else ()
    quick = settings.impatient()
    database = mongo.connect(quick)
    async with contextlib.AsyncExitStack() as opened:
        publisher = await retrying(settings, "publisher", Publisher(quick, "vrs/gateway").start)
        opened.push_async_callback(publisher.stop)
        outbox = PatientOutbox(
            publisher, _now, settings.gateway_answer_seconds, settings.gateway_unsettled_publications
        )
        opened.push_async_callback(outbox.settle)
        view = ReferenceView(quick)
        opened.push_async_callback(view.stop)
        # A broker that has just started takes its time over the first read.
        await retrying(settings, "reference", view.start)
        client = await opened.enter_async_context(
            httpx.AsyncClient(base_url=settings.validation_url, timeout=settings.gateway_answer_seconds)
        )
        patient = PatientView(view, settings.gateway_answer_seconds)
        keys = MongoKeys(database)
        await retrying(settings, "keys", keys.prepare)
        gateway = Gateway(
            settings=settings,
            reads=MongoReads(database),
            view=patient,
            outbox=outbox,
            agency_topics=KafkaAgencyTopics(quick),
            judge=RemoteJudge(client),
            key=key,
            now=_now,
            rate=Rate(settings.requests_per_minute),
            keys=Keyring(keys, patient, _now),
            older_keys=older_keys,
        )
        checks = {"kafka": publisher.reachable, "mongo": lambda: mongo.reachable(database), "reference": view.ready}
        application = build_app(gateway, checks)
        await opened.enter_async_context(put_beside(application, gateway, database))
        await opened.enter_async_context(health.serving(application, settings.bind, settings.gateway_port))
        await stop.wait()


def _now() -> datetime:
    return datetime.now(UTC)
