"""How a process ends, and how it says where it stands."""

import signal
import subprocess
import sys

from runtime.process import ALL_TASKS_SHOWN, HALTED, TRY_AGAIN

HALTING = """
import asyncio, runtime.process
from runtime.outcome import Halted

async def pouring_a_topic_away(stop):
    async with asyncio.TaskGroup() as group:
        group.create_task(halting())

async def halting():
    raise Halted("1001 messages in a row are invalid")

runtime.process.run("test", "INFO", pouring_a_topic_away)
"""
STANDING = """
import asyncio, threading, runtime.process
from runtime.outcome import NotNow

async def with_a_client_that_never_ends(stop):
    threading.Thread(target=threading.Event().wait).start()
    raise NotNow("stands still")

runtime.process.LEAVE_SECONDS = 0.2
runtime.process.run("test", "INFO", with_a_client_that_never_ends)
"""
PROGRAM = """
import asyncio, runtime.process

async def waiting_for_the_end(stop):
    print("at work", flush=True)
    await stop.wait()

runtime.process.run("test", "INFO", waiting_for_the_end)
"""


def test_sigusr1_shows_where_threads_and_tasks_stand_and_the_work_goes_on() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGUSR1)
        said = ""
        while ALL_TASKS_SHOWN not in said and (line := process.stdout.readline()):
            said += line
        process.send_signal(signal.SIGTERM)
        said += process.stdout.read()
    assert "Current thread" in said
    assert "waiting_for_the_end" in said
    assert process.returncode == 0


def test_a_worker_that_has_halted_stays_so_until_it_is_stopped() -> None:
    """Ending would be being started again, by whatever keeps it alive: and the next thousand messages go."""
    with subprocess.Popen(
        [sys.executable, "-c", HALTING], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        assert "halted: reads nothing" in process.stdout.readline()
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    assert process.returncode == HALTED


def test_a_worker_ends_although_a_thread_of_a_client_does_not() -> None:
    """Python waits for the thread in which Faust has its client: the worker would never be started again."""
    ended = subprocess.run([sys.executable, "-c", STANDING], capture_output=True, text=True, timeout=60, check=False)
    assert "do not end" in ended.stdout
    assert ended.returncode == TRY_AGAIN
