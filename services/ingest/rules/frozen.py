"""What is frozen with a revision when it is recorded: which other cycles it is compared with, and how much of them."""

from contracts.context import Context
from contracts.period import Period
from contracts.wire import MAX_EVENT_BYTES

MOST_BYTES = MAX_EVENT_BYTES // 4
"""The recorded event also carries the report and its explanations, at most 1 MiB each, and must fit into a message."""


def needed(cycle: str) -> list[str]:
    """The cycles whose returns say something about this one: the period before, and every other of the same year."""
    period = Period.parse(cycle)
    halves = period.year.halves()
    same_year = [period.year, *halves, *(quarter for half in halves for quarter in half.halves())]
    return [str(one) for one in dict.fromkeys([period.previous(), *same_year]) if one != period]


def fitting(context: Context) -> Context:
    """The context, without the earlier figures where they would not fit: a comparison less, but a report judged."""
    for dropped in ((), ("related",), ("related", "previous"), ("related", "previous", "places")):
        smaller = context.model_copy(update={name: None if name == "previous" else [] for name in dropped})
        if len(smaller.model_dump_json().encode()) <= MOST_BYTES:
            break
    return smaller
