"""Who asks: what a verified token says about its bearer."""

from dataclasses import dataclass
from typing import Literal, get_args

from contracts.codes import participant_of
from contracts.events import Sender

Role = Literal["centre", "focal-point", "agency", "analyst", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Subject:
    """``role`` and the participant and agency it stands for. Raises ValueError for a combination that is none."""

    name: str
    role: Role
    participant: str | None = None
    agency: str | None = None

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"a role is one of {', '.join(ROLES)}")
        if (self.participant is None) != (self.role in ("centre", "operator")):
            raise ValueError("centre and operator stand for no participant, every other role for one")
        if (self.agency is None) == (self.role == "agency"):
            raise ValueError("an agency's token names its agency, no other does")
        if self.agency is not None and participant_of(self.agency) != self.participant:
            raise ValueError("an agency's code begins with its participant's")

    @property
    def sender(self) -> Sender:
        """The bearer as events name it. Raises ValueError for roles that never send anything."""
        if self.role == "analyst" or self.role == "operator":
            raise ValueError(f"{self.role} sends nothing")
        return Sender(role=self.role, participant=self.participant, agency=self.agency)
