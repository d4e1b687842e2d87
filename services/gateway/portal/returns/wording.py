"""Findings in the visitor's language: a finding's message is a sentence of the registry with its gaps filled, so its
translation is the translated sentence with the same gaps filled."""

import re
from functools import cache

from babel.numbers import format_decimal

from contracts import geography
from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding
from services.gateway.portal.menu import N_
from services.gateway.portal.page import Page
from services.gateway.portal.returns.line import ReturnLine
from services.gateway.portal.returns.reading import Fault

GAPS = (
    N_("up from"),
    N_("down from"),
    N_("machine readable zone"),
    N_("iban"),
    N_("card number"),
    N_("email"),
    N_("date of birth with name"),
    N_("passport or id number"),
    N_("telephone"),
    N_("the text (not repeated here)"),
)
"""Words with which the checks fill the gaps of their sentences."""
_NUMBER = re.compile(r"\d{1,3}(,\d{3})*")
_CODE = re.compile("“([A-Z]{2})”")
"""A country as a report names it: whoever reads the finding has typed or chosen a name."""


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
    filled = gaps(finding)
    if not filled and _pattern(kind.sentence).groups:
        return finding.message or page.say(kind.sentence)
    try:
        return page.say(kind.sentence).format(**{name: _gap(page, name, text) for name, text in filled.items()})
    except (KeyError, IndexError):
        return finding.message


def gaps(finding: Finding) -> dict[str, str]:
    """What fills the gaps of the registry's sentence in a finding's message; nothing where it is another text."""
    kind = FINDINGS.get(finding.code)
    filled = _pattern(kind.sentence).fullmatch(finding.message) if kind else None
    return filled.groupdict() if filled else {}


def _gap(page: Page, name: str, text: str) -> str:
    """What fills a gap: numbers, periods and countries as the visitor's language writes them, words translated."""
    if _NUMBER.fullmatch(text):
        return format_decimal(int(text.replace(",", "")), locale=page.language)
    if name in ("cycle", "period"):
        return page.period(text)
    if code := _CODE.fullmatch(text):
        return f"“{_country(page, code[1])}”"
    if name in ("country", "origin", "citizenship", "found"):
        country = geography.resolve(text)
        return (
            geography.name(country.code, page.language) if isinstance(country, geography.Resolved) else page.say(text)
        )
    return page.say(text)


def _country(page: Page, code: str) -> str:
    try:
        return geography.name(code, page.language)
    except KeyError:
        return code


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
