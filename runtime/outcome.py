"""The three fates of a message. There is no fourth: nothing is logged and passed over.

``Done``: its effect is on disk, the offset may be committed. ``Invalid``: set aside for good with its reason.
``NotNow`` (raised): Kafka or MongoDB did not do its part; the partition waits, then the process exits.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """The effect of the message stands, now or since an earlier time."""

    what: str = "done"


@dataclass(frozen=True)
class Invalid:
    """The message will never be good. ``reason``: a short code; ``detail``: where, without the payload."""

    reason: str
    detail: str


Outcome = Done | Invalid


class NotNow(Exception):
    """An effect did not happen, or may not have; doing it again is safe and may help."""


class Halted(Exception):
    """Too much in a row was invalid: better to stop and be looked at than to pour a topic away."""
