"""`vrs backup DIR` and `vrs restore DIR`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.backup import documents, mails, manifest, offsets, records, underway
from cli.kafka_reading import partitions_of
from cli.settings import CliSettings, Refused, settings
from cli.terminal import table
from contracts.topics import CYCLES, JUDGED, NOTIFICATIONS, PARTICIPANTS, RECORDED
from runtime.mongo import connect


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or empty.")],
) -> None:
    """Write every collection, the cycles and participants, and the consumer groups' offsets, into DIR.

    The services may run meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused(f"{folder} is not empty: a backup never writes over another")
    taken = asyncio.run(_backup(settings(), folder))
    parts = [*taken.collections.items(), ("cycles and participants", taken.records)]
    table(f"backup in {folder}", ("what", "documents", "sha256"), ((n, p.documents, p.sha256[:12]) for n, p in parts))


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished backup.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what the database holds.")] = False,
) -> None:
    """Fill the database from DIR and set the consumer groups back to where they were then.

    The services must be stopped. When they start again they read on from there, and what came after the
    backup comes back from the topics.
    """
    loaded, published, gone_out, again = asyncio.run(_restore(settings(), folder, force))
    print(f"restored {loaded} documents; {published} cycles or participants were missing and are back")
    print(f"{gone_out} mails had come to their end since the backup and will not go out again")
    if again is not None:
        print(
            "another Kafka cluster, or one that has lost messages:"
            f" {again} returns that not everybody had heard of were published again"
        )


async def _backup(told: CliSettings, folder: Path) -> manifest.Manifest:
    # Offsets before documents (see cli.backup).
    at = datetime.now(UTC)
    groups = await offsets.committed(told)
    database = connect(told)
    taken = manifest.Manifest(
        taken_at=at,
        database=told.mongo_database,
        cluster=await offsets.cluster_id(told),
        collections=await documents.dump(database, folder),
        records=await records.dump(told, folder),
        offsets=groups,
    )
    manifest.write(folder, taken)
    return taken


async def _restore(told: CliSettings, folder: Path, force: bool) -> tuple[int, int, int, int | None]:
    """Counts: documents, cycles and participants, mails, and on another cluster the returns said again there."""
    found = manifest.read(folder)
    await offsets.refuse_where_running(told)
    # A new cluster has none of them: to find that out with the documents half loaded would be too late.
    for topic in (CYCLES, PARTICIPANTS, NOTIFICATIONS, RECORDED, JUDGED):
        await partitions_of(told, topic.name)
    database = connect(told)
    loaded = await documents.load(database, folder, found.collections, force)
    published = await records.load(told, folder, found.records)
    # Offsets of another cluster say nothing about this one: then everything it holds is read again.
    same = found.cluster == await offsets.cluster_id(told) and await offsets.reached(told, found.offsets)
    await offsets.set_back(told, found.offsets if same else {})
    gone_out = await mails.load(told, database)
    return loaded, published, gone_out, None if same else await underway.publish(told, database)
