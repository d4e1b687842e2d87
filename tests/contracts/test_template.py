"""The template: every question of its source, in order, with what the screens and services need."""

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from contracts import template
from contracts.template import load
from tools.reference import template as tool

SOURCE: dict[str, Any] = yaml.safe_load((template.REFERENCE / "ort-1.yaml").read_text("utf-8"))
ORT = load("ort/1")
RAW = [(g, q) for s in SOURCE["sections"] for g in s["groups"] for q in g["questions"]]


def test_the_json_is_up_to_date_with_its_source() -> None:
    assert (template.REFERENCE / "ort-1.json").read_text("utf-8") == tool.written()


def test_every_question_of_the_source_is_there_in_order() -> None:
    assert [q.id for q in ORT.questions] == [q["id"] for _, q in RAW]
    assert len(ORT.questions) == len({q.id for q in ORT.questions}) == len({q.number for q in ORT.questions})


def test_there_are_five_sections_and_their_groups_are_the_indicators() -> None:
    assert [s.number for s in ORT.sections] == [1, 2, 3, 4, 5]
    assert ORT.indicator_ids == tuple(g.id for s in ORT.sections for g in s.groups)
    assert ORT.sections[4].inferred
    assert all(q.inferred for g in ORT.sections[4].groups for q in g.questions)


def test_numbers_are_those_on_the_screens() -> None:
    assert ORT.question("illegal_entries.by_citizenship").number == "1.1.2"
    parts = ORT.question("smuggled_migrants.by_mode_and_last_exit").parts
    assert [(p.number, p.code) for p in parts] == [("2.4.3.1", "land"), ("2.4.3.2", "sea"), ("2.4.3.3", "air")]
    assert "by sea" in parts[1].text


def test_numbers_follow_section_group_question() -> None:
    for section in ORT.sections:
        for group in section.groups:
            assert group.section == section.number
            assert group.number.startswith(f"{section.number}.")
            for question in group.questions:
                assert question.group == group.id
                assert question.number.startswith(f"{group.number}.")
                assert question.id.split(".")[0] == group.id
                assert all(part.number.startswith(f"{question.number}.") for part in question.parts)


def test_kinds_dimensions_and_completeness_are_those_of_the_source() -> None:
    for _, raw in RAW:
        question = ORT.question(raw["id"])
        breakdown = raw.get("breakdown")
        expected = raw.get("kind") or ("total" if breakdown == "total" else "breakdown")
        assert question.kind == expected
        assert question.dimensions == tuple(breakdown if isinstance(breakdown, list) else ())
        assert question.complete == raw.get("complete", False)


def test_every_question_names_only_what_the_template_defines() -> None:
    for question in ORT.questions:
        for dimension in (*question.dimensions, *question.uses):
            assert ORT.dimension(dimension).id == dimension
        for term in question.terms:
            assert ORT.term(term).help
        if question.code_list:
            assert question.codes == ORT.dimension(question.code_list).codes


def test_everything_shown_has_a_title_a_text_and_help() -> None:
    assert all(q.title and q.text and q.help for q in ORT.questions)
    assert all(d.label and d.help for d in ORT.dimensions)
    assert all(set(d.labels) == set(d.codes) for d in ORT.dimensions)


def test_texts_can_be_filled_in() -> None:
    for question in ORT.questions:
        assert "{" not in question.text.format(state="Thailand", citizenship="Afghanistan")
        assert all("{" not in part.text.format(state="Canada") for part in question.parts)


def test_the_total_of_a_breakdown_is_in_its_own_group() -> None:
    total = ORT.question("illegal_entries.total")
    assert ORT.total_of(ORT.question("illegal_entries.by_citizenship")) == total
    assert ORT.total_of(total) is None
    assert ORT.total_of(ORT.question("citizenship_relationship.by_transit_country")) is None
    assert ORT.total_of(ORT.question("routes.by_countries")) is None


def test_special_members_are_allowed_where_the_source_says_so() -> None:
    assert ORT.dimension("citizenship").special == ("stateless", "unknown", "other")
    assert ORT.dimension("transit_country").special == ()


def test_a_template_is_read_once_and_cannot_be_changed() -> None:
    assert load() is ORT
    assert template.ids() == ("ort/1",)
    with pytest.raises(ValidationError):
        ORT.title = "other"  # type: ignore[misc]


@pytest.mark.parametrize("template_id", ["ort/2", "ort-1", "../ort/1", "", "countries"])
def test_an_unknown_template_is_a_key_error(template_id: str) -> None:
    with pytest.raises(KeyError):
        load(template_id)


@pytest.mark.parametrize("kind", ["question", "group", "dimension", "term"])
def test_an_unknown_id_is_a_key_error(kind: str) -> None:
    with pytest.raises(KeyError):
        getattr(ORT, kind)("nothing")
