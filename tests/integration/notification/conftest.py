"""A bureau for each test."""

from collections.abc import AsyncIterator

import pytest

from runtime.publisher import Publisher
from services.notification.settings import NotificationSettings
from tests.broker import make_topics
from tests.conftest import Backbone
from tests.integration.notification.bureau import Bureau
from tests.unit.notification.mail_server import MailServer


@pytest.fixture
async def bureau(backbone: Backbone, topic_prefix: str, mongo_database: str) -> AsyncIterator[Bureau]:
    async with MailServer().running() as server:
        settings = NotificationSettings(
            kafka_bootstrap=backbone.kafka_bootstrap,
            topic_prefix=topic_prefix,
            mongo_url=backbone.mongo_url,
            mongo_database=mongo_database,
            notification_port=0,
            kafka_session_timeout_ms=6_000,  # the broker's minimum: how long a killed member keeps its partitions
            notification_tick_seconds=0.1,
            smtp_port=server.port,
            # On a busy machine a mail may take its time, and nobody must take its worker for dead meanwhile.
            mail_timeout_seconds=30,
            mail_answer_seconds=600,
            mail_lease_seconds=60,
            mail_at_once=1,
            mail_retry_seconds=(0.2, 0.4, 0.8),
        )
        await make_topics(settings)
        publisher = await Publisher(settings, "vrs/test").start()
        one = Bureau(settings, publisher, server)
        try:
            yield one
        finally:
            await publisher.stop()
            one.database.client.close()
