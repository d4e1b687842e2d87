"""A member may hold any text, also where it is the name of a field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.figures import field_of, fields_of, member_of, members_of


@given(st.text())
def test_a_member_survives_being_a_field_name_that_fits(member: str) -> None:
    field = field_of(member)
    assert member_of(field) == member
    assert field
    assert not set(field) & set(".$\0")


@given(st.dictionaries(st.text(max_size=5), st.integers()))
def test_cells_survive_and_no_two_members_share_a_field(cells: dict[str, int]) -> None:
    assert members_of(fields_of(cells)) == cells
    assert len(fields_of(cells)) == len(cells)


@pytest.mark.parametrize("member", ["KH", "sea|TH", "AF>PK>MY", "TH:Padang Besar", "TH:สะเดา"])
def test_usual_members_stand_as_they_are(member: str) -> None:
    assert field_of(member) == member
