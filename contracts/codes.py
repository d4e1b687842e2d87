"""The short names of participants, agencies, cycles and focal points, and what they look like."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from contracts.period import Period


def _is_period(text: str) -> str:
    Period.parse(text)
    return text


ParticipantCode = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
"""ISO 3166-1 alpha-2, or a code of our own where there is none (``PIDC``)."""

AgencyCode = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z][A-Z0-9]{1,9}-[A-Z0-9]{2,20}$")]
"""The participant's code, a hyphen, a short name: ``TH-IMM``. It is part of topic names."""

FocalPointId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,49}$")]

CycleId = Annotated[str, StringConstraints(strict=True, max_length=10), AfterValidator(_is_period)]
"""The name of a cycle's period: ``2012``, ``2013-H1``, ``2013-Q2``."""


def participant_of(agency: str) -> str:
    """The participant an agency belongs to; its code is the agency's prefix."""
    return agency.partition("-")[0]
