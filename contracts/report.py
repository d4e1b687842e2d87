"""A State's return or an agency's part of it, as it is sent: the payload of a submission.

These models judge shape only (types, sizes, unknown fields). Whether the content is good, such as a
question that does not exist or a country nobody knows, is validation's to say, with all findings at once.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from contracts.codes import AgencyCode, CycleId, ParticipantCode

LARGEST_NUMBER = 2**53
"""Larger integers do not survive JSON readers that use doubles (RFC 8259, section 6)."""


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a figure is a number, not true or false")
    return value


Number = Annotated[
    Annotated[int, Field(strict=True, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
    | Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)],
    BeforeValidator(_no_bool),
]
Code = Annotated[str, StringConstraints(strict=True, max_length=200)]
Comment = Annotated[str, StringConstraints(strict=True, max_length=2_000)]
Text = Annotated[str, StringConstraints(strict=True, max_length=20_000)]
FieldName = Annotated[str, StringConstraints(strict=True, max_length=100, pattern=r"^[A-Za-z][A-Za-z0-9_.\-]*$")]

STATUSES = ("not_available", "not_applicable", "not_collected", "withheld", "not_yet")
"""Why a figure is absent. A blank is never a zero."""

SHARING = ("all", "centre_only")


class Strict(BaseModel):
    """A shape that knows all its fields: what people and agencies send, where a mistyped field is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lenient(BaseModel):
    """A shape within our own events: a reader passes over fields it does not know, so that a writer may add some."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Row(BaseModel):
    """One line of a breakdown: its dimensions by name (``citizenship``: ``MM``), and a value or a status."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[FieldName, Code]

    value: Number | None = None
    status: Code | None = None
    comment: Comment | None = None
    caveat: Code | None = None

    @property
    def members(self) -> Mapping[str, str]:
        """The dimensions of the row, as they were sent."""
        return self.__pydantic_extra__ or {}


class Leg(Strict):
    """One country of a route, and what it is to the route."""

    country: Code
    type: Code
    mode: Code | None = None


class Route(Strict):
    """An ordered list of countries, as in "Main routes for detected irregular migrants from Afghanistan"."""

    citizenship: Code
    legs: Annotated[list[Leg], Field(max_length=50)]
    persons: Number | None = None
    share: Number | None = None
    comment: Comment | None = None
    caveat: Code | None = None


class Fee(Strict):
    """What is paid and how one travels from one country to another. Amounts in units of ``currency``."""

    from_: Annotated[Code, Field(alias="from")]
    to: Code
    citizenship: Code | None = None
    mode: Code | None = None
    methods: Annotated[list[Code], Field(max_length=50)] = []
    fee_min: Number | None = None
    fee_typical: Number | None = None
    fee_max: Number | None = None
    currency: Code | None = None
    payment: Annotated[list[Code], Field(max_length=50)] = []
    comment: Comment | None = None
    caveat: Code | None = None


class Answer(Strict):
    """The answer to one question. Which of the fields belong depends on the question's kind."""

    value: Number | None = None
    status: Code | None = None
    nothing_to_report: Annotated[bool, Field(strict=True)] = False
    rows: Annotated[list[Row], Field(max_length=5_000)] | None = None
    routes: Annotated[list[Route], Field(max_length=500)] | None = None
    fees: Annotated[list[Fee], Field(max_length=500)] | None = None
    choices: Annotated[list[Code], Field(max_length=100)] | None = None
    text: Text | None = None
    comment: Comment | None = None
    caveat: Code | None = None


class Report(Strict):
    """A return (``agency`` absent) or an agency's part of it."""

    template: Code
    reporter: ParticipantCode
    cycle: CycleId
    agency: AgencyCode | None = None
    scope: Literal["full", "partial"] = "full"
    answers: Annotated[dict[FieldName, Answer], Field(max_length=200)]
    sharing: Annotated[dict[FieldName, Code], Field(max_length=200)] = {}

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values, without what was not said."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
