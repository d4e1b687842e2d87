"""What a rule said about the fields of a form, put at the fields: in own words where there are any."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from contracts.findings import Finding
from services.gateway.portal.page import Page
from services.gateway.problems import Problem

FORM_FAULTS = (409, 422)
_NOWHERE: Mapping[str, str] = MappingProxyType({})


def errors_of(
    page: Page,
    findings: Iterable[Finding],
    words: Mapping[str, str],
    whole: str,
    rules: Mapping[str, str] = _NOWHERE,
) -> dict[str, str]:
    """By field the sentence about it, which names the field: it stands in the error summary too.

    ``words``: by a finding's code or by field. ``rules``: by the sentence of a rule about several fields the one at
    which it is shown. ``whole``: the field at which the rest is shown.
    """
    found: dict[str, str] = {}
    for one in findings:
        field = one.pointer.split("/")[1] if one.pointer else rules.get(one.message, whole)
        text = words.get(one.code) or (words.get(field) if one.pointer else None) or one.message
        found.setdefault(field, page.say(text))
    return found


def errors_of_problem(
    page: Page, problem: Problem, words: Mapping[str, str], whole: str, rules: Mapping[str, str] = _NOWHERE
) -> dict[str, str]:
    """The same for a refusal of the interface's. Raises it again where it is not about what was typed."""
    if problem.status_code not in FORM_FAULTS:
        raise problem
    return errors_of(page, problem.errors, words, whole, rules) or {whole: page.say(str(problem.detail))}
