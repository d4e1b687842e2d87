"""Documents as gzip files of BSON, byte for byte as the database holds them."""

import gzip
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from bson import decode_file_iter
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from cli.backup.manifest import Part, sha256
from cli.settings import Refused
from runtime.mongo import Database

RAW = CodecOptions(document_class=RawBSONDocument)
AT_ONCE = 500  # documents of a few kilobytes: well below the 48 MB of one message


def write(file: Path, documents: Iterable[bytes]) -> Part:
    """Write BSON documents, each as its bytes; gives what the manifest says about the file."""
    count = 0
    # Without a time stamp the same documents give the same file.
    with file.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed:
        for document in documents:
            packed.write(document)
            count += 1
    return Part(file=file.name, documents=count, sha256=sha256(file))


def read(file: Path) -> Iterator[RawBSONDocument]:
    with gzip.open(file) as packed:
        yield from decode_file_iter(cast("IO[bytes]", packed), RAW)


async def dump(database: Database, folder: Path) -> dict[str, Part]:
    """Every collection as it stood at one moment."""
    names = sorted(name for name in await database.list_collection_names() if not name.startswith("system."))
    parts = {}
    # A snapshot session: all collections as of the same moment, also while the services write.
    async with await database.client.start_session(snapshot=True) as session:
        for name in names:
            cursor = database.get_collection(name, codec_options=RAW).find({}, session=session).sort("_id")
            parts[name] = write(folder / f"{name}.bson.gz", [document.raw async for document in cursor])
    return parts


async def load(database: Database, folder: Path, parts: dict[str, Part], force: bool) -> int:
    """Fill the database from a backup; gives the number of documents. Raises Refused where it is not empty.

    Indexes come with the services, which make theirs at every start.
    """
    there = [name async for name in _not_empty(database)]
    if there and not force:
        raise Refused(f"the database {database.name} is not empty ({', '.join(there)}); --force replaces what it holds")
    for name in there:
        await database.drop_collection(name)
    total = 0
    for name, part in parts.items():
        collection = database.get_collection(name, codec_options=RAW)
        batch: list[RawBSONDocument] = []
        for document in read(folder / part.file):
            batch.append(document)
            if len(batch) == AT_ONCE:
                await collection.insert_many(batch)
                total, batch = total + len(batch), []
        if batch:
            await collection.insert_many(batch)
            total += len(batch)
    return total


async def _not_empty(database: Database) -> AsyncIterator[str]:
    for name in sorted(await database.list_collection_names()):
        if not name.startswith("system.") and await database[name].find_one({}, {"_id": 1}) is not None:
            yield name
