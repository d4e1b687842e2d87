"""`python -m bench COMMAND`: one measurement at a time, for people who work on what it measures."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bench.aggregation import compared
from bench.contestant import chosen
from bench.feed import Feed, Work
from bench.real import RealDetections
from bench.rig import running


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    commands = parser.add_subparsers(dest="command", required=True)
    drained = commands.add_parser("aggregation", help="drain a filled topic: ceiling, product and peers in turns")
    drained.add_argument("--messages", type=int, default=200, help="of the feed; 2000 are three million figures")
    drained.add_argument("--seed", type=int, default=1)
    drained.add_argument("--real", action="store_true", help="the real detections instead")
    drained.add_argument("--rounds", type=int, default=3)
    drained.add_argument("--peer", action="append", default=[], help="a peer by name; 'all' for all of them")
    told = parser.parse_args()
    work = RealDetections() if told.real else Feed(told.seed, told.messages)
    asyncio.run(_aggregation(work, told.rounds, told.peer))


async def _aggregation(work: Work, rounds: int, names: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="vrs-bench-") as var:
        async with running(Path(var)) as rig:
            sides = await compared(rig, work, chosen(names), rounds)
    for side in sides:
        print(side.line())
    tops = sides[0].ceilings
    print(f"ceiling: {', '.join(f'{one.figures_per_second:,.0f}' for one in tops)} figures/s")


if __name__ == "__main__":
    main()
