"""Single components: started, stopped, killed, moved; what they held is still there."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from deploy.local import mongo
from deploy.local.background import still_there
from deploy.local.ports import Ports
from deploy.local.settings import ROOT
from deploy.local.stack import Stack
from deploy.local.waiting import StackError, wait_for
from tests.integration.local_stack.conftest import NO_SERVICES, PATIENCE


async def publish(bootstrap: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("kept", 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    await producer.send_and_wait("kept", value)
    await producer.stop()


async def first_of_topic(bootstrap: str) -> bytes:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition("kept", 0)])
    await consumer.seek_to_beginning()
    records = await consumer.getmany(timeout_ms=int(PATIENCE * 1000))
    await consumer.stop()
    return next(bytes(record.value) for batch in records.values() for record in batch)


async def test_what_kafka_and_mongo_hold_survives_a_stop_a_kill_and_a_move_to_other_ports(own_stack: Stack) -> None:
    own_stack.start_backbone()
    await publish(own_stack.environment["VRS_KAFKA_BOOTSTRAP"], b"a report")
    with MongoClient[dict[str, str]](own_stack.environment["VRS_MONGO_URL"]) as client:
        client["vrs"]["reports"].insert_one({"_id": "TH/2013-H1"})
    own_stack.kill("kafka")
    own_stack.kill("mongo")
    own_stack.start_one("kafka")
    own_stack.start_one("mongo")
    own_stack.close()
    assert own_stack.pids() == {}

    with Stack(own_stack.var, Ports.free()) as moved:
        moved.start_backbone()
        assert moved.ports.mongo != own_stack.ports.mongo
        assert await first_of_topic(moved.environment["VRS_KAFKA_BOOTSTRAP"]) == b"a report"
        with MongoClient[dict[str, str]](mongo.url(moved.ports.mongo)) as client:
            assert client["vrs"]["reports"].count_documents({}) == 1


def test_mongo_gives_transactions_and_change_streams(own_stack: Stack) -> None:
    own_stack.start_backbone(["mongo"])
    with MongoClient[Any](own_stack.environment["VRS_MONGO_URL"]) as client:
        reports = client["vrs"].create_collection("reports")
        with reports.watch(max_await_time_ms=5000) as changes:
            with client.start_session() as session, session.start_transaction():
                reports.insert_one({"_id": "TH/2013-H1"}, session=session)
            change = changes.next()
            assert change["documentKey"] == {"_id": "TH/2013-H1"}


def test_the_token_key_is_made_once_and_for_its_owner_only(own_stack: Stack) -> None:
    own_stack.start_backbone(["mail"])
    key = own_stack.var / "token.key"
    first = key.read_text()
    own_stack.close()
    own_stack.start_backbone(["mail"])
    assert key.read_text() == first
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_component_that_exits_before_it_is_ready_is_named_with_its_last_lines(own_stack: Stack) -> None:
    own_stack.var.mkdir(parents=True)
    (own_stack.var / "mail").write_text("a file where its folder should be")
    with pytest.raises(StackError, match=r"(?s)mail exited with 1 .*last lines of .*mail\.log.*FileExistsError"):
        own_stack.start_backbone(["mail"])


def test_a_port_that_somebody_else_holds_is_not_taken_for_the_component_s_own(own_stack: Stack) -> None:
    own_stack.start_backbone(["mail"])
    other = Stack(own_stack.var.with_name("other"), dataclasses.replace(Ports.free(), smtp=own_stack.ports.smtp))
    with other, pytest.raises(StackError, match=f"something else listens on port {own_stack.ports.smtp}"):
        other.start_backbone(["mail"])


def test_nothing_outlives_a_stack_whose_process_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path / "var")],
        cwd=ROOT,
        env=os.environ | NO_SERVICES,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    pids = [int(pid) for pid in owner.stdout.readline().split()]
    assert len(pids) == 2
    assert still_there(pids) is not None
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    wait_for("the children to end with their parent", lambda: still_there(pids), seconds=PATIENCE)


OWNER = """
import sys, signal
from pathlib import Path
from typing import Any
from deploy.local.ports import Ports
from deploy.local.stack import Stack
stack = Stack(Path(sys.argv[1]), Ports.free())
stack.start_backbone(["mongo", "mail"])
print(*stack.pids().values(), flush=True)
signal.pause()
"""
