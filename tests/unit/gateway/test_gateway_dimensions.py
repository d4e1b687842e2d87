"""Dimensions: which there are, what members are called, which member a text means."""

import pytest

from contracts.template import load
from services.gateway.dimensions import NotAMember, known, member, name

ORT = load("ort/1")


@pytest.mark.parametrize(
    ("dimension", "code", "shown"),
    [
        ("citizenship", "KH", "Cambodia"),
        ("citizenship", "unknown", "Unknown"),
        ("citizenship", "Q9", "Q9"),
        ("route", "AF>PK", "Afghanistan > Pakistan"),
        ("entry_point", "TH:Padang Besar", "Padang Besar, Thailand"),
        ("total", "total", "Total"),
        ("mode_and_last_exit", "odd", "odd"),
    ],
)
def test_a_member_has_a_name(dimension: str, code: str, shown: str) -> None:
    assert name(ORT, dimension, code) == shown


def test_a_joined_member_is_named_part_by_part() -> None:
    assert name(ORT, "mode_and_last_exit", "sea|TH").endswith(" · Thailand")


@pytest.mark.parametrize(
    ("dimension", "text", "code"),
    [
        ("citizenship", "KHM", "KH"),
        ("citizenship", "Lao PDR", "LA"),
        ("citizenship", "stateless", "stateless"),
        ("mode_and_last_exit", "sea|Malaysia", "sea|MY"),
        ("route", "Afghanistan>PAK>MY>ID", "AF>PK>MY>ID"),
        ("corridor", "AF>PK", "AF>PK"),
        ("entry_point", "TH:Padang Besar", "TH:Padang Besar"),
        ("total", "total", "total"),
        ("gender", "female", "female"),
    ],
)
def test_a_member_may_be_given_by_code_or_name(dimension: str, text: str, code: str) -> None:
    assert member(ORT, dimension, text) == code


def test_a_text_that_names_no_member_comes_with_suggestions() -> None:
    assert member(ORT, "citizenship", "Camboda") == NotAMember("Camboda", ("KH",))
    assert isinstance(member(ORT, "route", "AF>Nowhere at all"), NotAMember)


def test_every_dimension_of_a_question_is_known_with_the_joined_ones() -> None:
    for question in ORT.questions:
        if question.dimensions:
            assert "_and_".join(question.dimensions) in known(ORT)
    assert {"route", "corridor", "total"} <= set(known(ORT))
