"""Which mails have gone out, from the topic that tells it: what a restored database must not send again."""

from cli.kafka_reading import read_all
from cli.settings import CliSettings
from contracts.events import NotificationFailed, NotificationSent
from contracts.topics import NOTIFICATIONS
from contracts.wire import Unreadable, decode
from runtime.mongo import Database
from services.notification.recall import recall
from services.notification.store import MongoStore

SAID = (NotificationSent, NotificationFailed)


async def load(told: CliSettings, database: Database) -> int:
    """Note every mail that the topic knows the end of; gives of how many the database did not know it."""
    told_of = [
        event
        async for record in read_all(told, NOTIFICATIONS.name)
        if not isinstance(event := decode(record.value, record.headers, SAID), Unreadable)
        and event.data.channel == "email"
    ]
    return await recall(MongoStore(database), told_of)
