"""Runs a program that cannot outlive the process that started it: `python tied.py PARENT_PID PROGRAM ARGS…`.

A supervisor ended by `kill -9` can stop nobody, so the kernel does it (Linux; elsewhere the program just runs).
A small program of its own, because code between fork and exec is unsafe in a process with threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ties this process to its parent, then becomes the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        # SIGKILL, not SIGTERM: there is nobody left to notice that a polite request was ignored.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent went before the tie was made
            sys.exit(f"tied: parent {parent} is gone")
    os.execvp(program[0], program)


if __name__ == "__main__":
    main()
