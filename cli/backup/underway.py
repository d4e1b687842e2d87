"""Returns that waited for their judgement at the backup, on a cluster that has never heard of them."""

from datetime import UTC, datetime

from cli.settings import CliSettings
from runtime.mongo import Database
from runtime.publisher import Publisher
from services.ingest.again import say_again
from services.ingest.store import MongoStore


async def publish(told: CliSettings, database: Database) -> int:
    """Publish them for validation, as ingest would; gives how many. Raises NotNow."""
    publisher = await Publisher(told, "vrs/ingest").start()
    try:
        return await say_again(MongoStore(database), publisher, lambda: datetime.now(UTC))
    finally:
        await publisher.stop()
