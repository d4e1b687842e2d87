"""`python -m deploy.local COMMAND`: what the Makefile calls."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime
from threading import Event

from deploy.local import background, foreground, kafka, lock, mongo
from deploy.local.assets import fetch as assets
from deploy.local.follow import Follower
from deploy.local.settings import LocalSettings
from deploy.local.waiting import StackError

# What the stack makes in its folder. Only these are removed: VRS_VAR may name a folder that holds other things.
MADE = ("kafka", "mongo", "mail", "logs", "services", "env", "stack.json", "token.key", "logins", "supervisor.lock")


def say(line: str) -> None:
    """Speaks to the terminal, with the time."""
    print(f"{datetime.now().astimezone():%H:%M:%S} {line}", flush=True)


def tell(line: str) -> None:
    """Speaks without the time: what a supervisor in the background said carries its own."""
    print(line, flush=True)


def clean(settings: LocalSettings) -> None:
    """Removes the stack's data."""
    if lock.holder(settings.var) is not None:
        raise StackError(f"a stack runs in {settings.var}: `make down` first")
    for name in MADE:
        path = settings.var / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if settings.var.is_dir() and not any(settings.var.iterdir()):
        settings.var.rmdir()


def main() -> int:
    """Runs one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local")
    parser.add_argument("command", choices=("install", "up", "down", "demo", "logs", "clean", "supervise"))
    command = parser.parse_args().command
    settings = LocalSettings()
    try:
        match command:
            case "install":
                kafka.fetch_jars(settings.cache)
                mongo.find_mongod()
                assets.bring_or_tell(say)
            case "up":
                background.up(settings, tell)
            case "down":
                background.down(settings, tell)
            case "demo":
                return foreground.run_demo(settings, say)
            case "logs":
                Follower(settings.var / "logs", "info").run(Event())
            case "clean":
                clean(settings)
            case "supervise":
                foreground.run_in_background(settings, say)
    except StackError as error:
        say(f"ERROR {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
