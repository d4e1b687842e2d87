"""Ids follow from what they name: the same input, the same id, on every machine; another input, another id."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.identity import (
    aggregate_id,
    body_hash,
    canonical_json,
    command_id,
    event_id,
    revision_id,
    series_id,
    submission_id,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_layout_and_the_order_of_fields_do_not_change_a_hash(value: Any) -> None:
    read_again = json.loads(json.dumps(value, indent=3))
    if isinstance(read_again, dict):
        read_again = dict(reversed(read_again.items()))
    assert body_hash(read_again) == body_hash(value)


@given(json_values, json_values)
def test_two_bodies_share_a_hash_only_where_they_say_the_same(one: Any, other: Any) -> None:
    assert (body_hash(one) == body_hash(other)) == (canonical_json(one) == canonical_json(other))


ANY_TEXT = st.text(st.characters(), max_size=5)  # lone surrogates too
ANY_FLOAT = st.one_of(
    st.floats(),
    st.floats(1e-6, 1e-3),
    st.floats(1e14, 1e23),
    st.decimals(-10_000, 10_000, places=4).map(float),
    st.sampled_from([0.0001, 0.00001, 1e16, 1e-7, -0.0, 5e-324, 2.0**53]),
)
ANY_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.integers(-(2**70), 2**70), ANY_FLOAT, ANY_TEXT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=5),
    max_leaves=12,
)


def written(write: Callable[[Any], str], value: Any) -> bytes | type[Exception]:
    try:
        return write(value).encode()
    except ValueError as error:
        return type(error)


def by_the_standard_library(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@settings(max_examples=2_000)
@given(ANY_JSON)
def test_canonical_json_is_byte_for_byte_what_the_standard_library_writes(value: Any) -> None:
    """Ids that were given before follow from it: another writer may be faster, and must write the same."""
    assert written(canonical_json, value) == written(by_the_standard_library, value)


def test_every_character_is_written_as_the_standard_library_writes_it() -> None:
    every = [chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point < 0xE000]
    assert canonical_json(every) == by_the_standard_library(every)
    assert canonical_json(dict.fromkeys(reversed(every))) == by_the_standard_library(dict.fromkeys(every))


def test_great_depth_is_written_as_well() -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [{"a": deep}]
    assert canonical_json(deep) == by_the_standard_library(deep)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("beside", [None, 1])
def test_a_number_that_json_cannot_hold_has_no_hash(number: float, beside: int | None) -> None:
    with pytest.raises(ValueError, match="JSON"):
        body_hash({"a": [number], "b": beside})


def test_an_id_never_changes() -> None:
    """Written down from a first run: another value would make every repeat of an old submission a new one."""
    assert body_hash({"b": 1, "a": ["ü"]}) == "c79570202cf0d1406236c39cce67b47e4c509d2f598772c45f9d93b78e3d763b"
    assert submission_id("focal-point:TH", "key", "hash") == "70ef6a60-6b9f-5194-9b22-20beced1fdaf"
    assert event_id("subject", "recorded.0") == "32623808-fbc2-5f7a-9464-65ec1cb45aa2"


def test_the_same_key_with_another_body_is_another_submission() -> None:
    assert submission_id("focal-point:TH", "k", "1") != submission_id("focal-point:TH", "k", "2")


def test_senders_do_not_share_keys() -> None:
    assert submission_id("focal-point:TH", "k", "1") != submission_id("focal-point:KH", "k", "1")


def test_without_a_key_the_body_is_the_key() -> None:
    assert submission_id("focal-point:TH", None, "1") == submission_id("focal-point:TH", None, "1")
    assert submission_id("focal-point:TH", None, "1") != submission_id("focal-point:TH", None, "2")


def test_a_command_and_a_submission_of_the_same_words_differ() -> None:
    assert command_id("centre", "review", "k", "1") != command_id("centre", "withdrawal", "k", "1")
    assert command_id("centre", "submission", "k", "1") == submission_id("centre", "k", "1")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (series_id("TH", "2013-H1"), "TH|2013-H1"),
        (series_id("TH", "2013-H1", "TH-IMM"), "TH|2013-H1|TH-IMM"),
        (revision_id("TH|2013-H1", 3), "TH|2013-H1#3"),
        (aggregate_id("2013-H1", "citizenship", "TH"), "2013-H1|citizenship|TH"),
    ],
)
def test_names_that_people_read(made: str, text: str) -> None:
    assert made == text
