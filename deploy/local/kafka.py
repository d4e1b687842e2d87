"""Apache Kafka as one process: jars by Maven, KRaft, one node that is both broker and controller."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import os
import shutil
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.component import Component
from deploy.local.java import OLDEST, find_java
from deploy.local.ports import HOST, Ports, not_listening
from deploy.local.waiting import StackError

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
MESSAGE_MAX_BYTES = 8 * 1024 * 1024  # the largest event that any topic of the registry allows


def component(var: Path, ports: Ports, cache: Path) -> Component:
    """Kafka with its data under `var/kafka` and its jars under `cache`."""
    folder = var / "kafka"
    return Component(
        name="kafka",
        command=(*java_command(cache, "-Xmx512m"), "kafka.Kafka", str(folder / "server.properties")),
        port=ports.kafka,
        missing=lambda: broker_missing(ports.kafka),
        prepare=lambda: prepare(folder, ports, cache),
        grace=20.0,
    )


def java_command(cache: Path, *more: str) -> tuple[str, ...]:
    """Java with Kafka's jars on its class path."""
    java = find_java() or "java"
    options = [*more, "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"]
    options.append(f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}")
    return (java, *options, "-cp", f"{jars_folder(cache)}/*")


def jars_folder(cache: Path) -> Path:
    """One folder per content of pom.xml, so that a new version never mixes with the old one."""
    return cache / f"kafka-libs-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"


def fetch_jars(cache: Path) -> None:
    """Brings the jars by Maven once per content of pom.xml; two stacks may do it at the same time."""
    folder = jars_folder(cache)
    if folder.exists():
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise StackError("Maven (mvn) is needed once to bring Kafka's jars: `make system` says how to install it")
    cache.mkdir(parents=True, exist_ok=True)
    partial = cache / f"{folder.name}.{os.getpid()}"
    fetched = subprocess.run(
        [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={partial}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise StackError(f"Maven could not bring Kafka's jars:\n{(fetched.stdout + fetched.stderr)[-3000:]}")
    try:
        partial.rename(folder)  # complete or not there at all
    except OSError:
        shutil.rmtree(partial)  # another stack was faster


def prepare(folder: Path, ports: Ports, cache: Path) -> None:
    """Writes the configuration (ports may have moved) and formats the storage on the first start."""
    if find_java() is None:
        raise StackError(f"Java {OLDEST} or newer is needed to run Kafka: `make system` says how to install it")
    fetch_jars(cache)
    folder.mkdir(parents=True, exist_ok=True)
    properties = folder / "server.properties"
    properties.write_text(server_properties(folder / "data", ports))
    if (folder / "data" / "meta.properties").exists():
        return
    # Sixteen bytes of which the first are fixed: a random id that begins with "-" would be read as an option.
    cluster = base64.urlsafe_b64encode(b"vrs" + uuid.uuid4().bytes[3:]).rstrip(b"=").decode()
    arguments = ("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties))
    formatted = subprocess.run(
        # A JVM that lives for a second: the first compiler stage is enough.
        [*java_command(cache, "-Xmx128m", "-XX:TieredStopAtLevel=1"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if formatted.returncode != 0:
        raise StackError(f"Kafka's storage could not be formatted:\n{(formatted.stdout + formatted.stderr)[-3000:]}")


def server_properties(data: Path, ports: Ports) -> str:
    """The broker's configuration for one node."""
    values = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{HOST}:{ports.controller}",
        "listeners": f"PLAINTEXT://{HOST}:{ports.kafka},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{ports.kafka}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": data,
        # One node: every replication factor is 1. Production has 3 and min.insync.replicas=2.
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # How long the controller holds the place of a broker that was killed: the next start waits for it (9 s else).
        "broker.session.timeout.ms": 4000,
        "broker.heartbeat.interval.ms": 500,
        "num.partitions": 12,
        "offsets.topic.num.partitions": 12,  # of 50: each costs files and start-up time, and groups are few here
        # Topics come from the registry (`vrs topics apply`); a misspelt name must fail, not appear.
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,  # fault tests want a dead worker to be noticed quickly
        "message.max.bytes": MESSAGE_MAX_BYTES,
        "replica.fetch.max.bytes": MESSAGE_MAX_BYTES,
        "offsets.retention.minutes": 525_600,  # a stack left alone over the holidays must not start from the beginning
        "log.cleaner.dedupe.buffer.size": 32 * 1024 * 1024,  # of 128 MB, a quarter of this heap
        "log.retention.check.interval.ms": 60_000,
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())


def broker_missing(port: int) -> str | None:
    """None when the broker answers and names itself as alive."""
    why = not_listening(port)
    if why is not None:
        return why
    # In a thread of its own, as the caller may already be inside an event loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, _brokers_missing(port)).result()


async def _brokers_missing(port: int) -> str | None:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that is not there yet is no error here
    admin = AIOKafkaAdminClient(bootstrap_servers=f"{HOST}:{port}", request_timeout_ms=2000)
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
    except Exception as error:  # noqa: BLE001 - whatever the client raises means "not yet"; the deadline is the caller's
        return f"no answer from the broker: {error!r}"
    finally:
        await admin.close()
    return None if cluster.get("brokers") else "the broker is not registered yet"
