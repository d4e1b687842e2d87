"""Lines of revisions, and what stands in each: one table for everybody who decides it.

Ingest asks its database, the gateway reads states, notification keeps facts that come in any order; none of them could
use another's code. Source: docs/architecture.md, "Series, revisions, judgements" and "scope: partial".
"""

from itertools import product
from typing import Literal, NamedTuple, get_args

Fate = Literal["accepted", "rejected", "needs_explanation", "recorded", "withdrawal"]
"""Of a revision: its verdict, ``recorded`` for none yet; or that it is a withdrawal."""


class Case(NamedTuple):
    """``fates`` of revisions 1, 2, 3 … ``in_force``: the highest accepted one that no withdrawal follows. ``base``:
    what a partial report is laid upon, the highest neither rejected nor withdrawn; where there is one, reminders stop.
    """

    fates: tuple[Fate, ...]
    in_force: int | None
    base: int | None


CASES = (
    Case((), None, None),
    Case(("recorded",), None, 1),
    Case(("needs_explanation",), None, 1),
    Case(("rejected",), None, None),
    Case(("accepted",), 1, 1),
    Case(("accepted", "accepted"), 2, 2),
    Case(("accepted", "rejected"), 1, 1),
    Case(("accepted", "recorded"), 1, 2),
    Case(("accepted", "needs_explanation", "rejected"), 1, 2),
    Case(("withdrawal",), None, None),
    Case(("accepted", "withdrawal"), None, None),
    Case(("recorded", "withdrawal"), None, None),
    Case(("needs_explanation", "accepted", "withdrawal"), None, None),
    Case(("accepted", "withdrawal", "rejected"), None, None),
    Case(("accepted", "withdrawal", "recorded"), None, 3),
    Case(("accepted", "withdrawal", "accepted"), 3, 3),
    Case(("accepted", "withdrawal", "accepted", "rejected"), 3, 3),
    Case(("accepted", "withdrawal", "accepted", "withdrawal"), None, None),
    Case(("withdrawal", "accepted", "recorded", "rejected"), 2, 3),
)


def every_line(longest: int) -> list[tuple[Fate, ...]]:
    """All lines of up to so many revisions."""
    fates: tuple[Fate, ...] = get_args(Fate)
    return [line for length in range(longest + 1) for line in product(fates, repeat=length)]
