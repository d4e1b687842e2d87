"""Do groups of figures fit each other? Compared is what the State has stated, never what it left open.

A *stated* figure is the total, or else the sum of a complete division. A group is *at least* its largest breakdown.
"""

from collections.abc import Iterator

from services.validation.case import Case, Reply
from services.validation.rules.found import Found, found, number

DETECTIONS = ("illegal_entries", "illegal_exits", "illegal_residences")
"""A smuggled migrant was detected as having entered, left or stayed illegally (Migrant Smuggling Protocol, article 3),
so all three together are the most that smuggled migrants can be. One that is not stated counts as none: whoever counts
smuggled migrants whose entry nobody counted has something to explain. Refused entries are no illegal entries."""


def more_smuggled_than_detected(case: Case) -> Iterator[Found]:
    detected = [n for n in (_stated(case, group) for group in DETECTIONS) if n is not None]
    yield from _above(case, "smuggled_migrants", sum(detected) if detected else None, "smuggled.above_detections")


def more_convicted_than_suspected(case: Case) -> Iterator[Found]:
    """Convictions follow suspicions by years, so this happens; then the sentence that says so is worth having."""
    yield from _above(case, "convicted_smugglers", _stated(case, "migrant_smugglers"), "convicted.above_suspects")


def _above(case: Case, group: str, most: int | None, code: str) -> Iterator[Found]:
    counted = [(n, reply) for reply in case.group(group) if (n := _counted(reply)) is not None]
    if most is None or not counted:
        return
    least, reply = max(counted, key=lambda one: one[0])  # of equals the first: the total
    if least > most:
        below = {"detected": number(most), "suspects": number(most)}
        above = {"smuggled": number(least), "convicted": number(least)}
        yield found(code, reply.pointer, reply.question.id, also=(f"/answers/{group}.total",), **below, **above)


def _stated(case: Case, group: str) -> int | None:
    replies = case.group(group)
    totals = (reply.total for reply in replies if reply.question.kind == "total")
    divided = (reply.sum for reply in replies if reply.question.complete and reply.whole)
    return next((n for n in (*totals, *divided) if n is not None), None)


def _counted(reply: Reply) -> int | None:
    return reply.total if reply.question.kind == "total" else reply.sum
