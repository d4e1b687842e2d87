"""Ports that are chosen to be listened on later."""

import subprocess
import sys

from deploy.local.ports import free_port
from deploy.local.settings import ROOT

CHOOSING = """
import sys
from deploy.local.ports import free_port
chosen = set()
print(*[free_port(chosen) for _ in range(150)], flush=True)
sys.stdin.read()
"""


def test_stacks_that_start_at_the_same_time_choose_no_port_twice() -> None:
    chosen: set[int] = set()
    found = [[free_port(chosen) for _ in range(150)]]
    choosing = [
        subprocess.Popen(
            [sys.executable, "-c", CHOOSING], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in choosing:
        assert process.stdout
        found.append([int(port) for port in process.stdout.readline().split()])
    for process in choosing:
        process.communicate()
    ports = [port for some in found for port in some]
    assert len(ports) == 600
    assert len(set(ports)) == 600
