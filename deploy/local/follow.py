"""Shows the stack's log files on the terminal, prefixed and coloured, as they grow.

The files are the truth and the programs write them directly; the terminal only follows, so a slow or closed
terminal never holds a service up.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from threading import Event

from honcho.printer import Message, Printer

from deploy.local.readable import LEVELS, readable

LOOK_SECONDS = 0.2
WIDTH = 14  # `notification-2`
# 31 (red) is left for what is wrong.
COLOURS = ("36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1")
QUIET = {"kafka": "warning", "mongo": "warning"}  # their information is for their own log files
RED = "31;1"


class Follower:
    """Follows all `*.log` files of a folder from where they are now, or from their beginning."""

    def __init__(self, logs: Path, level: str, *, from_now: bool = True) -> None:
        self._logs = logs
        self._level = LEVELS[level]
        self._printer = Printer(width=WIDTH)
        self._read: dict[Path, int] = {}
        self._colour: dict[str, str] = {}
        if from_now:
            self._read = {file: file.stat().st_size for file in logs.glob("*.log")}

    def run(self, until: Event) -> None:
        """Prints what comes until told otherwise."""
        while not until.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Prints the whole lines that came since the last look."""
        for file in sorted(self._logs.glob("*.log")):
            if file.stem == "supervisor" or file.name.endswith(".old.log"):
                continue
            begin = self._read.get(file, 0)
            if file.stat().st_size < begin:
                begin = 0  # set aside and begun anew
            with file.open("rb") as opened:
                opened.seek(begin)
                new = opened.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._read[file] = begin + len(whole)
            for raw in whole.decode("utf-8", "replace").splitlines():
                self._show(file.stem, raw)

    def _show(self, name: str, raw: str) -> None:
        line = readable(raw)
        if line is None or line.level < max(self._level, LEVELS[QUIET.get(name, "debug")]):
            return
        own = self._colour.setdefault(name, COLOURS[len(self._colour) % len(COLOURS)])
        colour = RED if line.level >= LEVELS["error"] else own
        self._printer.write(Message("line", line.text, datetime.now().astimezone(), name, colour))
