"""Whom a command speaks for: `ROLE[:PARTICIPANT[:AGENCY]]`, and the token that says so to the gateway."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter, ValidationError

from cli.settings import CliSettings, Refused
from contracts.codes import AgencyCode, ParticipantCode

NEEDS = {"centre": 0, "operator": 0, "focal-point": 1, "analyst": 1, "agency": 2}
"""How many names follow each role: none, the participant, or the participant and the agency."""

LIFETIME = timedelta(hours=12)


@dataclass(frozen=True)
class Who:
    """A role and for whom it speaks."""

    role: str
    participant: str | None = None
    agency: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Who":
        """Read `focal-point:TH` or `agency:TH:TH-IMM`. Raises Refused with what would be right."""
        role, *names = text.split(":")
        if role not in NEEDS:
            raise Refused(f"no role {role!r}; there are {', '.join(NEEDS)}")
        if len(names) != NEEDS[role]:
            form = ":".join([role, "PARTICIPANT", "AGENCY"][: NEEDS[role] + 1])
            raise Refused(f"{text!r}: write {form}")
        try:
            for kind, name in zip((ParticipantCode, AgencyCode), names, strict=False):
                TypeAdapter(kind).validate_python(name)
        except ValidationError:
            raise Refused(f"{text!r}: codes look like TH and TH-IMM") from None
        who = cls(role, *names)
        if who.agency is not None and not who.agency.startswith(f"{who.participant}-"):
            raise Refused(f"the code of an agency of {who.participant} begins with {who.participant}-")
        return who

    @property
    def name(self) -> str:
        return ":".join(part for part in (self.role, self.participant, self.agency) if part)


def token(told: CliSettings, who: Who, lifetime: timedelta = LIFETIME) -> str:
    """A signed token, as the gateway takes it."""
    from services.gateway.tokens import mint

    return mint(f"vrs-cli {who.name}", who.role, who.participant, who.agency, lifetime, told.token_key)
