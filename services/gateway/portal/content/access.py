"""Who may see and do what, as a table: every cell is an answer of ``may``, so that it can never say something else."""

from dataclasses import dataclass

from services.gateway.portal.menu import N_
from services.gateway.rules import Action, Target, may
from services.gateway.subject import ROLES, Role, Subject

_OWN, _OTHER, _PART, _OTHER_PART = "AA", "BB", "AA-ONE", "AA-TWO"
SUBJECTS: dict[Role, Subject] = {
    role: Subject(
        "anybody",
        role,
        None if role in ("centre", "operator") else _OWN,
        _PART if role == "agency" else None,
    )
    for role in ROLES
}

_QUESTIONS: tuple[tuple[str, Action, Target], ...] = (
    (N_("See the return of one's own State"), "see_return", Target(_OWN)),
    (N_("See one's own agency's part"), "see_return", Target(_OWN, _PART)),
    (N_("See another agency's part of one's own State"), "see_return", Target(_OWN, _OTHER_PART)),
    (
        N_("See another State's shared figures of a cycle, one's own return accepted"),
        "see_table",
        Target(_OTHER, door_open=True),
    ),
    (
        N_("See another State's figures of a cycle, one's own return not accepted"),
        "see_table",
        Target(_OTHER),
    ),
    (
        N_("See what another State shares with the centre only"),
        "see_table",
        Target(_OTHER, centre_only=True, door_open=True),
    ),
    (
        N_("See an agency's part of another State"),
        "see_return",
        Target(_OTHER, "BB-ONE", door_open=True),
    ),
    (N_("See earlier revisions and findings of another State"), "see_history", Target(_OTHER, door_open=True)),
    (N_("Send the national return of one's own State"), "submit", Target(_OWN)),
    (N_("Send one's own agency's part"), "submit", Target(_OWN, _PART)),
    (N_("Withdraw the national return"), "withdraw", Target(_OWN)),
    (N_("Release the joined parts as the national return"), "release", Target(_OWN)),
    (N_("Verify a return or ask for a correction"), "review", Target(_OTHER)),
    (N_("See who has reported in a cycle"), "see_completeness", Target()),
    (N_("Open and change cycles, give more time"), "write_cycles", Target()),
    (N_("See the focal points and agencies of one's own State"), "see_contacts", Target(_OWN)),
    (N_("Keep the focal points and agencies of one's own State"), "write_contacts", Target(_OWN)),
    (N_("Keep the users of one's own State"), "keep_users", Target(_OWN)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A question and who may; ``text`` is to be translated."""

    text: str
    allowed: dict[Role, bool]


def lines() -> list[Line]:
    """The table, role by role in their fixed order."""
    return [
        Line(text, {role: may(subject, action, target) for role, subject in SUBJECTS.items()})
        for text, action, target in _QUESTIONS
    ]
