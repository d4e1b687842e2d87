"""Every finding code: the return that earns it, and the same return without the fault."""

import pytest

from contracts.finding_kinds import FINDINGS
from services.validation.offline import check
from services.validation.outgoing import too_large
from services.validation.rules import judge
from services.validation.rules.table import RULES
from tests.unit.validation.finding_cases import CASES, GIVEN_ELSEWHERE
from tests.unit.validation.returns import RECEIVED, TOTAL, recorded


@pytest.mark.parametrize("code", CASES)
def test_a_report_with_the_fault_earns_the_finding_at_its_place(code: str) -> None:
    case = CASES[code]
    earned = [one for one in judge(case.earns).findings if one.code == code]
    assert case.pointer in [one.pointer for one in earned]
    assert {one.severity for one in earned} == {FINDINGS[code].severity}


@pytest.mark.parametrize("code", CASES)
def test_the_same_report_without_the_fault_does_not(code: str) -> None:
    assert code not in {one.code for one in judge(CASES[code].does_not).findings}


@pytest.mark.parametrize("code", CASES)
def test_the_outcome_follows_from_the_severity(code: str) -> None:
    judgement = judge(CASES[code].earns)
    worst = {"blocker": "rejected", "explain": "needs_explanation", "warning": "accepted"}
    severities = [one.severity for one in judgement.findings]
    grave = next(severity for severity in ("blocker", "explain", "warning") if severity in severities)
    assert judgement.outcome == worst[grave]


def test_every_code_of_the_registry_has_a_case_or_is_given_elsewhere() -> None:
    assert set(CASES) | set(GIVEN_ELSEWHERE) == set(FINDINGS)
    assert not set(CASES) & set(GIVEN_ELSEWHERE)


def test_the_table_of_rules_names_every_code_that_judging_gives() -> None:
    named = {code for codes in RULES.values() for code in codes}
    assert named | {"report.more_findings"} == set(CASES)


@pytest.mark.parametrize("code", CASES)
def test_a_rule_gives_only_the_codes_it_is_listed_with(code: str) -> None:
    from services.validation.case import read

    case = read(CASES[code].earns)
    for rule, codes in RULES.items():
        assert {one.finding.code for one in rule(case)} <= set(codes)


def test_findings_that_differ_in_nothing_but_their_question_stand_in_the_order_of_the_report() -> None:
    """And not in that of a set, which is another one in every process: a repeated judgement is the same event."""
    questions = [f"question.{i}" for i in (5, 3, 8, 1, 7, 2, 6, 4)]
    overlaps = [{"question": one, "pointer": "/answers", "values": {"TH-IMM": 1, "TH-NAVY": 2}} for one in questions]
    findings = judge(recorded({TOTAL: {"value": 5}}, overlaps=overlaps)).findings
    assert [one.question for one in findings if one.code == "overlap.differs"] == questions


def test_a_wrong_shape_is_a_finding_at_its_place_without_what_stood_there() -> None:
    judgement = check(
        {"template": "ort/1", "reporter": "TH", "cycle": "2013-H1", "answers": {"a": {"value": "secret"}}}, RECEIVED
    )
    assert judgement.outcome == "rejected"
    assert [(one.code, one.pointer) for one in judgement.findings] == [("shape.invalid", "/answers/a/value")]
    assert "secret" not in judgement.findings[0].message


def test_a_missing_field_is_a_finding_at_the_place_where_it_should_stand() -> None:
    judgement = check({"template": "ort/1", "cycle": "2013-H1", "answers": {}}, RECEIVED)
    assert [(one.code, one.pointer) for one in judgement.findings] == [("shape.invalid", "/reporter")]


def test_a_report_that_fits_into_no_message_is_rejected_with_the_reason() -> None:
    assert [one.code for one in too_large().findings] == ["report.too_large"]
    assert too_large().outcome == "rejected"
