"""Returns that somebody had not heard of at the backup, on a cluster that never heard of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cli.settings import CliSettings
from runtime.mongo import Database, Document, asking
from runtime.publisher import Publisher
from services.ingest.again import say_again
from services.ingest.store import MongoStore, Order
from services.notification.documents import to_return

NOTHING: Order = (0, 0)


async def publish(told: CliSettings, database: Database) -> int:
    """Publish them, as ingest and validation would; gives how many. Raises NotNow."""
    with asking("what was heard of returns"):
        contributions = await database.contributions.find({}, ["revision", "judgement"]).to_list(None)
        returns = await database.returns.find().to_list(None)
    publisher = await Publisher(told, "vrs/ingest").start()
    try:
        return await say_again(
            MongoStore(database), publisher, lambda: datetime.now(UTC), heard(contributions, returns)
        )
    finally:
        await publisher.stop()


def heard(contributions: Iterable[Document], returns: Iterable[Document]) -> dict[str, Order]:
    """Of each series the newest acceptance or withdrawal that both aggregation and notification know. Pure."""
    folded = {one["_id"]: (one.get("revision", 0), one.get("judgement", 0)) for one in contributions}
    return {one["_id"]: min(folded.get(one["_id"], NOTHING), _notified(one)) for one in returns}


def _notified(document: Document) -> Order:
    known = to_return(document)
    accepted = ((number, one.judged) for number, one in known.revisions.items() if one.outcome == "accepted")
    return max([(known.withdrawn_at, 0), *accepted])
