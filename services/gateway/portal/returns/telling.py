"""An answer in words, line by line: for the check before sending, for differences, and for two versions side by side.

Pure. A line is a label and what is said under it; labels of rows are what the row is about, so that two versions of an
answer can be laid side by side.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.template import Question, Template
from services.gateway.portal.menu import N_
from services.gateway.portal.returns.typed import NOTHING, Line, TypedAnswer

STATUS_LABELS: dict[str, str] = {
    NOTHING: N_("Nothing to report"),
    "not_available": N_("Not available"),
    "not_applicable": N_("Not applicable"),
    "not_collected": N_("Not collected"),
    "withheld": N_("Withheld"),
    "not_yet": N_("Not yet available"),
}
LABELS = {
    "value": N_("Number"),
    "total": N_("Total"),
    "persons": N_("Persons"),
    "share": N_("Share of the group (per cent)"),
    "comment": N_("Comment"),
    "caveat": N_("Caveat"),
    "text": N_("Text"),
    "answer": N_("Answer"),
    "choices": N_("Chosen"),
    "sharing": N_("Sharing"),
    "fee_min": N_("Lowest fee"),
    "fee_typical": N_("Typical fee"),
    "fee_max": N_("Highest fee"),
    "methods": N_("Methods"),
    "payment": N_("Ways of payment"),
}
CENTRE_ONLY = N_("With the centre only")


@dataclass(frozen=True, slots=True)
class Said:
    """``label`` and ``words`` are to be translated piece by piece; a piece that is no known text stays as it is."""

    label: tuple[str, ...]
    words: tuple[str, ...]


def told(typed: TypedAnswer, question: Question, template: Template) -> list[Said]:
    """The lines of one answer."""
    return list(_lines(typed, question, template))


@dataclass(frozen=True, slots=True)
class Difference:
    """What a line said before and says now; None: it was not there."""

    label: tuple[str, ...]
    before: tuple[str, ...] | None
    now: tuple[str, ...] | None


def differences(before: list[Said], now: list[Said]) -> list[Difference]:
    """The lines that differ, in the order of what is said now, then those that are gone."""
    then, present = _numbered(before), _numbered(now)
    changed = [Difference(key[0], then.get(key), words) for key, words in present.items() if then.get(key) != words]
    return changed + [Difference(key[0], words, None) for key, words in then.items() if key not in present]


def _numbered(lines: list[Said]) -> dict[tuple[tuple[str, ...], int], tuple[str, ...]]:
    """By label, and by how often the label has come before."""
    found: dict[tuple[tuple[str, ...], int], tuple[str, ...]] = {}
    for line in lines:
        count = 0
        while (line.label, count) in found:
            count += 1
        found[line.label, count] = line.words
    return found


def _lines(typed: TypedAnswer, question: Question, template: Template) -> Iterator[Said]:
    if typed.status:
        yield Said((LABELS["answer"],), (STATUS_LABELS.get(typed.status, typed.status),))
    if typed.value:
        yield Said((LABELS["total"],), (typed.value,))
    if typed.text:
        yield Said((LABELS["text"],), (typed.text,))
    if typed.choices:
        labels = template.dimension(question.code_list).labels if question.code_list else {}
        yield Said((LABELS["choices"],), tuple(labels.get(one, one) for one in typed.choices))
    for row in typed.rows:
        about = tuple(_member(row.get(name, ""), name, template) for name in question.dimensions)
        value = row.get("value") or STATUS_LABELS.get(row.get("status", ""), row.get("status", ""))
        yield Said(tuple(one for one in about if one), (value, *_notes(row)))
    for route in typed.routes:
        way = " > ".join(leg.get("country", "") for leg in route.legs)
        yield Said((way or route.said.get("citizenship", ""),), _route_words(route.said))
    for fee in typed.fees:
        labels = {**template.dimension("smuggling_method").labels, **template.dimension("payment_method").labels}
        amounts = " / ".join(fee.said.get(name, "") or "–" for name in ("fee_min", "fee_typical", "fee_max"))
        amount = f"{amounts} {fee.said.get('currency', '')}".strip() if amounts != "– / – / –" else ""
        words = (_member(fee.said.get("mode", ""), "mode", template), amount)
        codes = tuple(labels.get(one, one) for one in (*fee.methods, *fee.payment))
        label = " > ".join((fee.said.get("from", ""), fee.said.get("to", "")))
        yield Said((label,), tuple(one for one in (*words, *codes, *_notes(fee.said)) if one))
    if typed.comment:
        yield Said((LABELS["comment"],), (typed.comment,))
    if typed.caveat:
        yield Said((LABELS["caveat"],), (typed.caveat,))
    if typed.sharing == "centre_only":
        yield Said((LABELS["sharing"],), (CENTRE_ONLY,))


def _route_words(said: Line) -> tuple[str, ...]:
    share = f"{said['share']} %" if said.get("share") else ""
    return tuple(one for one in (said.get("citizenship", ""), said.get("persons", ""), share, *_notes(said)) if one)


def _notes(line: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(line[name] for name in ("comment", "caveat") if line.get(name))


def _member(text: str, dimension: str, template: Template) -> str:
    return template.dimension(dimension).labels.get(text, text)
