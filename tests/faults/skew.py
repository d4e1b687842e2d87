"""A service whose clock is wrong: `python -m tests.faults.skew -26 services.notification`.

The hours are added to every reading of the calendar in the process. The clock that timeouts count by is left alone:
it is never wrong on a real machine.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def skewed(command: tuple[str, ...], hours: float) -> tuple[str, ...]:
    """The command of a service, `python -m services.NAME`, so that its clock is wrong by so many hours."""
    python, _, module = command
    return (python, "-m", "tests.faults.skew", f"{hours:g}", module)


def main() -> None:
    """Run the module as if it were the program."""
    hours, module = float(sys.argv[1]), sys.argv[2]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True):
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
