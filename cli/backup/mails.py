"""Which mails have gone out, from the topic that tells it: what a restored database must not send again."""

from cli.kafka_reading import read_all
from cli.settings import CliSettings
from contracts.events import NotificationFailed, NotificationSent
from contracts.topics import NOTIFICATIONS
from contracts.wire import Unreadable, decode
from runtime.mongo import Database
from services.notification.recall import recall
from services.notification.store import MongoStore


async def load(told: CliSettings, database: Database) -> int:
    """Note every mail that the topic knows the end of; gives of how many the database did not know it."""
    read = [
        decode(record.value, record.headers, (NotificationSent, NotificationFailed))
        for record in await read_all(told, NOTIFICATIONS.name)
    ]
    return await recall(MongoStore(database), [one for one in read if not isinstance(one, Unreadable)])
