"""How a process ends, and how it says where it stands."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, runtime.process

async def waiting_for_the_end(stop):
    print("at work", flush=True)
    await stop.wait()

runtime.process.run("test", "INFO", waiting_for_the_end)
"""


@pytest.mark.timeout(20)
def test_sigusr1_shows_where_threads_and_tasks_stand_and_the_work_goes_on() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGUSR1)
        said = ""
        while "waiting_for_the_end" not in said and (line := process.stdout.readline()):
            said += line
        process.send_signal(signal.SIGTERM)
        said += process.stdout.read()
    assert "Current thread" in said
    assert "waiting_for_the_end" in said
    assert process.returncode == 0
