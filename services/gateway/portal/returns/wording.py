"""Findings in the visitor's language: a finding's message is a sentence of the registry with its gaps filled, so its
translation is the translated sentence with the same gaps filled."""

import re
from functools import cache

from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding
from services.gateway.portal.page import Page
from services.gateway.portal.returns.line import ReturnLine
from services.gateway.portal.returns.reading import Fault


def said_of_fault(line: ReturnLine, fault: Fault) -> str:
    """What cannot be read in a field."""
    names = ", ".join(line.country(code) for code in fault.codes)
    values = {"typed": fault.typed, "names": names} if "%(" in fault.text else {}
    return line.page.say(fault.text, **values)


def retold(page: Page, finding: Finding) -> str:
    """The finding's message in the visitor's language, as far as it is one of the registry's."""
    kind = FINDINGS.get(finding.code)
    if kind is None:
        return page.say(finding.message) if finding.message else finding.code
    translated = page.say(kind.sentence)
    gaps = _pattern(kind.sentence).fullmatch(finding.message)
    if gaps is None or translated == kind.sentence:
        return finding.message or kind.sentence
    try:
        return translated.format(**gaps.groupdict())
    except (KeyError, IndexError):
        return finding.message


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = []
    for piece in re.split(r"(\{\w+\})", sentence):
        name = piece[1:-1]
        if not piece.startswith("{"):
            parts.append(re.escape(piece))
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            seen.add(name)
            parts.append(f"(?P<{name}>.+?)")
    return re.compile("".join(parts), re.DOTALL)
