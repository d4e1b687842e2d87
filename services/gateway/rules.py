"""Who may do what with what: one table, and ``may`` to ask it. Pure.

Sources: "Who may see what" of the domain (own figures always; the centre all; another State's figures of a cycle
once one's own return of that cycle is in force, table by table as their owner allows). Lines marked *inferred*
are our choice; changing one is changing its line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from services.gateway.subject import Role, Subject


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for. ``owner``: the participant it belongs to, None for what belongs to all (a cycle).

    ``agency``: of an agency's part. ``centre_only``: its owner shares it with the centre alone. ``door_open``: the
    asker's own return of the same cycle is in force.
    """

    owner: str | None = None
    agency: str | None = None
    centre_only: bool = False
    door_open: bool = False


Action = Literal[
    "submit",
    "explain",
    "withdraw",
    "release",
    "review",
    "see_status",
    "see_finding_texts",
    "see_return",
    "see_history",
    "see_table",
    "see_cycles",
    "write_cycles",
    "see_completeness",
    "see_participants",
    "write_participant",
    "set_release",
    "see_contacts",
    "write_contacts",
    "keep_users",
    "keep_keys",
    "see_notices",
    "see_channel_states",
    "see_template",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
Test = Callable[[Subject, Target], bool]


def anything(_subject: Subject, _target: Target) -> bool:
    return True


def own(subject: Subject, target: Target) -> bool:
    """Of one's own State: its return or any agency's part of it."""
    return target.owner is not None and target.owner == subject.participant


def own_return(subject: Subject, target: Target) -> bool:
    """The national return of one's own State, and no agency's part of it."""
    return own(subject, target) and target.agency is None


def own_part(subject: Subject, target: Target) -> bool:
    """The part of one's own agency."""
    return own(subject, target) and target.agency is not None and target.agency == subject.agency


def shared(_subject: Subject, target: Target) -> bool:
    """Another State's national return, or a table of it, that this State's own return has opened."""
    return target.owner is not None and target.agency is None and target.door_open and not target.centre_only


def own_or_shared(subject: Subject, target: Target) -> bool:
    return own(subject, target) or shared(subject, target)


def own_return_part_or_shared(subject: Subject, target: Target) -> bool:
    return own_return(subject, target) or own_part(subject, target) or shared(subject, target)


def centres(_subject: Subject, target: Target) -> bool:
    """What is nobody's but the centre's."""
    return target.owner is None


_ALL: Mapping[Role, Test] = {
    "centre": anything,
    "focal-point": anything,
    "agency": anything,
    "analyst": anything,
    "operator": anything,
}
_FIGURES: Mapping[Role, Test] = {
    "centre": anything,
    "focal-point": own_or_shared,
    "agency": own_return_part_or_shared,  # inferred: of its State's return and what its State may see of others
    "analyst": own_or_shared,
}
RULES: Mapping[Action, Mapping[Role, Test]] = {
    # What a State says is said by itself alone: not even the centre writes figures for it.
    "submit": {"focal-point": own, "agency": own_part},  # inferred: also a part in an agency's name
    "explain": {"focal-point": own, "agency": own_part},  # inferred: a focal point also explains an agency's part
    "withdraw": {"focal-point": own_return},
    "release": {"focal-point": own_return},
    "review": {"centre": anything},
    "see_status": {
        "centre": anything,
        "focal-point": own,
        "agency": own_part,
        "analyst": own,
        "operator": anything,
    },
    # A finding's text may name a figure; its code does not.
    "see_finding_texts": {"centre": anything, "focal-point": own, "agency": own_part, "analyst": own},
    "see_return": _FIGURES,
    "see_table": _FIGURES,
    # Earlier revisions are between a State and the centre: others see what is in force. (inferred)
    "see_history": {"centre": anything, "focal-point": own, "agency": own_part, "analyst": own},
    "see_cycles": _ALL,
    "write_cycles": {"centre": anything},
    "see_completeness": _ALL,
    "see_participants": _ALL,
    "write_participant": {"centre": anything},
    "set_release": {"centre": anything, "focal-point": own},
    "see_contacts": {"centre": anything, "focal-point": own, "agency": own, "analyst": own},
    "write_contacts": {"centre": anything, "focal-point": own},
    # Who may sign in for a State is that State's to say, and the centre's. (inferred)
    "keep_users": {"centre": anything, "focal-point": own},
    # So are the keys of a State's agencies; no key makes another one. (inferred)
    "keep_keys": {"centre": anything, "focal-point": own},
    "see_notices": {"centre": centres, "focal-point": own},
    "see_channel_states": {"operator": anything},
    "see_template": _ALL,
}


def may(subject: Subject, action: Action, target: Target) -> bool:
    """Whether ``subject`` may do ``action`` with ``target``. What the table does not allow is not allowed."""
    test = RULES[action].get(subject.role)
    return test is not None and test(subject, target)


def ever(subject: Subject, action: Action) -> bool:
    """Whether this role may do ``action`` with anything at all: if not, a refusal says nothing about the target."""
    return subject.role in RULES[action]
