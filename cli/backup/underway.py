"""Returns that waited for their judgement, or to be folded, at the backup, on a cluster that never heard of them."""

from datetime import UTC, datetime

from cli.settings import CliSettings
from runtime.mongo import Database, asking
from runtime.publisher import Publisher
from services.ingest.again import say_again
from services.ingest.store import MongoStore


async def publish(told: CliSettings, database: Database) -> int:
    """Publish them for validation and aggregation, as ingest would; gives how many. Raises NotNow."""
    with asking("what the figures rest on"):
        contributions = await database.contributions.find({}, ["revision", "judgement"]).to_list(None)
    folded = {one["_id"]: (one.get("revision", 0), one.get("judgement", 0)) for one in contributions}
    publisher = await Publisher(told, "vrs/ingest").start()
    try:
        return await say_again(MongoStore(database), publisher, lambda: datetime.now(UTC), folded)
    finally:
        await publisher.stop()
