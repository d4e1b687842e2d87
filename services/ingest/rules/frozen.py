"""What is frozen with a revision when it is recorded: how much of the returns that it is compared with."""

from contracts.context import Context
from contracts.wire import MAX_EVENT_BYTES

MOST_BYTES = MAX_EVENT_BYTES // 4
"""The recorded event also carries the report and its explanations, at most 1 MiB each, and must fit into a message."""


def fitting(context: Context) -> Context:
    """The context, without the earlier figures where they would not fit: a comparison less, but a report judged."""
    for dropped in ((), ("related",), ("related", "previous"), ("related", "previous", "places")):
        smaller = context.model_copy(update={name: None if name == "previous" else [] for name in dropped})
        if len(smaller.model_dump_json().encode()) <= MOST_BYTES:
            break
    return smaller
