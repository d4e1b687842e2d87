"""What processes use, from /proc: CPU seconds and memory of a process and all it has started. Linux only."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process tree, ended children included; 0 where it is gone."""
    return sum(_cpu(one) for one in tree(pid))


def resident_bytes(pid: int) -> int:
    """Memory in use now by a process tree; 0 where it is gone."""
    total = 0
    for one in tree(pid):
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * _PAGE
        except (OSError, IndexError):
            continue
    return total


def tree(pid: int) -> list[int]:
    """A process and its living descendants."""
    found = [pid]
    for one in found:
        for thread in _listed(Path(f"/proc/{one}/task")):
            try:
                found += map(int, (thread / "children").read_text().split())
            except OSError:
                continue
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _cpu(pid: int) -> float:
    try:
        # The second field is the program's name in parentheses and may hold anything; the rest follows the last one.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS
