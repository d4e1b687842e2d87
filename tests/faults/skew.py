"""A wrong clock for one process: libfaketime, as the distribution packages it (`make faults` installs it).

Only the calendar is shifted, never the clock that timeouts count by: that one is never wrong on a real machine.
"""

from deploy.local.system_packages import faketime


def skewed(by: str) -> dict[str, str]:
    """The environment of a process whose clock is wrong ``by`` so much, as "-26h" or "+9d".

    Raises FileNotFoundError where the library is not installed.
    """
    library = faketime()
    if library is None:
        raise FileNotFoundError("libfaketime is not installed: python -m deploy.local.system_packages --with faults")
    return {"LD_PRELOAD": str(library), "FAKETIME": by, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
