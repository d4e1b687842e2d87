"""The long fuzz run: ``python -m tests.fuzz.run --seed 1``. Each part has a stack of its own; the figures are printed.

What a seed gives is the same calls and messages; what they meet depends on how far the services have come meanwhile.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from contracts.topics import Topic, agency_in
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from tests.e2e.outside import Outside
from tests.fuzz import parts
from tests.fuzz.conftest import SETTINGS
from tests.fuzz.messages import AGENCY, EVERY_TOPIC
from tests.fuzz.world import World, make

ROUNDS = 20


def main() -> int:
    """Run what was asked for; 1 where a part found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=50_000, help="calls of the HTTP interface")
    parser.add_argument("--each", type=int, default=100, help="of every operation as every role, in one turn")
    parser.add_argument("--posts", type=int, default=5_000, help="forms of the portal, for every role that has any")
    parser.add_argument("--messages", type=int, default=1_000_000, help="on the topics")
    parser.add_argument("--minutes", type=float, default=60, help="that the services may need to work them off")
    parser.add_argument("--only", choices=("api", "portal", "agency", "topics"))
    told = parser.parse_args()
    wanted: dict[str, Callable[[World], str]] = {
        "api": lambda world: _api(world, told.cases, told.each, told.seed),
        "portal": lambda world: _portal(world, told.posts, told.seed),
        "agency": lambda world: _topics(world, told.messages // 20, told.seed, told.minutes, [agency_in(AGENCY)]),
        "topics": lambda world: _topics(world, told.messages, told.seed, told.minutes, EVERY_TOPIC),
    }
    found = [_part(name, part) for name, part in wanted.items() if told.only in (None, name)]
    return 0 if all(found) else 1


def _part(name: str, part: Callable[[World], str]) -> bool:
    """One part on a new stack; whether it found nothing. The logs of one that did stay where it says."""
    folder = Path(tempfile.mkdtemp(prefix=f"vrs-fuzz-{name}-"))
    begun = time.monotonic()
    # What an agency may write to stops nobody under the settings that an installation has.
    with Stack(folder, Ports.free(), settings={} if name == "agency" else SETTINGS) as stack:
        stack.start()
        outside = Outside(stack)
        try:
            figures, well = part(make(outside)), True
        except AssertionError as error:
            figures, well = f"FOUND SOMETHING, logs in {folder}:\n{error}", False
        finally:
            outside.close()
    sys.stdout.write(f"== {name}: {time.monotonic() - begun:.0f} s\n{figures}\n")
    sys.stdout.flush()
    return well


def _api(world: World, cases: int, each: int, seed: int) -> str:
    tally = parts.api(world, cases, each, seed)
    return f"{tally.cases} calls\n{tally.table()}"


def _portal(world: World, posts: int, seed: int) -> str:
    answers = parts.portal(world, posts, seed)
    by_status: Counter[int] = Counter()
    for (_, status), number in answers.items():
        by_status[status] += number
    return f"{answers.total()} forms of {len({kind for kind, _ in answers})} kinds\n{_lines(by_status)}"


def _topics(world: World, messages: int, seed: int, minutes: float, onto: Sequence[Topic]) -> str:
    found = parts.topics(world.outside, messages, ROUNDS, seed, minutes * 60, onto)
    return "\n".join(
        [
            f"{found.poured.messages} messages put in {found.pouring:.0f} s, worked off {found.draining:.0f} s later",
            f"{found.good} good returns, all accepted and right; {found.reasons.total()} dead letters",
            _lines(found.poured.by_topic),
            _lines(found.poured.by_kind),
            _lines(found.reasons),
        ]
    )


def _lines(figures: Counter[int] | Counter[str] | Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(figures.items()))


if __name__ == "__main__":
    sys.exit(main())
