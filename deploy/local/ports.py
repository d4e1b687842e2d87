"""Which port each component listens on."""

from __future__ import annotations

import random
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

from deploy.local.settings import LocalSettings
from deploy.local.waiting import StackError

HOST = "127.0.0.1"
# Below Linux's range for outgoing connections (32768 and up): a port chosen here cannot be taken by some
# client's connection between the choice and the listen.
FREE_RANGE = range(20_000, 32_000)
# Far more than the forty of a fault run, so that a choice at random still meets none that was made before it.
BLOCK = 500


@dataclass(frozen=True)
class Ports:
    """One port per component, all on 127.0.0.1; `controller` is Kafka's own (KRaft)."""

    gateway: int
    kafka: int
    controller: int
    mongo: int
    smtp: int
    ingest: int
    validation: int
    aggregation: int
    notification: int

    @classmethod
    def free(cls) -> Ports:
        """Free ports for everything: what tests take."""
        chosen: set[int] = set()
        return cls(**{field.name: free_port(chosen) for field in fields(cls)})

    @classmethod
    def from_settings(cls, settings: LocalSettings, say: Callable[[str], None]) -> Ports:
        """The ports asked for. A taken default moves to a free port and says so; a taken port that was asked
        for by name is an error, because somebody will look for the stack there."""
        chosen: set[int] = set()
        ports: dict[str, int] = {"controller": free_port(chosen)}
        for field in fields(cls):
            if field.name == "controller":
                continue
            setting = f"{field.name}_port"
            wanted = getattr(settings, setting)
            variable = f"VRS_{setting.upper()}"
            if wanted in ("auto", 0):
                port = free_port(chosen)
            elif is_free(wanted) and wanted not in chosen:
                port = wanted
                chosen.add(port)
            elif setting in settings.model_fields_set:
                raise StackError(
                    f"port {wanted} ({variable}) is already in use on this machine: choose another, or {variable}=auto"
                )
            else:
                port = free_port(chosen)
                say(f"port {wanted} is in use by something else: {field.name} listens on {port} ({variable})")
            ports[field.name] = port
        return cls(**ports)


def free_port(chosen: set[int]) -> int:
    """A port nobody listens on and that is not in `chosen`; adds it there."""
    own, _ = _own_block()
    for _ in range(1000):
        port = random.choice(own)
        if port not in chosen and is_free(port):
            chosen.add(port)
            return port
    raise StackError(f"no free port found between {own.start} and {own.stop}")


@cache
def _own_block() -> tuple[range, socket.socket | None]:
    """The ports that this process alone chooses from while it lives, and the claim that holds them.

    A port is free until somebody listens there, which for a service is seconds after it was chosen: of two processes
    that start stacks at the same time, one would find its port taken. A name without a file is gone with its process.
    """
    if sys.platform != "linux":
        return FREE_RANGE, None
    blocks = [FREE_RANGE[at : at + BLOCK] for at in range(0, len(FREE_RANGE), BLOCK)]
    for block in random.sample(blocks, len(blocks)):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0vrs-ports-{block.start}")
        except OSError:
            claim.close()
        else:
            return block, claim
    raise StackError(f"every port between {FREE_RANGE.start} and {FREE_RANGE.stop} belongs to some other stack")


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of a former server in TIME_WAIT do not count as "taken".
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def not_listening(port: int) -> str | None:
    """None when something accepts connections on the port, else the reason."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError as error:
        return f"{HOST}:{port} {error.strerror or error}"
    return None
