"""The one place that names the MongoDB driver (docs/decisions/0002-motor.md): moving to another is one line here."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.errors import InvalidDocument
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import DeleteOne, ReadPreference, ReplaceOne, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError, WriteError
from pymongo.read_concern import ReadConcern

from runtime.outcome import NotNow
from runtime.settings import ServiceSettings

Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]

__all__ = [
    "BulkWriteError",
    "Collection",
    "Database",
    "DeleteOne",
    "Document",
    "DuplicateKeyError",
    "InvalidDocument",
    "PyMongoError",
    "ReplaceOne",
    "UpdateOne",
    "WriteError",
    "asking",
    "connect",
    "decoded",
    "encoded",
    "reachable",
    "said",
]


def connect(settings: ServiceSettings) -> Database:
    """The database, opened on first use. A write is done when a majority has it on disk."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        settings.mongo_url,
        tz_aware=True,
        serverSelectionTimeoutMS=int(settings.effect_timeout_seconds * 1000),
        timeoutMS=int(settings.effect_timeout_seconds * 1000),
        uuidRepresentation="standard",
    )
    return client.get_database(
        settings.mongo_database,
        write_concern=WriteConcern(w="majority", j=True),
        read_concern=ReadConcern("majority"),
        read_preference=ReadPreference.PRIMARY,
    )


def said(error: PyMongoError) -> str:
    """What an error is, for a log: its kind and the server's codes.

    Not its text where the server has answered: that quotes keys, and of a bulk write whole documents, figures and all.
    """
    kind = type(error).__name__
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        every = [one.get("code") for name in ("writeErrors", "writeConcernErrors") for one in details.get(name, ())]
        return f"{kind}: " + ", ".join(f"{count} of code {code}" for code, count in sorted(Counter(every).items()))
    if isinstance(error, OperationFailure):
        return f"{kind}: code {error.code}"
    return f"{kind}: {error}"


@contextlib.contextmanager
def asking(what: str) -> Iterator[None]:
    """What the database does not do is "not now". ``what`` was asked of it. Raises NotNow."""
    try:
        yield
    except PyMongoError as error:
        # From nothing: with its cause a traceback would print what ``said`` leaves out.
        raise NotNow(f"{what}: {said(error)}") from None


async def encoded(collection: Collection, where: Document, fields: Sequence[str]) -> list[bytes]:
    """The documents of a find as the database sends them: the same bytes say the same."""
    as_sent: Any = collection.with_options(codec_options=CodecOptions(document_class=RawBSONDocument))
    return [one.raw for one in await as_sent.find(where, fields).to_list(None)]


def decoded(document: bytes) -> Document:
    """One of ``encoded``."""
    return bson.decode(document)


async def reachable(database: Database) -> bool:
    """Whether the database answers."""
    await database.command("ping")
    return True
