"""What explains a finding that asks for a word."""

import pytest

from services.validation.rules import Judgement, judge
from tests.unit.validation.returns import CITIZENSHIP, TOTAL, Json, earlier, recorded, row, rows

BEFORE = earlier("2012-H2", ("illegal_entries", "citizenship", "KH", 100))
TOO_MANY = {TOTAL: {"value": 100}, CITIZENSHIP: rows("citizenship", KH=120)}
LEAP: Json = {TOTAL: {"value": 9000}, CITIZENSHIP: row(citizenship="KH", value=9000)}


def explained(judgement: Judgement) -> bool:
    """Whether the judgement accepts with an explain finding on it."""
    kept = [one for one in judgement.findings if one.severity == "explain"]
    return judgement.outcome == "accepted" and bool(kept) and all(one.suggestion is None for one in kept)


def test_without_a_word_the_submission_waits_and_is_told_what_to_do() -> None:
    judgement = judge(recorded(TOO_MANY))
    assert judgement.outcome == "needs_explanation"
    assert all(one.suggestion for one in judgement.findings if one.severity == "explain")
    assert not judgement.figures
    assert not judgement.report


@pytest.mark.parametrize("said", [{"comment": "double nationals"}, {"caveat": "e"}])
@pytest.mark.parametrize("where", [TOTAL, CITIZENSHIP])
def test_a_comment_or_caveat_at_either_answer_explains_parts_above_the_total(where: str, said: Json) -> None:
    assert explained(judge(recorded({**TOO_MANY, where: {**TOO_MANY[where], **said}})))


def test_a_comment_at_the_row_explains_a_finding_of_that_row() -> None:
    commented = {**LEAP, CITIZENSHIP: row(citizenship="KH", value=9000, comment="one large operation")}
    assert explained(judge(recorded(commented, previous=BEFORE)))


def test_a_comment_at_one_row_does_not_explain_the_sum_of_all() -> None:
    commented = {**TOO_MANY, CITIZENSHIP: row(citizenship="KH", value=120, comment="an estimate")}
    assert judge(recorded(commented)).outcome == "needs_explanation"


def test_a_blank_comment_explains_nothing() -> None:
    assert judge(recorded({**TOO_MANY, TOTAL: {"value": 100, "comment": "  "}})).outcome == "needs_explanation"


@pytest.mark.parametrize(
    "pointer",
    [
        f"/answers/{CITIZENSHIP}/rows/0",
        f"/answers/{CITIZENSHIP}/rows/0/value",
        f"/answers/{CITIZENSHIP}/rows",
        f"/answers/{CITIZENSHIP}",
        "",
    ],
)
def test_an_explanation_sent_afterwards_counts_at_the_finding_and_above_it(pointer: str) -> None:
    sent = [{"pointer": pointer, "comment": "one large operation"}]
    assert explained(judge(recorded(LEAP, previous=BEFORE, explanations=sent)))


@pytest.mark.parametrize("pointer", [f"/answers/{CITIZENSHIP}/rows/1", f"/answers/{TOTAL}", f"/answers/{CITIZENSHIP}x"])
def test_an_explanation_of_something_else_does_not_count(pointer: str) -> None:
    sent = [{"pointer": pointer, "comment": "one large operation"}]
    assert judge(recorded(LEAP, previous=BEFORE, explanations=sent)).outcome == "needs_explanation"


def test_no_explanation_lifts_a_blocker() -> None:
    sent = [{"pointer": "", "comment": "it is so"}]
    assert judge(recorded({TOTAL: {"value": -1}}, explanations=sent)).outcome == "rejected"
