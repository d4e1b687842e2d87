"""`python -m bench COMMAND`: all measurements, the small guard, or one drain for people who work on it."""

import argparse
import asyncio

from bench import capacity, run, small
from bench.aggregation import compared
from bench.contestant import chosen
from bench.feed import Feed, Work
from bench.real import RealDetections
from bench.sections import SECTIONS, fresh


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    commands = parser.add_subparsers(dest="command", required=True)
    whole = commands.add_parser("run", help="measure, and write the table and the JSON")
    whole.add_argument("section", nargs="*", help=f"all, or some of: {', '.join(SECTIONS)}")
    guard = commands.add_parser("small", help="the guard of two minutes")
    guard.add_argument("--keep", action="store_true", help="write the ratios down as those to compare with")
    commands.add_parser("capacity", help="calculate docs/capacity.md from the last results")
    drained = commands.add_parser("aggregation", help="drain a filled topic: ceiling, product and peers in turns")
    drained.add_argument("--messages", type=int, default=200, help="of the feed; 2000 are three million figures")
    drained.add_argument("--seed", type=int, default=1)
    drained.add_argument("--real", action="store_true", help="the real detections instead")
    drained.add_argument("--rounds", type=int, default=3)
    drained.add_argument("--peer", action="append", default=[], help="a peer by name; 'all' for all of them")
    told = parser.parse_args()
    match told.command:
        case "run":
            run.main(told.section)
        case "small":
            small.main(keep=told.keep)
        case "capacity":
            capacity.main()
        case _:
            work = RealDetections() if told.real else Feed(told.seed, told.messages)
            asyncio.run(_aggregation(work, told.rounds, told.peer))


async def _aggregation(work: Work, rounds: int, names: list[str]) -> None:
    async with fresh() as rig:
        sides = await compared(rig, work, chosen(*names), rounds)
    for side in sides:
        print(side.line())
    for top in sides[0].ceilings:
        print(f"ceiling: {top.figures_per_second:,.0f} figures/s, {top.cpu_per_million:.3g} CPU s a million")


if __name__ == "__main__":
    main()
