"""The registry of findings, and the page made from it."""

import re
import string

import pytest

from contracts.finding_kinds import FINDINGS
from tools.findings_page import PAGE, page


@pytest.mark.parametrize("code", FINDINGS)
def test_every_code_has_a_sentence_and_an_example_of_its_own(code: str) -> None:
    kind = FINDINGS[code]
    assert kind.code == code
    assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", code)
    for text in (kind.sentence, kind.example):
        assert text[0].isupper() or text[0] in "`{1234567890"
        assert text.endswith(".")
    assert [one.code for one in FINDINGS.values() if one.example == kind.example] == [code]


@pytest.mark.parametrize("code", FINDINGS)
def test_every_sentence_can_be_filled(code: str) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(FINDINGS[code].sentence) if name}
    finding = FINDINGS[code].at("/somewhere", **dict.fromkeys(fields, "x"))
    assert "{" not in finding.message
    assert finding.severity == FINDINGS[code].severity


def test_the_page_of_findings_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tools.findings_page"
