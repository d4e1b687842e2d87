"""What is wrong with the shape of a JSON value, as findings: where, never what stood there. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from contracts.finding_kinds import FINDINGS
from contracts.findings import Finding, pointer

MOST = 200
"""Faults in one answer. A sender whose every row is wrong learns no more from the rest."""
LONGEST_TOKEN = 200
"""Of a pointer. No field of ours has a longer name; what is longer would come back once for every fault under it."""
_SENTENCES = {
    "missing": "the field is needed",
    "extra_forbidden": "there is no field of this name",
    "value_error": "not a value that may stand here",
}
_SHAPE = FINDINGS["shape.invalid"]
_SUGGESTIONS = {"/cycle": "A year (2012), a half (2013-H1) or a quarter (2013-Q2)."}
Fault = Mapping[str, Any]


def shape_faults(error: ValidationError, value: object) -> list[Finding]:
    """One finding per place of ``value`` that is not as it should be."""
    return _findings(error.errors(include_url=False, include_input=False), value, echo=False)


def record_faults(error: ValidationError, value: object) -> list[Finding]:
    """The same for records of the centre and of focal points, whose rules say what is wrong in words of their own."""
    return _findings(error.errors(include_url=False, include_input=False), value, echo=True)


def request_faults(error: RequestValidationError) -> list[Finding]:
    """What is wrong with a request: its body by pointer, its parameters by name."""
    body: list[Fault] = []
    others: list[Finding] = []
    for one in error.errors():
        place, *rest = one["loc"]
        if place == "body":
            body.append({**one, "loc": tuple(rest)})
        else:
            name = ".".join(map(str, rest))
            message = f"The {place} parameter {name} is not right: {_detail(one, echo=True)}."
            others.append(Finding(code="parameter.invalid", severity="blocker", message=message))
    return [*others, *_findings(body, error.body, echo=True)][:MOST]


def _findings(errors: Iterable[Fault], value: object, *, echo: bool) -> list[Finding]:
    found: dict[str, Finding] = {}
    for one in errors:
        at = place(one["loc"], value, missing=one["type"] == "missing")
        if at not in found:
            found[at] = _finding(at, _detail(one, echo=echo), of_a_report=not echo)
        if len(found) == MOST:
            break
    return list(found.values())


def _finding(at: str, detail: str, *, of_a_report: bool) -> Finding:
    if of_a_report:
        return _SHAPE.at(at, suggestion=_SUGGESTIONS.get(at), detail=detail)
    message = f"{detail[:1].upper()}{detail[1:]}."
    return Finding(code="request.invalid", severity="blocker", pointer=at, message=message)


def place(location: Sequence[int | str], value: object, *, missing: bool = False) -> str:
    """The RFC 6901 pointer of a fault: pydantic also names the branches of its own types, which are no places.

    It ends above a name that is too long to be told.
    """
    tokens: list[int | str] = []
    for index, token in enumerate(location):
        if too_long(token):
            break
        there, child = _child(value, token)
        if there:
            value = child
            tokens.append(token)
        elif missing and index == len(location) - 1:
            tokens.append(token)
    return pointer(*tokens)


def too_long(token: int | str) -> bool:
    """Whether a pointer ends above this token."""
    return isinstance(token, str) and len(token) > LONGEST_TOKEN


def _child(value: object, token: int | str) -> tuple[bool, object]:
    """Whether ``value`` has a part of this name, and the part. A long list may be at fault in every row."""
    if isinstance(value, dict):
        return token in value, value.get(token)
    if isinstance(value, list) and isinstance(token, int) and 0 <= token < len(value):
        return True, value[token]
    return False, None


def _detail(fault: Fault, *, echo: bool) -> str:
    kind, message = str(fault["type"]), str(fault["msg"])
    if kind.startswith(("int_", "float_")):
        return "a number is expected"
    if kind == "value_error" and echo:
        return message.removeprefix("Value error, ")
    # Other messages of pydantic's name the rule, not the value: it may be personal data.
    return _SENTENCES.get(kind, message[:1].lower() + message[1:])
