"""Content: made from the very data and rules that it tells about, for everybody who is signed in."""

import pytest

from contracts import template as templates
from contracts.finding_kinds import FINDINGS
from services.gateway.portal.content.access import lines
from services.gateway.portal.content.findings import by_severity, without_gaps
from tests.unit.portal.conftest import Visit

PAGES = ("help", "guide", "definitions", "findings", "access")


def test_every_finding_stands_in_one_group() -> None:
    shown = [one.code for group in by_severity() for one in group.kinds]
    assert sorted(shown) == sorted(FINDINGS)


def test_no_gap_of_a_sentence_is_left_open() -> None:
    assert without_gaps("Two {rows} of {found}.") == "Two … of …."
    assert not any("{" in without_gaps(one.sentence) for one in FINDINGS.values())


def test_the_table_of_access_says_what_the_rules_say() -> None:
    found = {one.text: one.allowed for one in lines()}
    closed = found["See another State's figures of a cycle, one's own return not accepted"]
    assert [role for role, allowed in closed.items() if allowed] == ["centre"]
    kept = found["See what another State shares with the centre only"]
    assert [role for role, allowed in kept.items() if allowed] == ["centre"]
    assert not found["Send the national return of one's own State"]["centre"]


@pytest.mark.parametrize("who", ["centre", "focal-point:TH", "operator"])
@pytest.mark.parametrize("name", PAGES)
async def test_everybody_reads_it_and_nobody_who_is_not_signed_in(visitor: Visit, who: str, name: str) -> None:
    assert (await (await visitor(who)).get(f"/content/{name}")).status_code == 200
    assert "Sign in" in (await (await visitor(None)).get(f"/content/{name}")).text


async def test_every_term_and_every_question_is_told_in_both_languages(visitor: Visit) -> None:
    one = await visitor("analyst:TH")
    text = (await one.get("/content/definitions")).text
    assert all(f'id="term-{term.id}"' in text for term in templates.load().terms)
    guide = (await one.get("/content/guide")).text
    assert all(f"{question.number} " in guide for question in templates.load().questions)
    french = (await one.get("/language/fr", back="/content/guide")).text
    assert "Guide de déclaration" in french
