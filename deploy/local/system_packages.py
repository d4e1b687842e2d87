"""What the machine itself must have: `python3 -m deploy.local.system_packages [--check] [--with browser]`.

On Debian and Ubuntu with root it installs what is missing; elsewhere (and with --check) it names each missing thing
with the command that brings it, and exits 1. Standard library only, and readable to a Python older than the one
it asks for: it runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

if __package__ in (None, ""):  # also as a file, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deploy.local.java import find_java

PYTHON = (3, 11)


class Need(NamedTuple):
    """A thing the machine must have: whether it is there, and what brings it.

    `packages` are Debian's and Ubuntu's names, the first that the release has is taken; without any, `elsewhere`
    is all the advice there is.
    """

    name: str
    why: str
    present: Callable[[], bool]
    packages: tuple[str, ...]
    elsewhere: str


def library(name: str) -> bool:
    """Whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def can_make_environments() -> bool:
    """Whether this Python has venv with pip inside (Debian splits them off)."""
    return importlib.util.find_spec("venv") is not None and importlib.util.find_spec("ensurepip") is not None


def needs() -> list[Need]:
    """All of them, for this machine."""
    version = ".".join(map(str, PYTHON))
    wanted = [
        Need(
            f"Python {version} or newer",
            "runs everything; `make VRS_PYTHON=python3.12 …` names another than python3",
            lambda: sys.version_info >= PYTHON,
            ("python3.11", "python3.12", "python3.13"),
            "brew install python@3.12, or https://www.python.org/downloads/",
        ),
        Need(
            "venv with pip for this Python",
            "keeps the dependencies apart from the system's",
            can_make_environments,
            (f"python{sys.version_info[0]}.{sys.version_info[1]}-venv", "python3-venv"),
            "install Python's venv and ensurepip modules",
        ),
        Need(
            "Java 17 or newer",
            "runs Apache Kafka",
            lambda: find_java() is not None,
            ("openjdk-17-jre-headless", "openjdk-21-jre-headless", "openjdk-25-jre-headless"),
            "brew install openjdk@17, or https://adoptium.net/",
        ),
        Need(
            "Maven (mvn)",
            "brings Apache Kafka's jars",
            lambda: shutil.which("mvn") is not None,
            ("maven",),
            "brew install maven, or https://maven.apache.org/download.cgi",
        ),
    ]
    if sys.platform == "linux":
        wanted += [
            Need(
                f"shared library {name}",
                "mongod is linked with it",
                lambda name=name: library(name),  # type: ignore[misc]  # a default binds the loop's value
                packages,
                f"the package of your distribution that holds {name}",
            )
            for name, packages in (
                ("libcurl.so.4", ("libcurl4t64", "libcurl4")),
                ("libssl.so.3", ("libssl3t64", "libssl3")),
                ("liblzma.so.5", ("liblzma5",)),
            )
        ]
    return wanted


def browser() -> str | None:
    """Where Chromium is. Its headless build first: a window of the whole browser takes six times as long to open."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, known)), None)


def browser_needs() -> list[Need]:
    """What the browser tests need besides."""
    return [
        Need(
            "Chromium",
            "the browser tests drive it",
            lambda: browser() is not None,
            ("chromium-headless-shell", "chromium", "chromium-browser"),
            "install Chromium or Chrome, so that `chromium` is on the PATH",
        )
    ]


def missing(wanted: list[Need]) -> list[Need]:
    """Those that are not there."""
    return [need for need in wanted if not need.present()]


def advice(lacking: list[Need], debian: bool) -> list[str]:
    """One line for each missing thing, with the command that brings it."""
    lines = []
    for need in lacking:
        command = f"sudo apt-get install {available(need.packages)}" if debian else need.elsewhere
        lines.append(f"missing: {need.name} ({need.why}) — {command}")
    return lines


def available(packages: tuple[str, ...]) -> str:
    """The first of these that the release has; the last when the lists cannot tell."""
    for name in packages:
        known = subprocess.run(["apt-cache", "show", "--no-all-versions", name], capture_output=True, check=False)
        if known.returncode == 0:
            return name
    return packages[-1]


def install(lacking: list[Need]) -> None:
    """Installs by apt, after one update of its lists."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=True)
    names = [available(need.packages) for need in lacking]
    print(f"installing {' '.join(names)}", flush=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names], env=quiet, check=True)


def main() -> int:
    """Exit code 0 when the machine has everything."""
    wanted = needs() + (browser_needs() if "browser" in sys.argv[1:] else [])
    lacking = missing(wanted)
    if not lacking:
        return 0
    debian = shutil.which("apt-get") is not None
    if "--check" not in sys.argv[1:] and debian and os.geteuid() == 0:
        try:
            install(lacking)
        except subprocess.CalledProcessError as error:
            print(f"apt could not install them (exit {error.returncode})", file=sys.stderr)
        lacking = missing(lacking)
    for line in advice(lacking, debian):
        print(line, file=sys.stderr)
    if lacking and platform.machine() not in ("x86_64", "AMD64"):
        print("note: the packaged mongod is for x86-64; elsewhere put a mongod 6 or newer on the PATH", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
