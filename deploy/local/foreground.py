"""A supervisor in this very process: what `make demo` shows and what `make up` leaves in the background."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType

from dotenv import dotenv_values

from deploy.local import lock
from deploy.local.follow import Follower
from deploy.local.ports import Ports
from deploy.local.settings import ROOT, LocalSettings
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from deploy.local.waiting import StackError

DEMO_SECONDS = 300.0  # the demo loads some dozens of reports; past this something hangs

Say = Callable[[str], None]


class Stopped(BaseException):
    """Somebody asked for the end. Not an Exception: nothing on the way may take it for a failure."""


@contextmanager
def supervised(settings: LocalSettings, say: Say) -> Iterator[Supervisor]:
    """A whole running stack while inside; ended on the way out, whatever the way."""
    with lock.held(settings.var):
        signal_means_stop()
        stack = Stack(
            settings.var,
            Ports.from_settings(settings, say),
            cache=settings.cache,
            workers=settings.workers(),
            settings=from_file(),
        )
        supervisor = Supervisor(stack, say)
        try:
            supervisor.start()
            yield supervisor
        except StackError as error:
            ignore_signals()
            supervisor.stop()
            supervisor.record("failed", str(error))
            raise
        finally:
            ignore_signals()  # a second Ctrl-C must not cut the orderly end short; every step of it has a deadline
            if supervisor.stack.pids():
                say("stopping")
                supervisor.stop()
                say("stopped: no process is left")


def run_in_background(settings: LocalSettings, say: Say) -> None:
    """What the process behind `make up` does until it is told to stop."""
    try:
        with supervised(settings, say) as supervisor:
            supervisor.run(Event())
    except Stopped:
        pass


def run_demo(settings: LocalSettings, say: Say) -> int:
    """Starts the stack, runs the demo, stays until Ctrl-C (or ends at once when DEMO_EXIT is set)."""
    done = Event()
    follower = Follower(settings.var / "logs", settings.terminal_level)
    thread = Thread(target=follower.run, args=(done,), daemon=True, name="follower")
    try:
        with supervised(settings, say) as supervisor:
            thread.start()
            code = load_demo(supervisor)
            if code != 0:
                say(f"the demo failed with {code}; logs are in {settings.var / 'logs'}")
                return code
            if os.environ.get("DEMO_EXIT", "") not in ("", "0"):
                return 0
            say(f"logs are in {settings.var / 'logs'} (`make logs` follows them). Ctrl-C stops everything.")
            supervisor.run(Event())
    except Stopped:
        pass
    finally:
        done.set()
    return 0


def load_demo(supervisor: Supervisor) -> int:
    """Runs `vrs demo` on this terminal while the stack is watched; its exit code."""
    stopped = Event()
    watch = Thread(target=supervisor.run, args=(stopped,), daemon=True, name="watch")
    watch.start()
    try:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", "demo"],
            cwd=ROOT,
            env={**os.environ, **from_file(), **supervisor.stack.environment},
            timeout=DEMO_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise StackError(f"the demo did not end within {DEMO_SECONDS:g} s") from None
    finally:
        stopped.set()
        watch.join()


def from_file() -> dict[str, str]:
    """What `.env` says and the environment does not: the stack's programs get it too."""
    return {key: value for key, value in dotenv_values(ROOT / ".env").items() if value and key not in os.environ}


def signal_means_stop() -> None:
    """SIGINT, SIGTERM and a closed terminal end the stack; only the first one counts."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals() -> None:
    """From here on the end is under way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
