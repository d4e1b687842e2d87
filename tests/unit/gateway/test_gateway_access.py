"""Who may do what: the whole matrix, and what must hold whatever the table says."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.rules import ACTIONS, RULES, Action, Target, may
from services.gateway.subject import ROLES, Role, Subject

PARTICIPANTS = ("TH", "MY", "PIDC")
WRITES_FIGURES: tuple[Action, ...] = ("submit", "explain", "withdraw", "release")
SEES_FIGURES: tuple[Action, ...] = ("see_return", "see_table", "see_history", "see_finding_texts")


def subject(role: Role, participant: str = "TH", agency: str = "IMM") -> Subject:
    if role in ("centre", "operator"):
        return Subject("s", role)
    return Subject("s", role, participant, f"{participant}-{agency}" if role == "agency" else None)


subjects = st.builds(subject, st.sampled_from(ROLES), st.sampled_from(PARTICIPANTS), st.sampled_from(("IMM", "NAVY")))
owners = st.sampled_from((*PARTICIPANTS, None))
targets = owners.flatmap(
    lambda owner: st.builds(
        Target,
        st.just(owner),
        st.sampled_from((f"{owner}-IMM", f"{owner}-NAVY", None)) if owner else st.none(),
        st.booleans(),
        st.booleans(),
    )
)

OWN, OWN_PART, OTHER_PART = Target("TH"), Target("TH", "TH-IMM"), Target("TH", "TH-NAVY")
OPEN, CLOSED = Target("MY", door_open=True), Target("MY")
KEPT, OWN_KEPT = Target("MY", centre_only=True, door_open=True), Target("TH", centre_only=True)
THEIR_PART, NOBODYS = Target("MY", "MY-NAVY", door_open=True), Target()
EVERYTHING = frozenset({OWN, OWN_PART, OTHER_PART, OPEN, CLOSED, KEPT, OWN_KEPT, THEIR_PART, NOBODYS})
OWN_ALL = frozenset({OWN, OWN_PART, OTHER_PART, OWN_KEPT})
OWN_NATIONAL = frozenset({OWN, OWN_KEPT})
NOTHING: frozenset[Target] = frozenset()
AGENCYS = OWN_NATIONAL | {OWN_PART, OPEN}

# In the order of ROLES: centre, focal point, agency, analyst, operator.
MATRIX: dict[Action, tuple[frozenset[Target], ...]] = {
    "submit": (NOTHING, OWN_ALL, frozenset({OWN_PART}), NOTHING, NOTHING),
    "explain": (NOTHING, OWN_ALL, frozenset({OWN_PART}), NOTHING, NOTHING),
    "withdraw": (NOTHING, OWN_NATIONAL, NOTHING, NOTHING, NOTHING),
    "release": (NOTHING, OWN_NATIONAL, NOTHING, NOTHING, NOTHING),
    "review": (EVERYTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "see_status": (EVERYTHING, OWN_ALL, frozenset({OWN_PART}), OWN_ALL, EVERYTHING),
    "see_finding_texts": (EVERYTHING, OWN_ALL, frozenset({OWN_PART}), OWN_ALL, NOTHING),
    "see_return": (EVERYTHING, OWN_ALL | {OPEN}, AGENCYS, OWN_ALL | {OPEN}, NOTHING),
    "see_table": (EVERYTHING, OWN_ALL | {OPEN}, AGENCYS, OWN_ALL | {OPEN}, NOTHING),
    "see_history": (EVERYTHING, OWN_ALL, frozenset({OWN_PART}), OWN_ALL, NOTHING),
    "see_cycles": (EVERYTHING,) * 5,
    "write_cycles": (EVERYTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "see_completeness": (EVERYTHING,) * 5,
    "see_participants": (EVERYTHING,) * 5,
    "write_participant": (EVERYTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "set_release": (EVERYTHING, OWN_ALL, NOTHING, NOTHING, NOTHING),
    "see_contacts": (EVERYTHING, OWN_ALL, OWN_ALL, OWN_ALL, NOTHING),
    "write_contacts": (EVERYTHING, OWN_ALL, NOTHING, NOTHING, NOTHING),
    "keep_users": (EVERYTHING, OWN_ALL, NOTHING, NOTHING, NOTHING),
    "keep_keys": (EVERYTHING, OWN_ALL, NOTHING, NOTHING, NOTHING),
    "see_notices": (frozenset({NOBODYS}), OWN_ALL, NOTHING, NOTHING, NOTHING),
    "see_channel_states": (NOTHING, NOTHING, NOTHING, NOTHING, EVERYTHING),
    "see_template": (EVERYTHING,) * 5,
}


def test_the_matrix_names_every_action() -> None:
    assert set(MATRIX) == set(ACTIONS) == set(RULES)


@pytest.mark.parametrize(("action", "role"), list(product(ACTIONS, ROLES)))
def test_each_role_may_do_exactly_what_the_matrix_says(action: Action, role: Role) -> None:
    allowed = MATRIX[action][ROLES.index(role)]
    assert {target for target in EVERYTHING if may(subject(role), action, target)} == allowed


@settings(deadline=None)
@given(subjects, targets, st.sampled_from(WRITES_FIGURES))
def test_no_role_writes_for_another_participant(who: Subject, target: Target, action: Action) -> None:
    if may(who, action, target):
        assert target.owner == who.participant


@settings(deadline=None)
@given(subjects, targets, st.sampled_from(SEES_FIGURES))
def test_nobody_but_its_owner_and_the_centre_sees_what_is_for_the_centre_only(
    who: Subject, target: Target, action: Action
) -> None:
    if target.centre_only and may(who, action, target):
        assert who.role == "centre" or who.participant == target.owner


@settings(deadline=None)
@given(subjects, targets, st.sampled_from(SEES_FIGURES))
def test_another_states_figures_need_an_open_door_and_are_never_an_agencys_part(
    who: Subject, target: Target, action: Action
) -> None:
    if who.role != "centre" and target.owner != who.participant and may(who, action, target):
        assert target.door_open
        assert target.agency is None


@settings(deadline=None)
@given(targets, st.sampled_from((*SEES_FIGURES, *WRITES_FIGURES)))
def test_an_operator_never_sees_or_writes_figures(target: Target, action: Action) -> None:
    assert not may(subject("operator"), action, target)


@settings(deadline=None)
@given(targets, st.sampled_from([one for one in ACTIONS if not one.startswith("see_")]), st.sampled_from(PARTICIPANTS))
def test_an_analyst_only_reads(target: Target, action: Action, participant: str) -> None:
    assert not may(subject("analyst", participant), action, target)


@settings(deadline=None)
@given(targets, st.sampled_from(ACTIONS), st.sampled_from(PARTICIPANTS))
def test_an_agency_never_reaches_another_agencys_part(target: Target, action: Action, participant: str) -> None:
    who = subject("agency", participant)
    shared_by_all = MATRIX[action][ROLES.index("agency")] == EVERYTHING or action == "see_contacts"
    if target.agency not in (None, who.agency) and not shared_by_all:
        assert not may(who, action, target)
