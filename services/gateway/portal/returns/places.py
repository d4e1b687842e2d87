"""From a place of the report (RFC 6901 pointer) to the field of a page: every finding leads to where it is. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.findings import Finding
from contracts.template import Question, Template
from services.gateway.portal.returns.typed import TypedAnswer, columns

_TOP = {"total": "value", "narrative": "text", "choices": "choices"}
_FIRST = {"routes": "citizenship", "fees": "from"}


def tokens(pointer: str) -> list[str]:
    """The reference tokens of a pointer."""
    return [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]]


def question_at(pointer: str, template: Template) -> Question | None:
    """The question that a place belongs to; None for what belongs to the report as a whole."""
    match tokens(pointer):
        case ["answers" | "sharing", name, *_]:
            return next((one for one in template.questions if one.id == name), None)
    return None


def field_at(pointer: str, question: Question, template: Template, *, explain: bool = False) -> str:
    """The id of the field at a place. ``explain``: where words about it are written, rather than itself."""
    if pointer.startswith("/sharing/"):
        return "sharing"
    rest = tokens(pointer)[2:]
    if explain:
        return "-".join([*rest[:2], "comment"]) if len(rest) >= 2 else "comment"
    shown = columns(question, template)
    match rest:
        case ["rows", index]:
            return f"rows-{index}-{shown[0] if shown else 'value'}"
        case ["rows", index, leaf]:
            return f"rows-{index}-{leaf if leaf in (*shown, 'status', 'comment', 'caveat') else 'value'}"
        case ["routes", index, "legs"]:
            return f"routes-{index}-citizenship"
        case ["routes", index, "legs", leg, *leaf]:
            return f"routes-{index}-legs-{leg}-{leaf[0] if leaf else 'country'}"
        case ["routes" | "fees" as kind, index]:
            return f"{kind}-{index}-{_FIRST[kind]}"
        case ["routes" | "fees" as kind, index, leaf, *_]:
            return f"{kind}-{index}-{leaf}"
        case ["value" | "text" | "comment" | "caveat" | "choices" | "status" as leaf, *_]:
            return leaf
    return _TOP.get(question.kind, "status")


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and where its page shows it."""

    finding: Finding
    question: Question | None
    field: str


def placed(findings: Iterable[Finding], template: Template) -> list[Placed]:
    """The findings, each with its question and field."""
    found = []
    for one in findings:
        question = question_at(one.pointer, template)
        if question is None and one.question:
            question = next((q for q in template.questions if q.id == one.question), None)
        at = field_at(one.pointer, question, template, explain=one.severity == "explain") if question else ""
        found.append(Placed(one, question, at))
    return found


def marked(
    pointers: Iterable[str], before: Mapping[str, TypedAnswer], now: TypedAnswer, question: Question
) -> set[str]:
    """The fields of a page that the centre asks to be corrected.

    ``pointers`` lead into the revision that was reviewed (``before``); a row may stand elsewhere by now, and is found
    again by what it is about.
    """
    found: set[str] = set()
    then = before.get(question.id)
    for pointer in pointers:
        match tokens(pointer):
            case ["answers", name, "rows", index, *leaf] if name == question.id and then is not None:
                key = _about(then.rows, index, question)
                places = [i for i, row in enumerate(now.rows) if key and _key(row, question) == key]
                found |= {f"rows-{i}-{(*leaf, 'value')[0]}" for i in places}
            case ["answers", name, "routes" | "fees" as kind, index, *_] if name == question.id:
                found.add(f"{kind}-{index}")
            case ["answers", name, *leaf] if name == question.id:
                found.add((*leaf, "")[0] or "answer")
    return found


def _key(row: Mapping[str, str], question: Question) -> tuple[str, ...]:
    return tuple(row.get(name, "").casefold() for name in question.dimensions)


def _about(rows: list[dict[str, str]], index: str, question: Question) -> tuple[str, ...] | None:
    return _key(rows[int(index)], question) if index.isdecimal() and int(index) < len(rows) else None
