"""What a backup holds, and whether the files are still what was written."""

import hashlib
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cli.settings import Refused

FILE = "manifest.json"

Offsets = dict[str, dict[str, dict[int, int]]]
"""Group, topic, partition: the next offset to read. Names are without the broker's prefix."""


class Part(BaseModel):
    """One file of the backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    documents: int
    sha256: str


class Manifest(BaseModel):
    """The whole backup in one small file, written last: a backup without it was not finished."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = 1
    taken_at: datetime
    database: str
    cluster: str
    """The id of the Kafka cluster. On another one the offsets mean nothing."""
    collections: dict[str, Part]
    records: Part
    """The newest record of every key of the compacted topics that have no other home."""
    offsets: Offsets


def sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write(folder: Path, manifest: Manifest) -> None:
    partial = folder / (FILE + ".partial")
    partial.write_text(manifest.model_dump_json(indent=2) + "\n")
    partial.replace(folder / FILE)


def read(folder: Path) -> Manifest:
    """The manifest, once every file in it is found to be what was written. Raises Refused."""
    try:
        manifest = Manifest.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise Refused(f"{folder} holds no finished backup: {error}") from None
    for part in (*manifest.collections.values(), manifest.records):
        file = folder / part.file
        if not file.is_file() or sha256(file) != part.sha256:
            raise Refused(f"{file} is missing or not what was written; nothing was restored")
    return manifest
