"""A moment as an event carries it: one that names its time zone, and that every clock and every database can hold."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

EPOCH = datetime.fromtimestamp(0, UTC)


def within_the_calendar(at: datetime) -> bool:
    """Whether a moment stays one in every time zone: the first and the last day of the calendar do not."""
    return 1 < at.year < 9999


def _checked(at: datetime) -> datetime:
    if not within_the_calendar(at):
        raise ValueError("a moment lies between the years 2 and 9998")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_checked)]
