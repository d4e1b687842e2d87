"""What the centre and the States' focal points keep: cycles, participants, focal points, agencies.

Each is the value of one key on a compacted topic, so the newest record of a key is the whole truth about it.
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from contracts.codes import AgencyCode, CycleId, FocalPointId, ParticipantCode
from contracts.report import Lenient

Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, strip_whitespace=True)]
Email = Annotated[
    str, StringConstraints(strict=True, max_length=254, pattern=r"^[^@\s<>\",;:\\\x00-\x1f\x7f-\x9f]+@[A-Za-z0-9.\-]+$")
]
REMINDER_DAYS = (30, 14, 7, 3, 1)
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]
"""A calendar day of a cycle. Beyond it lies no cycle, only a slip of the finger and the end of the calendar."""


def _is_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone of the IANA database, as Asia/Bangkok is")
    return name


def end_of_day(day: date, time_zone: str) -> datetime:
    """The moment at which ``day`` is over in ``time_zone``: the start of the next day there."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))


class Cycle(Lenient):
    """A reporting cycle. Dates are calendar days; the due moment is the end of the due date where the State is."""

    id: CycleId
    opens: Day
    due: Day
    grace_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    closes: Day
    expected: Annotated[list[ParticipantCode], Field(max_length=500, default_factory=list)]
    reminder_days: Annotated[tuple[Annotated[int, Field(ge=1, le=365)], ...], Field(max_length=20)] = REMINDER_DAYS

    @model_validator(mode="after")
    def _in_order(self) -> "Cycle":
        if not self.opens <= self.due <= self.closes:
            raise ValueError("a cycle opens, then is due, then closes")
        if self.due + timedelta(days=self.grace_days) > self.closes:
            raise ValueError("the days of grace end after the cycle has closed")
        if len(set(self.expected)) != len(self.expected):
            raise ValueError("a participant is expected once")
        return self


class Extension(Lenient):
    """More time for one participant in one cycle, with the reason."""

    cycle: CycleId
    participant: ParticipantCode
    due: Day
    reason: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2_000)]


class Participant(Lenient):
    """A State, territory or organisation that reports."""

    code: ParticipantCode
    name: Name
    kind: Literal["state", "territory", "organisation"] = "state"
    time_zone: Annotated[str, AfterValidator(_is_zone)] = "UTC"
    release: Literal["focal_point", "flow_through"] = "focal_point"
    """Whether the focal point releases the joined return, or accepted parts flow through."""


class FocalPoint(Lenient):
    """A unit nominated by its participant. A unit and its functional address: never a person's name."""

    participant: ParticipantCode
    id: FocalPointId
    unit: Name
    email: Email
    active: bool = True


class Agency(Lenient):
    """An agency that publishes parts of its State's return."""

    participant: ParticipantCode
    id: AgencyCode
    name: Name
    email: Email | None = None
    active: bool = True

    @model_validator(mode="after")
    def _belongs(self) -> "Agency":
        if not self.id.startswith(self.participant + "-"):
            raise ValueError(f"the code of an agency of {self.participant} begins with {self.participant}-")
        return self
