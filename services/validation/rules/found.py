"""What a rule answers with: a finding, and the other places of the report at which a comment explains it as well."""

from collections.abc import Iterable
from typing import NamedTuple

from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding
from screening import screen

SHOWN = 60
"""Characters of a sender's text that a message repeats: enough to find it, too few to fill a screen."""


class Found(NamedTuple):
    """``also``: pointers besides the finding's own at which a comment explains it."""

    finding: Finding
    also: tuple[str, ...] = ()


def found(
    code: str,
    pointer: str = "",
    question: str | None = None,
    *,
    suggestion: str | None = None,
    also: Iterable[str] = (),
    **said: object,
) -> Found:
    """The finding of a code of the registry; ``said`` fills its sentence. KeyError for a code that is not there."""
    return Found(FINDINGS[code].at(_told(pointer), question, suggestion, **said), tuple(also))


def _told(pointer: str) -> str:
    """The pointer as far as it can be told: a field's name may be personal data too."""
    tokens = pointer.split("/")
    last = next((i for i, token in enumerate(tokens) if screen(token)), len(tokens))
    return "/".join(tokens[:last])


def shown(text: str) -> str:
    """A sender's text as a message may repeat it: quoted, cut, and not at all where it holds personal data."""
    if screen(text):
        return "the text (not repeated here)"
    return f"“{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}”"


def number(value: float) -> str:
    """12000 as 12,000; a whole float without its point."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"
