"""A question about figures, answered for several spans from one reading of the aggregates."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts import template as templates
from services.gateway import dimensions
from services.gateway.figures import Answer, Gathered, size
from services.gateway.held import Counted, Place
from services.gateway.in_force import InForce, Span
from services.gateway.ports import Gateway
from services.gateway.subject import Subject

AGAIN_SECONDS = (0.0, 0.1, 0.2)
"""A new return's figures are written shortly before what says who may see them. Read in between, its State would be
missing from the sums; so both are read again, and the State is left out only where that takes longer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Figures of a dimension; of one indicator, member or reporter where one is named.

    ``window``: half-years that each row also has a point for.
    """

    dimension: str
    indicator: str | None = None
    member: str | None = None
    reporter: str | None = None
    window: Span = ()


async def answers(
    gateway: Gateway, subject: Subject, asked: Asked, spans: Sequence[Span], in_force: InForce
) -> tuple[InForce, list[Answer]]:
    """An answer for each span, and the returns that they rest on: later ones where figures are later. Raises NotNow."""
    found, behind = await _answers(gateway, subject, asked, spans, in_force)
    for pause in AGAIN_SECONDS if behind else ():
        await asyncio.sleep(pause)
        in_force = await gateway.reads.in_force(anew=True)
        found, behind = await _answers(gateway, subject, asked, spans, in_force)
        if not behind:
            break
    return in_force, found


async def _answers(
    gateway: Gateway, subject: Subject, asked: Asked, spans: Sequence[Span], in_force: InForce
) -> tuple[list[Answer], bool]:
    known: dict[Span, Answer | None] = {span: in_force.answer((subject, asked, span)) for span in spans}
    missing = [span for span, answer in known.items() if answer is None]
    behind = False
    if missing:
        standing = in_force.standing
        halves = {half: standing(subject, asked.dimension, (half,), asked.indicator) for half in asked.window}
        within = [*missing, *((half,) for half in asked.window)]
        read = await _read(
            gateway, asked, {str(one) for span in within for one in in_force.cycles_within(span)}, in_force
        )
        behind = any(counted.behind for counted in read.values())
        for span in missing:
            gathered = Gathered(standing(subject, asked.dimension, span, asked.indicator), halves, asked.reporter)
            for cycle, counted in read.items():
                gathered.add(cycle, counted.cells)
            known[span] = answer = gathered.answer()
            if not behind:
                in_force.keep((subject, asked, span), answer, size(answer))
    return [known[span] or [] for span in spans], behind


async def _read(gateway: Gateway, asked: Asked, cycles: Iterable[str], in_force: InForce) -> dict[str, Counted]:
    """The figures of each cycle that count, whoever may see them: those that are held, and the others read.

    What is read of one member is not held: there are as many as somebody makes up.
    """

    def place(cycle: str) -> Place:
        return Place(cycle, asked.dimension, asked.indicator)

    now = time.monotonic()
    shelf = gateway.shelf if asked.member is None else None
    versions = {cycle: in_force.versions[cycle] for cycle in cycles}
    held = {cycle: shelf.get(place(cycle), one, now) for cycle, one in versions.items()} if shelf is not None else {}
    found = {cycle: counted for cycle, counted in held.items() if counted is not None}
    read = {
        cycle: Counted({code: revision for code, revision, _ in versions[cycle]})
        for cycle in versions.keys() - found.keys()
    }
    if read:
        indicators = [asked.indicator] if asked.indicator is not None else dimensions.indicators(templates.load())
        stored = gateway.reads.aggregates(asked.dimension, sorted(read), indicators, asked.member)
        async for some in stored:
            for document in some:
                read[document["period"]].add(document)
    for cycle, counted in read.items():
        if shelf is not None and not counted.behind:
            shelf.put(place(cycle), versions[cycle], now, counted)
    return found | read
